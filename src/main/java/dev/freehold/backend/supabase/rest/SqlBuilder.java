package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.ReadPlan.Embedded;
import dev.freehold.backend.supabase.rest.ReadPlan.PlannedOrder;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Relationship;
import dev.freehold.postgres.Quoting;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The one place where SQL is written for reads, with [SqlTerms] for its parts and [SqlChanges] for
/// writes and calls; nothing else in this room writes SQL for a request. Names are quoted, values
/// are bound; what is written as it is are the words of this file, numbers, type names that the
/// grammar or the catalogs vouch for, and default expressions from the catalogs.
///
/// An embed is a lateral join to a subquery of one column that carries its name, so that the name
/// alone tests whether it found rows.
final class SqlBuilder {
  /// The name of what a write or a call returns, for the rest of the statement.
  static final QualifiedName SOURCE = new QualifiedName("", "pgrst_source");

  /// The only column of a function's scalar results.
  static final String SCALAR = "pgrst_scalar";

  /// Counts the rows an upsert changed rather than inserted.
  static final String CHANGED = "freehold.changed";

  private final SqlText sql;
  private final SqlTerms terms;

  SqlBuilder(SqlText sql) {
    this.sql = sql;
    terms = new SqlTerms(sql);
  }

  void read(ReadPlan plan) {
    sql.add("SELECT ");
    var comma = new Separator(sql, ", ");
    for (var column : plan.columns()) {
      comma.add();
      terms.column(plan, column);
    }
    for (var embed : plan.embeds()) {
      selected(embed, comma);
    }
    from(plan, _ -> true);
    terms.where(plan);
    groupBy(plan);
    orderBy(plan);
    window(plan.window());
  }

  /// One row of nothing for each row the plan would give without its limits.
  void count(ReadPlan plan) {
    sql.add("SELECT 1");
    var tested = new ArrayList<String>();
    plan.conditions().forEach(condition -> tested(condition, tested));
    from(plan, embed -> embed.inner() || tested.contains(embed.joined()));
    terms.where(plan);
  }

  private static void tested(Condition condition, List<String> names) {
    switch (condition) {
      case Condition.Group group -> group.parts().forEach(part -> tested(part, names));
      case Condition.EmbedFound found -> names.add(found.joined());
      case Condition.Filter _ -> {}
    }
  }

  private void from(ReadPlan plan, Predicate<Embedded> wanted) {
    sql.add(" FROM ");
    source(plan);
    for (var embed : plan.embeds()) {
      if (wanted.test(embed)) {
        join(plan, embed);
      }
    }
  }

  private void source(ReadPlan plan) {
    sql.add(plan.from().sql());
    if (!plan.alias().isEmpty()) {
      sql.add(" AS ").identifier(plan.alias());
    }
  }

  private void selected(Embedded embed, Separator comma) {
    if (embed.silent()) {
      return;
    }
    var joined = Quoting.identifier(embed.joined());
    if (!embed.spread()) {
      comma.add();
      var whole = joined + "." + joined;
      sql.add(embed.relationship().toOne() ? whole : "COALESCE( " + whole + ", '[]')");
      sql.add(" AS ").identifier(embed.key());
      return;
    }
    for (var name : outputs(embed.plan())) {
      comma.add();
      var column = joined + "." + (name.equals("*") ? "*" : Quoting.identifier(name));
      sql.add(embed.relationship().toOne() ? column : "COALESCE( " + column + ", '[]')");
      if (!name.equals("*")) {
        sql.add(" AS ").identifier(name);
      }
    }
  }

  /// The names a plan's rows have, those of its spreads among them.
  private static List<String> outputs(ReadPlan plan) {
    var names = new ArrayList<String>();
    for (var column : plan.columns()) {
      var name = SqlTerms.outputName(column);
      if (name.equals("*") && plan.table().isPresent()) {
        names.addAll(plan.table().get().columns().keySet());
      } else {
        names.add(name);
      }
    }
    for (var embed : plan.embeds()) {
      if (embed.spread()) {
        names.addAll(outputs(embed.plan()));
      } else if (!embed.silent()) {
        names.add(embed.key());
      }
    }
    return names;
  }

  private void join(ReadPlan parent, Embedded embed) {
    var joined = Quoting.identifier(embed.joined());
    sql.add(embed.inner() ? " INNER JOIN LATERAL ( " : " LEFT JOIN LATERAL ( ");
    if (embed.spread() && embed.relationship().toOne()) {
      embedded(parent, embed);
      sql.add(" ) AS ").add(joined).add(" ON TRUE");
      return;
    }
    if (embed.spread()) {
      sql.add("SELECT ");
      var comma = new Separator(sql, ", ");
      for (var name : outputs(embed.plan())) {
        comma.add();
        sql.add("json_agg(").add(joined).add(".").identifier(name).add(")::jsonb AS ");
        sql.identifier(name);
      }
    } else if (embed.relationship().toOne()) {
      sql.add("SELECT row_to_json(").add(joined).add(")::jsonb AS ").add(joined);
    } else {
      sql.add("SELECT json_agg(").add(joined).add(")::jsonb AS ").add(joined);
    }
    sql.add(" FROM (");
    embedded(parent, embed);
    sql.add(" ) AS ").add(joined).add(" ) AS ").add(joined).add(" ON ");
    sql.add(embed.inner() ? joined + " IS NOT NULL" : "TRUE");
  }

  private void embedded(ReadPlan parent, Embedded embed) {
    var plan = embed.plan();
    sql.add("SELECT ");
    var comma = new Separator(sql, ", ");
    for (var column : plan.columns()) {
      comma.add();
      terms.column(plan, column);
    }
    for (var child : plan.embeds()) {
      selected(child, comma);
    }
    if (!comma.used()) {
      sql.add("1");
    }
    sql.add(" FROM ");
    related(parent, embed);
    for (var child : plan.embeds()) {
      join(plan, child);
    }
    sql.add(" WHERE ");
    relation(parent, embed);
    for (var condition : plan.conditions()) {
      sql.add(" AND ");
      terms.condition(plan, condition);
    }
    groupBy(plan);
    orderBy(plan);
    window(plan.window());
  }

  /// What an embed reads from: the foreign relation, or the function that computes it.
  private void related(ReadPlan parent, Embedded embed) {
    switch (embed.relationship()) {
      case Relationship.Key _ -> source(embed.plan());
      case Relationship.Junction junction -> {
        sql.add(junction.between().sql()).add(" AS ").identifier(between(embed)).add(", ");
        source(embed.plan());
      }
      case Relationship.Computed computed -> {
        sql.add(computed.function().sql()).add("(");
        if (parent.from().equals(SOURCE)) {
          sql.identifier(parent.alias()).add("::").add(computed.table().sql());
        } else {
          sql.identifier(parent.alias().isEmpty() ? parent.from().name() : parent.alias());
        }
        sql.add(") AS ").identifier(embed.plan().alias());
      }
    }
  }

  private static String between(Embedded embed) {
    return embed.joined() + "_between";
  }

  private void relation(ReadPlan parent, Embedded embed) {
    var child = embed.plan().qualifier();
    switch (embed.relationship()) {
      case Relationship.Key key -> pairs(key.pairs(), parent.qualifier(), child);
      case Relationship.Junction junction -> {
        var between = Quoting.identifier(between(embed));
        pairs(junction.near(), parent.qualifier(), between);
        sql.add(" AND ");
        pairs(junction.far(), child, between);
      }
      case Relationship.Computed _ -> sql.add("TRUE");
    }
  }

  private void pairs(List<Relationship.Pair> pairs, String left, String right) {
    var and = new Separator(sql, " AND ");
    for (var pair : pairs) {
      and.add();
      sql.add(right).add(".").identifier(pair.other()).add(" = ");
      sql.add(left).add(".").identifier(pair.column());
    }
  }

  private void groupBy(ReadPlan plan) {
    if (!plan.aggregates()) {
      return;
    }
    var comma = new Separator(sql, ", ", " GROUP BY ");
    for (var column : plan.columns()) {
      if (column.aggregate().isEmpty()) {
        comma.add();
        terms.expression(plan, column);
      }
    }
    for (var embed : plan.embeds()) {
      if (embed.silent()) {
        continue;
      }
      var joined = Quoting.identifier(embed.joined());
      for (var name : embed.spread() ? outputs(embed.plan()) : List.of(embed.joined())) {
        comma.add();
        sql.add(joined).add(".").identifier(name);
      }
    }
  }

  private void orderBy(ReadPlan plan) {
    var comma = new Separator(sql, ", ", " ORDER BY ");
    for (var planned : plan.orders()) {
      comma.add();
      orderTerm(plan, planned);
      sql.add(planned.order().direction()).add(planned.order().nulls());
    }
  }

  /// A related order sorts by a subquery of its own: the embed may not select the column.
  private void orderTerm(ReadPlan plan, PlannedOrder planned) {
    if (planned.embed().isEmpty()) {
      terms.field(plan, planned.order().field());
      return;
    }
    var embed = planned.embed().get();
    sql.add("(SELECT ");
    terms.field(embed.plan(), planned.order().field());
    sql.add(" FROM ");
    related(plan, embed);
    sql.add(" WHERE ");
    relation(plan, embed);
    for (var condition : embed.plan().conditions()) {
      if (condition instanceof Condition.Filter filter) {
        sql.add(" AND ");
        terms.condition(embed.plan(), filter);
      }
    }
    sql.add(" LIMIT 1)");
  }

  private void window(Window window) {
    if (window.limit() != Window.NO_LIMIT) {
      sql.add(" LIMIT ").add(Math.max(0, window.limit()));
    }
    if (window.offset() > 0) {
      sql.add(" OFFSET ").add(window.offset());
    }
  }
}
