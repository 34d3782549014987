package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.QueryString.Placed;
import dev.freehold.backend.supabase.rest.ReadPlan.Embedded;
import dev.freehold.backend.supabase.rest.ReadPlan.PlannedOrder;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Makes a [ReadPlan] of a query string: finds the relationships, and puts each filter, order and
/// limit where its path says.
final class ReadPlanner {
  /// Names inside a statement are cut here, so that a number still fits PostgreSQL's 63 bytes.
  private static final int ALIAS_CHARS = 14;

  private final SchemaCache cache;
  private final RelationshipSearch search;
  private final RestSettings settings;
  private final long maxRows;
  private final Map<List<String>, List<Condition>> conditions;
  private final Map<List<String>, List<Order>> orders;
  private final Map<List<String>, Long> limits;
  private final Map<List<String>, Long> offsets;
  private int joins;

  private ReadPlanner(
      SchemaCache cache, RestSettings settings, String schema, QueryString query, boolean capped) {
    this.cache = cache;
    this.settings = settings;
    this.maxRows = capped ? settings.maxRows() : 0;
    search = new RelationshipSearch(cache, schema);
    conditions = byPath(query.conditions());
    orders = new HashMap<>();
    for (var placed : query.orders()) {
      orders.computeIfAbsent(placed.path(), _ -> new ArrayList<>()).addAll(placed.value());
    }
    limits = new HashMap<>(query.limits());
    offsets = new HashMap<>(query.offsets());
  }

  /// @param origin the relation whose relationships count, for a function the one it returns
  /// @param from what the statement reads from
  /// @param window the rows wanted of the root
  /// @param capped whether max-rows applies
  static ReadPlan plan(
      SchemaCache cache,
      RestSettings settings,
      String schema,
      QualifiedName origin,
      QualifiedName from,
      QueryString query,
      Window window,
      boolean capped) {
    var planner = new ReadPlanner(cache, settings, schema, query, capped);
    planner.limits.remove(List.<String>of());
    planner.offsets.remove(List.<String>of());
    var root =
        planner.node(
            origin,
            from,
            from.equals(SqlBuilder.SOURCE) ? origin.name() : "",
            query.select(),
            List.of(),
            window.atMost(planner.maxRows),
            1);
    planner.requireAllPlaced();
    return root;
  }

  private static Map<List<String>, List<Condition>> byPath(List<Placed<Condition>> placed) {
    var map = new HashMap<List<String>, List<Condition>>();
    for (var one : placed) {
      map.computeIfAbsent(one.path(), _ -> new ArrayList<>()).add(one.value());
    }
    return map;
  }

  private ReadPlan node(
      QualifiedName origin,
      QualifiedName from,
      String alias,
      List<Select> items,
      List<String> path,
      Window window,
      int depth) {
    var columns = new ArrayList<Select.Column>();
    var embeds = new ArrayList<Embedded>();
    for (var item : items) {
      switch (item) {
        case Select.Column column -> {
          if (!column.aggregate().isEmpty() && !settings.aggregates()) {
            throw Failures.aggregates();
          }
          columns.add(column);
        }
        case Select.Embed embed -> embeds.add(embed(origin, embed, path, depth));
      }
    }
    var own = new ArrayList<Condition>();
    for (var condition : taken(conditions, path)) {
      own.add(resolve(condition, embeds));
    }
    var sorted = new ArrayList<PlannedOrder>();
    for (var order : taken(orders, path)) {
      sorted.add(order(origin, order, embeds));
    }
    var table = Optional.ofNullable(cache.tables().get(origin));
    return new ReadPlan(from, table, alias, columns, own, sorted, window, List.copyOf(embeds));
  }

  private Embedded embed(
      QualifiedName origin, Select.Embed embed, List<String> parentPath, int depth) {
    var relationship = search.find(origin, embed.name(), embed.hint());
    var key = embed.alias().isEmpty() ? embed.name() : embed.alias();
    var path = new ArrayList<>(parentPath);
    path.add(key);
    var foreign = relationship.foreign();
    var alias = alias(foreign.name()) + "_" + depth;
    var joined = "agg_" + ++joins;
    var offset = Optional.ofNullable(offsets.remove(path)).orElse(0L);
    var limit = Optional.ofNullable(limits.remove(path)).orElse(Window.NO_LIMIT);
    if (limit < 0 || offset < 0) {
      throw Failures.invalidRange("Limit should be greater than or equal to zero.");
    }
    var window = new Window(offset, limit).atMost(maxRows);
    var plan = node(foreign, foreign, alias, embed.items(), path, window, depth + 1);
    return new Embedded(plan, relationship, key, joined, embed.inner(), embed.spread());
  }

  private static String alias(String name) {
    return name.codePointCount(0, name.length()) <= ALIAS_CHARS * 3
        ? name
        : name.substring(0, name.offsetByCodePoints(0, ALIAS_CHARS));
  }

  private static <T> List<T> taken(Map<List<String>, List<T>> map, List<String> path) {
    var found = map.remove(path);
    return found == null ? List.of() : found;
  }

  private static Condition resolve(Condition condition, List<Embedded> embeds) {
    return switch (condition) {
      case Condition.Group group ->
          new Condition.Group(
              group.negated(),
              group.or(),
              group.parts().stream().map(part -> resolve(part, embeds)).toList());
      case Condition.EmbedFound found -> found;
      case Condition.Filter filter -> {
        var embed = named(filter.field(), embeds);
        if (embed.isEmpty()) {
          yield filter;
        }
        if (filter.test() instanceof Condition.Is is
            && (is.what().equals("NULL") || is.what().equals("NOT NULL"))) {
          var found = is.what().equals("NOT NULL") != filter.negated();
          yield new Condition.EmbedFound(embed.get().joined(), found);
        }
        throw Failures.embedOperator(filter.field().column());
      }
    };
  }

  private static Optional<Embedded> named(Select.FieldPath field, List<Embedded> embeds) {
    return field.steps().isEmpty()
        ? embeds.stream().filter(e -> e.key().equals(field.column())).findFirst()
        : Optional.empty();
  }

  private static PlannedOrder order(QualifiedName origin, Order order, List<Embedded> embeds) {
    if (order.relation().isEmpty()) {
      return new PlannedOrder(order, Optional.empty());
    }
    var embed = embeds.stream().filter(e -> e.key().equals(order.relation())).findFirst();
    if (embed.isEmpty()) {
      throw Failures.notEmbedded(order.relation());
    }
    if (!embed.get().relationship().toOne()) {
      throw Failures.relatedOrder(origin.name(), order.relation());
    }
    return new PlannedOrder(order, embed);
  }

  private void requireAllPlaced() {
    for (var paths :
        List.of(conditions.keySet(), orders.keySet(), limits.keySet(), offsets.keySet())) {
      for (var path : paths) {
        throw Failures.notEmbedded(path.isEmpty() ? "" : path.getFirst());
      }
    }
  }
}
