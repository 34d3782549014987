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
    if (shape.rendering().omitted()) {
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

  private static void head(
      SqlText sql, Shape shape, List<String> location, boolean countChanged, SqlText total) {
    sql.add("SELECT ").append(total).add(" AS total_result_set, ");
    sql.add(shape.one() ? "1" : "pg_catalog.count(" + ROWS + ")").add(" AS page_total, ");
    sql.add(body(shape)).add(" AS body,");
    sql.add(" nullif(current_setting('response.headers', true), '') AS response_headers,");
    sql.add(" nullif(current_setting('response.status', true), '') AS response_status, ");
    sql.add(
        countChanged
            ? "nullif(current_setting('" + SqlBuilder.CHANGED + "', true), '')"
            : "null::text");
    sql.add(" AS changed, ").add(location(location)).add(" AS location");
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
      case Rendering.Own own -> {
        var body = own(own.handler(), shape);
        // What PostgREST passes on is the binary form.
        yield own.handler().binaryJson() ? "jsonb_send(" + body + ")" : body;
      }
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
                    + ")::json), '[]'))::text";
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
    return "coalesce(" + (stripped ? "json_strip_nulls(" + rows + ")" : rows) + ", '[]')::text";
  }

  private static String object(boolean value, boolean stripped) {
    var first = "json_agg(" + (value ? ROWS + "." + SqlBuilder.SCALAR : ROWS) + ")->0";
    var shown = stripped ? "json_strip_nulls(" + first + ")" : first;
    return "coalesce((" + shown + ")::text, 'null')";
  }

  /// A function's value needs no rendering but the cast to the domain it is of already; aggregating
  /// it keeps the statement at one row.
  private static String own(MediaHandlers.Handler handler, Shape shape) {
    var name = handler.function().sql();
    if (!handler.aggregate()) {
      var value = shape.scalar() ? ROWS + "." + SqlBuilder.SCALAR : ROWS;
      return "(array_agg(" + name + "(" + value + ")))[1]";
    }
    if (shape.value()) {
      return name + "(" + ROWS + "." + SqlBuilder.SCALAR + ")";
    }
    return name + "(" + ROWS + handler.row().map(row -> "::" + row.sql()).orElse("") + ")";
  }
}
