package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Select.FieldPath;
import dev.freehold.backend.supabase.rest.schema.Table;
import dev.freehold.postgres.Quoting;

/// The smallest parts of [SqlBuilder]'s statements: columns, casts, paths and conditions.
final class SqlTerms {
  /// Longer array indices may be out of range; PostgreSQL says so.
  private static final int SHORT_INDEX = 9;

  private final SqlText sql;

  SqlTerms(SqlText sql) {
    this.sql = sql;
  }

  void column(ReadPlan plan, Select.Column column) {
    expression(plan, column);
    var name = outputName(column);
    var plain =
        column.alias().isEmpty()
            && column.field().steps().isEmpty()
            && column.aggregate().isEmpty()
            && plan.representation(column.field()).show().isEmpty();
    if (!plain && !name.equals("*")) {
      sql.add(" AS ").identifier(name);
    }
  }

  private void expression(ReadPlan plan, Select.Column column) {
    sql.add(column.aggregateCast().isEmpty() ? "" : "CAST( ");
    sql.add(column.aggregate().isEmpty() ? "" : column.aggregate() + "(");
    sql.add(column.cast().isEmpty() ? "" : "CAST( ");
    shown(plan, column.field());
    sql.add(column.cast().isEmpty() ? "" : " AS " + type(column.cast()) + " )");
    sql.add(column.aggregate().isEmpty() ? "" : ")");
    sql.add(column.aggregateCast().isEmpty() ? "" : " AS " + type(column.aggregateCast()) + " )");
  }

  /// What rows are grouped by for the sake of a column: its own name in the result if it was given
  /// one.
  void group(ReadPlan plan, Select.Column column) {
    var named = !column.alias().isEmpty() || !column.field().steps().isEmpty();
    if (named) {
      sql.identifier(outputName(column));
    } else {
      field(plan, column.field());
    }
  }

  /// A type as it may stand in SQL: the grammar lets only letters, digits, `_`, spaces and `$`
  /// pass, and the last would begin a string.
  static String type(String name) {
    return name.indexOf('$') < 0 ? name : Quoting.identifier(name);
  }

  static String outputName(Select.Column column) {
    if (!column.alias().isEmpty()) {
      return column.alias();
    }
    if (!column.aggregate().isEmpty()) {
      return column.aggregate();
    }
    var name = column.field().column();
    for (var step : column.field().steps()) {
      name = step.index() ? name : step.operand();
    }
    return name;
  }

  /// A field as it is shown, which its type may say.
  private void shown(ReadPlan plan, FieldPath field) {
    var show = plan.representation(field).show();
    sql.add(show.isEmpty() ? "" : show + "(");
    field(plan, field);
    sql.add(show.isEmpty() ? "" : ")");
  }

  void field(ReadPlan plan, FieldPath field) {
    if (field.equals(FieldPath.ROW)) {
      sql.identifier(plan.alias().isEmpty() ? plan.from().name() : plan.alias());
      return;
    }
    field(plan.qualifier(), plan, field);
  }

  /// @param qualifier the name the plan's rows have here
  void field(String qualifier, ReadPlan plan, FieldPath field) {
    if (field.column().equals("*")) {
      sql.add(qualifier).add(".*");
      return;
    }
    // An index on a JSON column serves only the column as it is.
    var turned =
        !field.steps().isEmpty()
            && !plan.column(field.column()).map(Table.Column::isJson).orElse(false);
    sql.add(turned ? "to_jsonb(" : "").add(qualifier).add(".").identifier(field.column());
    sql.add(turned ? ")" : "");
    for (var step : field.steps()) {
      sql.add(step.text() ? "->>" : "->");
      sql.add(step.index() ? index(step.operand()) : Quoting.literal(step.operand()));
    }
  }

  private static String index(String digits) {
    return digits.length() < SHORT_INDEX ? digits : "'" + digits + "'::int";
  }

  void where(ReadPlan plan) {
    where(plan, new Separator(sql, " AND ", " WHERE "));
  }

  void where(ReadPlan plan, Separator and) {
    for (var condition : plan.conditions()) {
      and.add();
      condition(plan, condition);
    }
  }

  void condition(ReadPlan plan, Condition condition) {
    switch (condition) {
      case Condition.Group group -> {
        sql.add(group.negated() ? "NOT (" : "(");
        var between = new Separator(sql, group.or() ? " OR " : " AND ");
        for (var part : group.parts()) {
          between.add();
          condition(plan, part);
        }
        sql.add(")");
      }
      case Condition.EmbedFound found -> {
        sql.identifier(found.embed().joined());
        sql.add(found.found() ? " IS DISTINCT FROM NULL" : " IS NOT DISTINCT FROM NULL");
      }
      case Condition.Filter filter -> {
        sql.add(filter.negated() ? "NOT " : "");
        test(plan, filter.field(), filter.test());
      }
    }
  }

  private void test(ReadPlan plan, FieldPath field, Condition.Test test) {
    switch (test) {
      case Condition.Compare compare -> {
        field(plan, field);
        sql.add(" ").add(compare.operator().sql()).add(" ");
        var parse = compare.operator().pattern() ? "" : plan.representation(field).parse();
        var opening = parse.isEmpty() ? "" : parse + "(";
        var closing = parse.isEmpty() ? "" : ")";
        switch (compare.quantifier()) {
          case NONE -> {}
          case ANY -> {
            opening = "ANY (" + opening;
            closing += ")";
          }
          case ALL -> {
            opening = "ALL (" + opening;
            closing += ")";
          }
        }
        sql.add(opening).bind(compare.value()).add(closing);
      }
      case Condition.Is is -> {
        field(plan, field);
        sql.add(" IS ").add(is.what());
      }
      case Condition.IsDistinct distinct -> {
        field(plan, field);
        sql.add(" IS DISTINCT FROM ").bind(distinct.value());
      }
      case Condition.In in -> {
        field(plan, field);
        var parse = plan.representation(field).parse();
        sql.add(parse.isEmpty() ? " = ANY (" : " = ANY (SELECT " + parse + "(unnest(");
        sql.bind(Quoting.arrayLiteral(in.values())).add(parse.isEmpty() ? ")" : "::text[])))");
      }
      case Condition.Search search -> {
        var language = search.language().isEmpty() ? "" : Quoting.literal(search.language()) + ", ";
        var text = plan.column(field.column()).map(Table.Column::searchable).orElse(false);
        sql.add(text ? "to_tsvector(" + language : "");
        field(plan, field);
        sql.add(text ? ")" : "").add(" @@ ").add(search.function()).add("(").add(language);
        sql.bind(search.value()).add(")");
      }
    }
  }
}
