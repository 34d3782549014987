package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.ReadPlan.Embedded;
import dev.freehold.backend.supabase.rest.ReadPlan.Lifted;
import dev.freehold.backend.supabase.rest.ReadPlan.Output;
import dev.freehold.backend.supabase.rest.ReadPlan.PlannedOrder;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Relationship;
import dev.freehold.postgres.Quoting;
import java.util.List;
import java.util.Optional;

/// The one place where SQL is written for reads, with [SqlTerms] for its parts and [SqlChanges] for
/// writes and calls; nothing else in this room writes SQL for a request. Names are quoted, values
/// are bound; what is written as it is are the words of this file, numbers, type names that the
/// grammar or the catalogs vouch for, and default expressions from the catalogs.
///
/// An embed is a lateral join to a subquery that carries its name. For a to-one embed it gives the
/// row, for a to-many one a single row of aggregates with a column of that name too: the name alone
/// tests whether it found rows.
final class SqlBuilder {
  /// The name of what a write or a call returns, for the rest of the statement.
  static final QualifiedName SOURCE = new QualifiedName("", "pgrst_source");

  /// The only column of a function's scalar results.
  static final String SCALAR = "pgrst_scalar";

  /// Counts the rows an upsert inserted rather than changed.
  static final String INSERTED = "freehold.inserted";

  private final SqlText sql;
  private final SqlTerms terms;

  SqlBuilder(SqlText sql) {
    this.sql = sql;
    terms = new SqlTerms(sql);
  }

  void read(ReadPlan plan) {
    query(plan, Optional.empty());
  }

  /// One row of nothing for each row the plan would give without its limits.
  void count(ReadPlan plan) {
    sql.add("SELECT 1 FROM ");
    source(plan);
    counted(plan, new Separator(sql, " AND ", " WHERE "));
  }

  /// An embed and the plan it belongs to.
  private record Link(ReadPlan parent, Embedded embed) {
    boolean is(Output output) {
      return embed.output() == output;
    }
  }

  private void query(ReadPlan plan, Optional<Link> link) {
    sql.add("SELECT ");
    var comma = new Separator(sql, ", ");
    if (plan.columns().isEmpty() && plan.embeds().isEmpty()) {
      comma.add();
      sql.add(plan.qualifier()).add(".*");
    }
    for (var column : plan.columns()) {
      comma.add();
      terms.column(plan, column);
    }
    var listed = link.isPresent() && link.get().is(Output.LISTS);
    if (listed) {
      for (int i = 0; i < plan.orders().size(); i++) {
        comma.add();
        orderTerm(plan, plan.orders().get(i));
        sql.add(" AS ").identifier(sorter(link.get().embed(), i));
      }
    }
    var passedOn = link.isPresent() && link.get().is(Output.COLUMNS);
    for (var embed : plan.embeds()) {
      selected(embed, passedOn, comma);
    }
    sql.add(" FROM ");
    link.ifPresentOrElse(l -> related(l.parent(), l.embed()), () -> source(plan));
    for (var embed : plan.embeds()) {
      join(plan, embed);
    }
    var and = new Separator(sql, " AND ", " WHERE ");
    terms.where(plan, and);
    link.ifPresent(l -> relation(l.parent(), l.embed(), and));
    if (!passedOn) {
      groupBy(plan);
    }
    if (!listed || plan.window().limit() != Window.NO_LIMIT) {
      orderBy(plan);
    }
    window(plan.window());
  }

  private void source(ReadPlan plan) {
    sql.add(plan.from().sql());
    if (!plan.alias().isEmpty()) {
      sql.add(" AS ").identifier(plan.alias());
    }
  }

  /// @param passedOn the row is itself spread: aggregates are left to what it is spread over
  private void selected(Embedded embed, boolean passedOn, Separator comma) {
    var joined = Quoting.identifier(embed.joined());
    switch (embed.output()) {
      case OBJECT -> {
        if (!embed.silent()) {
          comma.add();
          sql.add("row_to_json(").add(joined).add(".*)::jsonb AS ").identifier(embed.key());
        }
      }
      case ARRAY -> {
        if (!embed.silent()) {
          comma.add();
          sql.add("COALESCE( ").add(joined).add(".").add(joined).add(", '[]') AS ");
          sql.identifier(embed.key());
        }
      }
      case COLUMNS, LISTS -> {
        for (var lifted : embed.lifted()) {
          comma.add();
          lifted(joined, passedOn ? Lifted.plain(lifted.name()) : lifted);
        }
      }
    }
  }

  private void lifted(String joined, Lifted lifted) {
    sql.add(lifted.cast().isEmpty() ? "" : "CAST( ");
    sql.add(lifted.aggregate().isEmpty() ? "" : lifted.aggregate() + "(");
    member(joined, lifted.name());
    sql.add(lifted.aggregate().isEmpty() ? "" : ")");
    if (!lifted.cast().isEmpty()) {
      sql.add(" AS ").add(SqlTerms.type(lifted.cast())).add(" )");
    }
    if (!lifted.alias().isEmpty()) {
      sql.add(" AS ").identifier(lifted.alias());
    }
  }

  private void member(String joined, String name) {
    sql.add(joined).add(".").add(name.equals("*") ? name : Quoting.identifier(name));
  }

  private void join(ReadPlan parent, Embedded embed) {
    var joined = Quoting.identifier(embed.joined());
    var link = Optional.of(new Link(parent, embed));
    sql.add(embed.inner() ? " INNER JOIN LATERAL ( " : " LEFT JOIN LATERAL ( ");
    switch (embed.output()) {
      case OBJECT, COLUMNS -> {
        query(embed.plan(), link);
        sql.add(" ) AS ").add(joined).add(" ON TRUE");
      }
      case ARRAY, LISTS -> {
        sql.add("SELECT json_agg(").add(joined).add(")::jsonb AS ").add(joined);
        embed.lifted().forEach(lifted -> list(embed, joined, lifted.name()));
        sql.add(" FROM (");
        query(embed.plan(), link);
        sql.add(" ) AS ").add(joined).add(" ) AS ").add(joined).add(" ON ");
        sql.add(embed.inner() ? joined + " IS NOT NULL" : "TRUE");
      }
    }
  }

  /// The values of one column of a to-many spread, in the order of its rows.
  private void list(Embedded embed, String joined, String name) {
    sql.add(", COALESCE(json_agg(");
    member(joined, name);
    var comma = new Separator(sql, ", ", " ORDER BY ");
    for (int i = 0; i < embed.plan().orders().size(); i++) {
      var order = embed.plan().orders().get(i).order();
      comma.add();
      member(joined, sorter(embed, i));
      sql.add(order.direction()).add(order.nulls());
    }
    sql.add("), '[]')::jsonb AS ").identifier(name);
  }

  /// The name under which a to-many spread brings what its lists are sorted by.
  private static String sorter(Embedded embed, int place) {
    return embed.joined() + "_sorter_" + place;
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

  private void relation(ReadPlan parent, Embedded embed, Separator and) {
    var child = embed.plan().qualifier();
    switch (embed.relationship()) {
      case Relationship.Key key -> pairs(key.pairs(), parent.qualifier(), child, and);
      case Relationship.Junction junction -> {
        var between = Quoting.identifier(between(embed));
        pairs(junction.far(), child, between, and);
        pairs(junction.near(), parent.qualifier(), between, and);
      }
      case Relationship.Computed _ -> {}
    }
  }

  private void pairs(List<Relationship.Pair> pairs, String left, String right, Separator and) {
    for (var pair : pairs) {
      and.add();
      sql.add(right).add(".").identifier(pair.other()).add(" = ");
      sql.add(left).add(".").identifier(pair.column());
    }
  }

  private void counted(ReadPlan plan, Separator and) {
    for (var condition : plan.conditions()) {
      and.add();
      counted(plan, condition);
    }
    for (var embed : plan.embeds()) {
      if (embed.inner()) {
        and.add();
        exists(plan, embed);
      }
    }
  }

  private void counted(ReadPlan plan, Condition condition) {
    switch (condition) {
      case Condition.Group group -> {
        sql.add(group.negated() ? "NOT (" : "(");
        var between = new Separator(sql, group.or() ? " OR " : " AND ");
        for (var part : group.parts()) {
          between.add();
          counted(plan, part);
        }
        sql.add(")");
      }
      case Condition.EmbedFound found -> {
        sql.add(found.found() ? "" : "NOT ");
        exists(plan, found.embed());
      }
      case Condition.Filter filter -> terms.condition(plan, filter);
    }
  }

  private void exists(ReadPlan parent, Embedded embed) {
    sql.add("EXISTS (SELECT 1 FROM ");
    related(parent, embed);
    var and = new Separator(sql, " AND ", " WHERE ");
    relation(parent, embed, and);
    counted(embed.plan(), and);
    sql.add(")");
  }

  private void groupBy(ReadPlan plan) {
    var lifts =
        plan.embeds().stream()
            .flatMap(embed -> embed.lifted().stream())
            .anyMatch(lifted -> !lifted.aggregate().isEmpty());
    if (!plan.aggregates() && !lifts) {
      return;
    }
    var comma = new Separator(sql, ", ", " GROUP BY ");
    for (var column : plan.columns()) {
      if (column.aggregate().isEmpty()) {
        comma.add();
        terms.group(plan, column);
      }
    }
    for (var embed : plan.embeds()) {
      if (!embed.spread()) {
        if (!embed.silent()) {
          comma.add();
          sql.identifier(embed.key());
        }
        continue;
      }
      for (var lifted : embed.lifted()) {
        if (lifted.aggregate().isEmpty()) {
          comma.add();
          member(Quoting.identifier(embed.joined()), lifted.name());
        }
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

  /// A related order sorts by what the embed selected.
  private void orderTerm(ReadPlan plan, PlannedOrder planned) {
    var field = planned.order().field();
    if (planned.embed().isPresent()) {
      var embed = planned.embed().get();
      terms.field(Quoting.identifier(embed.joined()), embed.plan(), field);
    } else {
      terms.field(plan, field);
    }
  }

  private void window(Window window) {
    if (window.limit() != Window.NO_LIMIT) {
      sql.add(" LIMIT ").add(window.limit());
    }
    if (window.offset() != 0) {
      sql.add(" OFFSET ").add(window.offset());
    }
  }
}
