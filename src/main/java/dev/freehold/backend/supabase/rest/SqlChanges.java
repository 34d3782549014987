package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.Table;
import dev.freehold.postgres.Quoting;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/// Writes and calls: the part of [SqlBuilder]'s work whose result the rest of the statement reads
/// as [SqlBuilder#SOURCE].
final class SqlChanges {
  /// `jsonb_build_object` takes at most 100 arguments.
  private static final int DEFAULTS_PER_OBJECT = 50;

  private final SqlText sql;
  private final SqlTerms terms;

  SqlChanges(SqlText sql) {
    this.sql = sql;
    terms = new SqlTerms(sql);
  }

  void write(WritePlan plan) {
    switch (plan) {
      case WritePlan.Insert insert -> insert(insert);
      case WritePlan.Update update -> update(update);
      case WritePlan.Delete delete -> {
        sql.add("DELETE FROM ").add(delete.table().name().sql());
        terms.where(target(delete.table(), delete.conditions()));
        returning(delete);
      }
    }
  }

  private static ReadPlan target(Table table, List<Condition> conditions) {
    return new ReadPlan(
        table.name(),
        Optional.of(table),
        "",
        List.of(),
        conditions,
        List.of(),
        Window.ALL,
        List.of());
  }

  private void insert(WritePlan.Insert insert) {
    sql.add("INSERT INTO ").add(insert.table().name().sql());
    if (insert.columns().isEmpty()) {
      sql.add(" SELECT FROM ");
      emptyRows(insert.body());
    } else {
      sql.add("(").add(names(insert.columns(), "")).add(") SELECT ");
      sql.add(names(insert.columns(), "pgrst_body.")).add(" FROM ");
      body(insert.body(), insert.columns(), insert.useDefaults());
    }
    if (insert.merge()) {
      sql.add(" WHERE ");
      counted("+");
    }
    var rows =
        new ReadPlan(
            new QualifiedName("", "pgrst_body"),
            Optional.of(insert.table()),
            "",
            List.of(),
            insert.conditions(),
            List.of(),
            Window.ALL,
            List.of());
    var and = new Separator(sql, " AND ", insert.merge() ? " AND " : " WHERE ");
    for (var condition : insert.conditions()) {
      and.add();
      terms.condition(rows, condition);
    }
    if (!insert.conflict().isEmpty()) {
      onConflict(insert);
    }
    returning(insert);
  }

  private void onConflict(WritePlan.Insert insert) {
    var comma = new Separator(sql, ", ", " ON CONFLICT(");
    for (var column : insert.conflict()) {
      comma.add();
      sql.identifier(column);
    }
    if (!insert.merge() || insert.columns().isEmpty()) {
      sql.add(") DO NOTHING");
      return;
    }
    sql.add(") DO UPDATE");
    var set = new Separator(sql, ", ", " SET ");
    for (var column : insert.columns()) {
      set.add();
      sql.identifier(column.name()).add(" = EXCLUDED.").identifier(column.name());
    }
    sql.add(" WHERE ");
    counted("-");
  }

  /// Counts a row in the setting, and holds for every row.
  private void counted(String sign) {
    sql.add("set_config('" + SqlBuilder.INSERTED + "', (coalesce(nullif(current_setting('");
    sql.add(SqlBuilder.INSERTED + "', true), '')::int, 0) ").add(sign);
    sql.add(" 1)::text, true) <> ''");
  }

  private void update(WritePlan.Update update) {
    if (update.columns().isEmpty()) {
      sql.add("SELECT ");
      returned(update);
      sql.add(" FROM ").add(update.table().name().sql()).add(" WHERE false");
      return;
    }
    sql.add("UPDATE ").add(update.table().name().sql());
    var comma = new Separator(sql, ", ", " SET ");
    for (var column : update.columns()) {
      comma.add();
      sql.identifier(column.name()).add(" = pgrst_body.").identifier(column.name());
    }
    sql.add(" FROM ");
    body(update.body(), update.columns(), update.useDefaults());
    terms.where(target(update.table(), update.conditions()));
    returning(update);
  }

  /// A row of nothing for each object of the body.
  private void emptyRows(Payload.Rows body) {
    if (body.object()) {
      sql.add("(SELECT FROM (VALUES (1)) _) AS pgrst_body");
    } else {
      sql.add("(SELECT FROM json_array_elements(")
          .bind(body.json())
          .add("::json) _) AS pgrst_body");
    }
  }

  /// The body as rows of the columns' types.
  private void body(Payload.Rows body, List<Table.Column> columns, boolean useDefaults) {
    var comma = new Separator(sql, ", ", "(SELECT ");
    for (var column : columns) {
      comma.add();
      var accept = column.representation().accept();
      sql.add(accept.isEmpty() ? "_." : accept + "(_.").identifier(column.name());
      if (!accept.isEmpty()) {
        sql.add(") AS ").identifier(column.name());
      }
    }
    sql.add(" FROM ");
    if (useDefaults) {
      withDefaults(body, columns);
      sql.add(" AS pgrst_whole, LATERAL ");
    }
    sql.add(useDefaults ? "jsonb_to_record" : "json_to_record").add(body.object() ? "(" : "set(");
    if (useDefaults) {
      sql.add("pgrst_whole.val");
    } else {
      sql.bind(body.json()).add("::json");
    }
    var types = new Separator(sql, ", ", ") AS _(");
    for (var column : columns) {
      types.add();
      var accepts = !column.representation().accept().isEmpty();
      sql.identifier(column.name()).add(" ").add(accepts ? "json" : column.type());
    }
    sql.add(")) AS pgrst_body");
  }

  /// The body with the columns' defaults where it says nothing.
  private void withDefaults(Payload.Rows body, List<Table.Column> columns) {
    var defaults = columns.stream().filter(c -> !c.defaultExpression().isEmpty()).toList();
    if (body.object()) {
      sql.add("(SELECT ");
      defaults(defaults);
      sql.add(" || ").bind(body.json()).add("::jsonb AS val)");
      return;
    }
    sql.add("(SELECT jsonb_agg(");
    defaults(defaults);
    sql.add(" || elem) AS val FROM jsonb_array_elements(").bind(body.json());
    sql.add("::jsonb) elem)");
  }

  private void defaults(List<Table.Column> columns) {
    sql.add(columns.isEmpty() ? "jsonb_build_object(" : "");
    for (int i = 0; i < columns.size(); i++) {
      var first = i % DEFAULTS_PER_OBJECT == 0;
      sql.add(first ? (i == 0 ? "" : ") || ") + "jsonb_build_object(" : ", ");
      sql.add(Quoting.literal(columns.get(i).name())).add(", ");
      sql.add(columns.get(i).defaultExpression());
    }
    sql.add(")");
  }

  private static String names(List<Table.Column> columns, String prefix) {
    var text = new StringBuilder();
    for (var column : columns) {
      text.append(text.isEmpty() ? "" : ", ").append(prefix);
      text.append(Quoting.identifier(column.name()));
    }
    return text.toString();
  }

  private void returning(WritePlan plan) {
    sql.add(" RETURNING ");
    returned(plan);
  }

  private void returned(WritePlan plan) {
    var comma = new Separator(sql, ", ");
    for (var column : plan.returning()) {
      comma.add();
      sql.add(plan.table().name().sql()).add(".");
      sql.add(column.equals("*") ? "*" : Quoting.identifier(column));
    }
    if (!comma.used()) {
      sql.add("1");
    }
  }

  void call(CallPlan plan) {
    var routine = plan.routine();
    sql.add("SELECT ");
    if (routine.scalar()) {
      sql.add("pgrst_call.").add(SqlBuilder.SCALAR);
    } else {
      var comma = new Separator(sql, ", ");
      for (var column : plan.returning()) {
        comma.add();
        sql.add("pgrst_call.").add(column.equals("*") ? "*" : Quoting.identifier(column));
      }
      sql.add(comma.used() ? "" : "*");
    }
    sql.add(" FROM ");
    if (plan.arguments() instanceof CallPlan.Arguments.Keyed keyed && !keyed.given().isEmpty()) {
      argumentRow(keyed);
      sql.add(", LATERAL ");
    }
    sql.add(routine.scalar() ? "(SELECT " : "").add(routine.name().sql()).add("(");
    arguments(plan.arguments());
    sql.add(routine.scalar() ? ") AS " + SqlBuilder.SCALAR + ") pgrst_call" : ") pgrst_call");
  }

  private void argumentRow(CallPlan.Arguments.Keyed keyed) {
    var names = new Separator(sql, ", ", "(SELECT ");
    for (var parameter : keyed.given()) {
      names.add();
      sql.add("_.").identifier(parameter.name());
    }
    sql.add(keyed.body().object() ? " FROM json_to_record(" : " FROM json_to_recordset(");
    sql.bind(keyed.body().json()).add("::json");
    var types = new Separator(sql, ", ", ") AS _(");
    for (var parameter : keyed.given()) {
      types.add();
      sql.identifier(parameter.name()).add(" ").add(parameter.anyLength());
    }
    sql.add(") LIMIT 1) AS pgrst_body");
  }

  private void arguments(CallPlan.Arguments arguments) {
    var comma = new Separator(sql, ", ");
    switch (arguments) {
      case CallPlan.Arguments.Keyed keyed -> {
        for (var parameter : keyed.given()) {
          comma.add();
          named(parameter);
          sql.add("pgrst_body.").identifier(parameter.name());
        }
      }
      case CallPlan.Arguments.Texts texts -> {
        for (int i = 0; i < texts.given().size(); i++) {
          comma.add();
          var parameter = texts.given().get(i);
          named(parameter);
          sql.bind(texts.values().get(i)).add(parameter.variadic() ? "::text[]::" : "::");
          sql.add(parameter.anyLength());
        }
      }
      case CallPlan.Arguments.Whole whole -> {
        if (whole.parameter().type().equals("bytea")) {
          sql.bind(whole.body());
        } else {
          sql.bind(new String(whole.body(), StandardCharsets.UTF_8));
          sql.add("::").add(whole.parameter().type());
        }
      }
    }
  }

  private void named(Routine.Parameter parameter) {
    sql.add(parameter.variadic() ? "VARIADIC " : "").identifier(parameter.name()).add(" := ");
  }
}
