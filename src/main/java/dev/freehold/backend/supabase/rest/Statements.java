package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Preferences.Count;
import dev.freehold.backend.supabase.rest.schema.MediaHandlers;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.postgres.Quoting;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

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

  /// Rows an upsert inserted rather than changed, `text` or null.
  static final int INSERTED = 4;

  /// The parts of the address of a single new row, `text[]` or null.
  static final int LOCATION = 5;

  /// The body comes last, so that a large one can be passed on while it is read.
  static final int BODY = 6;

  private static final String ROWS = "_postgrest_t";

  private Statements() {}

  /// How a result becomes a body.
  ///
  /// @param routine the function whose result it is
  record Shape(Rendering rendering, Optional<Routine> routine) {
    static Shape rows(Rendering rendering) {
      return new Shape(rendering, Optional.empty());
    }

    /// The result is one value.
    private boolean value() {
      return routine.map(r -> r.scalar() && !r.set()).orElse(false);
    }

    /// The result is one value or row, not an array.
    private boolean one() {
      return routine.map(r -> !r.set()).orElse(false);
    }

    /// Rows hold one value each.
    private boolean scalar() {
      return routine.map(Routine::scalar).orElse(false);
    }
  }

  /// @param countUpTo the most rows worth counting exactly, 0 for all
  static SqlText read(ReadPlan plan, Shape shape, Optional<Count> count, long countUpTo) {
    var sql = new SqlText();
    head(sql, shape, Optional.empty(), false, total(plan, count, countUpTo));
    sql.add(" FROM (");
    new SqlBuilder(sql).read(plan);
    return sql.add(") ").add(ROWS);
  }

  /// @param location the primary key, when the address of a single new row is wanted
  static SqlText write(
      WritePlan write, ReadPlan read, Shape shape, List<String> location, boolean countInserted) {
    var sql = new SqlText().add("WITH pgrst_source AS (");
    new SqlChanges(sql).write(write);
    sql.add(") ");
    head(sql, shape, Optional.of(location), countInserted, new SqlText().add("null::bigint"));
    sql.add(" FROM (");
    if (shape.rendering().omitted()) {
      sql.add("SELECT * FROM pgrst_source");
    } else {
      new SqlBuilder(sql).read(read);
    }
    return sql.add(") ").add(ROWS);
  }

  static SqlText call(CallPlan call, ReadPlan read, Shape shape, Optional<Count> count) {
    // The function must have run before the settings are looked at; aggregates see to that.
    var aggregated =
        !(shape.rendering().renderer() instanceof Rendering.Own own) || own.handler().aggregate();
    var sql = new SqlText().add("WITH pgrst_source AS ").add(aggregated ? "(" : "MATERIALIZED (");
    new SqlChanges(sql).call(call);
    sql.add(") ");
    head(sql, shape, Optional.empty(), false, total(read, count, 0));
    sql.add(" FROM (");
    new SqlBuilder(sql).read(read);
    return sql.add(") ").add(ROWS);
  }

  /// The plan of a statement, as lines of text or one JSON text.
  static SqlText plan(SqlText statement, MediaType.Plan asked) {
    var sql = new SqlText().add("EXPLAIN (FORMAT ").add(asked.json() ? "JSON" : "TEXT");
    for (var option : asked.options()) {
      sql.add(", ").add(option.toUpperCase(Locale.ROOT));
    }
    return sql.add(") ").append(statement);
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

  /// @param location the key of a new row whose address is wanted; absent when nothing is written
  private static void head(
      SqlText sql,
      Shape shape,
      Optional<List<String>> location,
      boolean countInserted,
      SqlText total) {
    sql.add("SELECT ").append(total).add(" AS total_result_set, ");
    sql.add(shape.one() ? "1::bigint" : "pg_catalog.count(" + ROWS + ")").add(" AS page_total, ");
    var address = location(location.orElse(List.of())) + " AS location";
    if (shape.rendering().type() instanceof MediaType.Plan) {
      // Who reads plans finds the columns where PostgREST has them.
      sql.add(location.isPresent() ? address + ", " : "").add(body(shape)).add(" AS body, ");
      settings(sql, countInserted);
    } else {
      settings(sql, countInserted);
      sql.add(", ").add(address).add(", ").add(body(shape)).add(" AS body");
    }
  }

  /// What was left in settings by what the statement ran.
  private static void settings(SqlText sql, boolean countInserted) {
    sql.add("nullif(current_setting('response.headers', true), '') AS response_headers,");
    sql.add(" nullif(current_setting('response.status', true), '') AS response_status, ");
    sql.add(
        countInserted
            ? "nullif(current_setting('" + SqlBuilder.INSERTED + "', true), '')"
            : "null::text");
    sql.add(" AS inserted");
  }

  /// The parts of the address of a single new row, as `column=eq.value`.
  private static String location(List<String> key) {
    if (key.isEmpty()) {
      return "null::text[]";
    }
    return "CASE WHEN pg_catalog.count("
        + ROWS
        + ") = 1 THEN (SELECT array_agg(k.key || '=' || coalesce('eq.' || k.value, 'is.null'))"
        + " FROM (SELECT row_to_json(pgrst_source) AS new FROM pgrst_source LIMIT 1) one,"
        + " json_each_text(one.new) k WHERE k.key = ANY (ARRAY["
        + key.stream().map(Quoting::literal).collect(Collectors.joining(", "))
        + "])) END";
  }

  private static String body(Shape shape) {
    return switch (shape.rendering().renderer()) {
      case Rendering.Own own -> own(own.handler(), shape);
      case Rendering.BuiltIn builtIn ->
          switch (builtIn) {
            case NOTHING -> "''::text";
            case JSON -> json(shape, false);
            case JSON_STRIPPED -> json(shape, true);
            case OBJECT -> object(shape.value(), false);
            case OBJECT_STRIPPED -> object(shape.value(), true);
            case GEOJSON ->
                "json_build_object('type', 'FeatureCollection', 'features',"
                    + " coalesce(json_agg(ST_AsGeoJSON("
                    + ROWS
                    + ")::json), '[]'))";
            case CSV -> CSV;
          };
    };
  }

  private static final String CSV =
      "coalesce((SELECT string_agg(k.name, ',' ORDER BY k.at) FROM"
          + " json_object_keys(json_agg("
          + ROWS
          + ")->0) WITH ORDINALITY k(name, at)), '') || E'\\n' ||"
          + " coalesce(string_agg(substring("
          + ROWS
          + "::text, 2, length("
          + ROWS
          + "::text) - 2), E'\\n'), '')";

  private static String json(Shape shape, boolean stripped) {
    if (shape.one()) {
      return object(shape.scalar(), stripped);
    }
    var rows = "json_agg(" + (shape.scalar() ? ROWS + "." + SqlBuilder.SCALAR : ROWS) + ")";
    return "coalesce(" + (stripped ? "json_strip_nulls(" + rows + ")" : rows) + ", '[]')";
  }

  private static String object(boolean value, boolean stripped) {
    var first = "json_agg(" + (value ? ROWS + "." + SqlBuilder.SCALAR : ROWS) + ")->0";
    var shown = stripped ? "json_strip_nulls(" + first + ")" : first;
    return "coalesce(" + shown + ", 'null')";
  }

  /// A function's value needs no rendering but the cast to the domain it is of already. Without an
  /// aggregate there is no row when a filter leaves none.
  private static String own(MediaHandlers.Handler handler, Shape shape) {
    var name = handler.function().sql();
    if (!handler.aggregate()) {
      var value = shape.scalar() ? ROWS + "." + SqlBuilder.SCALAR : ROWS;
      return name + "(" + value + ")";
    }
    if (shape.value()) {
      return name + "(" + ROWS + "." + SqlBuilder.SCALAR + ")";
    }
    return name + "(" + ROWS + handler.row().map(row -> "::" + row.sql()).orElse("") + ")";
  }
}
