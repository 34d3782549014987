package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.ReadPlan.Embedded;
import dev.freehold.backend.supabase.rest.ReadPlan.Lifted;
import dev.freehold.backend.supabase.rest.ReadPlan.Output;
import dev.freehold.backend.supabase.rest.ReadPlan.PlannedOrder;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Makes a [ReadPlan] of a query string. Steps and their order are PostgREST's, for the order says
/// which of several faults is reported: put each filter, order and limit where its path says, find
/// the relationships, check related orders, check aggregates.
final class ReadPlanner {
  private final SchemaCache cache;
  private final RelationshipSearch search;
  private final RestSettings settings;
  private final boolean capped;

  private ReadPlanner(SchemaCache cache, RestSettings settings, String schema, boolean capped) {
    this.cache = cache;
    this.settings = settings;
    this.capped = capped;
    search = new RelationshipSearch(cache, schema);
  }

  /// @param origin the relation whose relationships count, for a function the one it returns
  /// @param from what the statement reads from
  /// @param window the rows wanted of the root
  /// @param capped whether limits and max-rows apply: they do not to what a write returns
  static ReadPlan plan(
      SchemaCache cache,
      RestSettings settings,
      String schema,
      QualifiedName origin,
      QualifiedName from,
      QueryString query,
      Window window,
      boolean capped) {
    var planner = new ReadPlanner(cache, settings, schema, capped);
    var root = ReadNode.root(query, window, capped);
    root.origin = origin;
    root.from = from;
    root.alias = from.equals(SqlBuilder.SOURCE) ? origin.name() : "";
    root.output = Output.ARRAY;
    planner.relate(root, 1);
    requireOrderable(root);
    planner.requireAggregates(root);
    requireNoListedAggregates(root);
    return planner.plan(root, false, new ArrayList<>());
  }

  private void relate(ReadNode parent, int depth) {
    for (var node : parent.children) {
      var relationship = search.find(parent.origin, node.embed.name(), node.embed.hint());
      node.relationship = Optional.of(relationship);
      node.origin = relationship.foreign();
      node.from = node.origin;
      node.alias = ReadNode.alias(relationship, parent.alias, depth);
      node.joined = ReadNode.joined(parent.origin, node.embed.key(), depth);
      node.output =
          node.embed.spread()
              ? relationship.toOne() ? Output.COLUMNS : Output.LISTS
              : relationship.toOne() ? Output.OBJECT : Output.ARRAY;
      relate(node, depth + 1);
    }
  }

  private static void requireOrderable(ReadNode node) {
    for (var order : node.orders) {
      if (order.relation().isEmpty()) {
        continue;
      }
      var child = node.child(order.relation());
      if (child.isEmpty()) {
        throw Failures.notEmbedded(order.relation());
      }
      if (!child.get().relationship.orElseThrow().toOne()) {
        throw Failures.relatedOrder(node.origin.name(), order.relation());
      }
    }
    node.children.forEach(ReadPlanner::requireOrderable);
  }

  private void requireAggregates(ReadNode node) {
    if (!settings.aggregates() && node.aggregates()) {
      throw Failures.aggregates();
    }
    node.children.forEach(this::requireAggregates);
  }

  private static void requireNoListedAggregates(ReadNode node) {
    if (node.output == Output.LISTS && liftsAggregates(node)) {
      throw Failures.notImplemented(
          "Aggregates are not implemented for one-to-many or many-to-many spreads.");
    }
    node.children.forEach(ReadPlanner::requireNoListedAggregates);
  }

  private static boolean liftsAggregates(ReadNode node) {
    return node.aggregates()
        || node.children.stream()
            .anyMatch(child -> child.output == Output.COLUMNS && liftsAggregates(child));
  }

  /// @param expanded whether `*` stands for the names of the columns, as it must below aggregates,
  ///   in lists, and where a column is not shown as it is
  /// @param lifted receives what the node gives to its parent's row
  private ReadPlan plan(ReadNode node, boolean expanded, List<Lifted> lifted) {
    var table = cache.table(node.origin);
    var named = expanded || node.aggregates() || node.output == Output.LISTS;
    var starred = !named && table.stream().noneMatch(Table::represented);
    var columns = new ArrayList<Select.Column>();
    for (var column : node.columns) {
      if (column.star() && !starred) {
        table.ifPresent(
            t -> t.columns().keySet().forEach(name -> columns.add(Select.Column.named(name))));
      } else {
        columns.add(column);
      }
    }
    var own = node.output == Output.COLUMNS ? lift(columns, lifted) : columns;
    if (node.output == Output.LISTS) {
      own.forEach(column -> lifted.add(Lifted.plain(SqlTerms.outputName(column))));
    }
    var embeds = new ArrayList<Embedded>();
    for (var child : node.children) {
      var embed = embed(child, named);
      embeds.add(embed);
      if (embed.spread()) {
        lifted.addAll(embed.lifted());
      } else if (!embed.silent()) {
        lifted.add(Lifted.plain(embed.key()));
      }
    }
    var conditions = node.conditions.stream().map(condition -> resolve(condition, embeds)).toList();
    var orders =
        node.orders.stream()
            .map(order -> new PlannedOrder(order, named(order.relation(), embeds)))
            .toList();
    var window = capped ? node.window.atMost(settings.maxRows()) : node.window;
    return new ReadPlan(
        node.from, table, node.alias, own, conditions, orders, window, List.copyOf(embeds));
  }

  private Embedded embed(ReadNode node, boolean expanded) {
    var lifted = new ArrayList<Lifted>();
    var plan = plan(node, expanded, lifted);
    return new Embedded(
        plan,
        node.relationship.orElseThrow(),
        node.embed.key(),
        node.joined,
        node.embed.join().equals(Select.Embed.INNER),
        node.output,
        node.embed.spread() ? List.copyOf(lifted) : List.of());
  }

  /// Takes the aggregates out of a to-one spread's columns: over the single row a spread finds they
  /// would say nothing, so the rows of the relation above are aggregated.
  private static List<Select.Column> lift(List<Select.Column> columns, List<Lifted> lifted) {
    var plain = new ArrayList<Select.Column>();
    for (var column : columns) {
      var name = SqlTerms.outputName(column);
      if (column.aggregate().isEmpty()) {
        lifted.add(Lifted.plain(name));
        plain.add(column);
        continue;
      }
      lifted.add(new Lifted(name, column.aggregate(), column.aggregateCast(), name));
      var field =
          column.field().equals(Select.FieldPath.STAR) ? Select.FieldPath.ROW : column.field();
      plain.add(new Select.Column(field, column.cast(), name, "", ""));
    }
    return plain;
  }

  private static Condition resolve(Condition condition, List<Embedded> embeds) {
    return switch (condition) {
      case Condition.Group group ->
          group.of(group.parts().stream().map(part -> resolve(part, embeds)).toList());
      case Condition.EmbedFound found -> found;
      case Condition.Filter filter -> {
        var isNull =
            filter.field().steps().isEmpty()
                && filter.test() instanceof Condition.Is is
                && is.what().equals("NULL");
        var embed = isNull ? named(filter.field().column(), embeds) : Optional.<Embedded>empty();
        yield embed.isPresent() ? new Condition.EmbedFound(embed.get(), filter.negated()) : filter;
      }
    };
  }

  private static Optional<Embedded> named(String key, List<Embedded> embeds) {
    return embeds.stream().filter(embed -> embed.key().equals(key)).findFirst();
  }
}
