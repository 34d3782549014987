package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Preferences.Count;
import dev.freehold.postgres.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whole statements around what [SqlBuilder] writes: one row with the counts, the body as
/// PostgreSQL renders it, and what the database wants to say about the response.
final class Statements {
  /// Columns of the row: rows there are without limits, `int8` or null.
  static final int TOTAL = 0;

  /// Rows in the body, `int8`.
  static final int ROWS_GIVEN = 1;

  /// What the database wants to say about the response: headers, status.
  static final int HEADERS = 2;

  static final int STATUS = 3;

  /// Rows an upsert changed rather than inserted, `text` or null.
  static final int CHANGED = 4;

  /// The primary key of a single new row, `text[]` or null.
  static final int LOCATION = 5;

  /// The body comes last, so that a large one can be passed on while it is read.
  static final int BODY = 6;

  private static final String ROWS = "_postgrest_t";

  private Statements() {}

  /// How a result becomes a body.
  ///
  /// @param omitted no body is wanted
  /// @param scalar rows hold one value each
  /// @param single the result is one value or row, not an array
  record Shape(MediaType type, boolean omitted, boolean scalar, boolean single) {
    static Shape rows(MediaType type, boolean omitted) {
      return new Shape(type, omitted, false, false);
    }
  }

  /// @param countUpTo the most rows worth counting exactly, 0 for all
  static SqlText read(ReadPlan plan, Shape shape, Optional<Count> count, long countUpTo) {
    var sql = new SqlText();
    head(sql, shape, List.of(), false, total(plan, count, countUpTo));
    sql.add(" FROM (");
    new SqlBuilder(sql).read(plan);
    return sql.add(") ").add(ROWS);
  }

  /// @param location the primary key, when the address of a single new row is wanted
  static SqlText write(
      WritePlan write, ReadPlan read, Shape shape, List<String> location, boolean countChanged) {
    var sql = new SqlText().add("WITH pgrst_source AS (");
    new SqlChanges(sql).write(write);
    sql.add(") ");
    head(sql, shape, location, countChanged, new SqlText().add("null::bigint"));
    sql.add(" FROM (");
    if (shape.omitted()) {
      sql.add("SELECT * FROM pgrst_source");
    } else {
      new SqlBuilder(sql).read(read);
    }
    return sql.add(") ").add(ROWS);
  }

  static SqlText call(CallPlan call, ReadPlan read, Shape shape, Optional<Count> count) {
    var sql = new SqlText().add("WITH pgrst_source AS (");
    new SqlChanges(sql).call(call);
    sql.add(") ");
    head(sql, shape, List.of(), false, total(read, count, 0));
    sql.add(" FROM (");
    new SqlBuilder(sql).read(read);
    return sql.add(") ").add(ROWS);
  }

  /// The planner's estimate of how many rows there are.
  static SqlText explain(ReadPlan plan) {
    var sql = new SqlText().add("EXPLAIN (FORMAT JSON) ");
    new SqlBuilder(sql).count(plan);
    return sql;
  }

  private static SqlText total(ReadPlan plan, Optional<Count> count, long countUpTo) {
    var sql = new SqlText();
    if (count.isEmpty() || count.get() == Count.PLANNED) {
      return sql.add("null::bigint");
    }
    sql.add("(SELECT pg_catalog.count(*) FROM (");
    new SqlBuilder(sql).count(plan);
    if (countUpTo > 0) {
      sql.add(" LIMIT ").add(countUpTo);
    }
    return sql.add(") pgrst_source_count)");
  }

  private static void head(
      SqlText sql, Shape shape, List<String> location, boolean countChanged, SqlText total) {
    sql.add("SELECT ").append(total).add(" AS total_result_set, pg_catalog.count(").add(ROWS);
    sql.add(") AS page_total,");
    sql.add(" nullif(current_setting('response.headers', true), '') AS response_headers,");
    sql.add(" nullif(current_setting('response.status', true), '') AS response_status, ");
    sql.add(
        countChanged
            ? "nullif(current_setting('" + SqlBuilder.CHANGED + "', true), '')"
            : "null::text");
    sql.add(" AS changed, ").add(location(location)).add(" AS location, ");
    sql.add(body(shape)).add(" AS body");
  }

  private static String location(List<String> key) {
    if (key.isEmpty()) {
      return "null::text[]";
    }
    var values = new ArrayList<String>();
    for (var column : key) {
      values.add("pgrst_source." + Quoting.identifier(column) + "::text");
    }
    return "CASE WHEN pg_catalog.count("
        + ROWS
        + ") = 1 THEN (SELECT ARRAY["
        + String.join(", ", values)
        + "] FROM pgrst_source) END";
  }

  private static String body(Shape shape) {
    if (shape.omitted()) {
      return "''::text";
    }
    var rows = shape.scalar() ? ROWS + "." + SqlBuilder.SCALAR : ROWS;
    var one = shape.single() || shape.type().singular();
    var aggregate = "json_agg(" + rows + ")";
    return switch (shape.type()) {
      case JSON, OBJECT, OPENAPI ->
          one
              ? "coalesce((" + aggregate + "->0)::text, 'null')"
              : "coalesce(" + aggregate + ", '[]')::text";
      case OBJECT_STRIPPED, ARRAY_STRIPPED ->
          one
              ? "coalesce(json_strip_nulls(" + aggregate + "->0)::text, 'null')"
              : "coalesce(json_strip_nulls(" + aggregate + "), '[]')::text";
      case GEOJSON ->
          "json_build_object('type', 'FeatureCollection', 'features',"
              + " coalesce(json_agg(ST_AsGeoJSON("
              + ROWS
              + ")::json), '[]'))::text";
      case CSV ->
          "coalesce((SELECT string_agg(k.name, ',' ORDER BY k.at) FROM"
              + " json_object_keys(json_agg("
              + ROWS
              + ")->0) WITH ORDINALITY k(name, at)), '') || E'\\n' ||"
              + " coalesce(string_agg(substring("
              + ROWS
              + "::text, 2, length("
              + ROWS
              + "::text) - 2), E'\\n'), '')";
    };
  }
}
