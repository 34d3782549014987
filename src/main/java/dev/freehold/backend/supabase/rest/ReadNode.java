package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.QueryString.Placed;
import dev.freehold.backend.supabase.rest.ReadPlan.Output;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Relationship;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A [ReadPlan] in the making: one relation of the tree that `select=` spells, and what the other
/// parameters say of it. [ReadPlanner] fills it step by step.
final class ReadNode {
  /// What PostgreSQL keeps of a name.
  private static final int MAX_NAME_BYTES = 63;

  private static final Select.Embed ROOT = Select.Embed.named("", "", false);

  final Select.Embed embed;
  final List<Select.Column> columns = new ArrayList<>();
  final List<ReadNode> children = new ArrayList<>();
  final List<Condition> conditions = new ArrayList<>();
  List<Order> orders = List.of();
  Window window = Window.ALL;

  Optional<Relationship> relationship = Optional.empty();
  QualifiedName origin = SqlBuilder.SOURCE;
  QualifiedName from = SqlBuilder.SOURCE;
  String alias = "";
  String joined = "";
  Output output = Output.ARRAY;

  private ReadNode(Select.Embed embed, List<Select> items) {
    this.embed = embed;
    for (var item : items) {
      switch (item) {
        case Select.Column column -> columns.add(column);
        case Select.Embed child -> children.add(new ReadNode(child, child.items()));
      }
    }
  }

  /// The tree with everything in its place. Paths are followed in PostgREST's order, filters first
  /// and from the last to the first: an embed that a path leads to becomes the first of its
  /// siblings, which is seen in the answer.
  ///
  /// @param windows whether limits count
  /// @throws RestFailure PGRST108
  static ReadNode root(QueryString query, Window window, boolean windows) {
    var root = new ReadNode(ROOT, query.select());
    placeConditions(root, query.conditions(), false);
    for (var placed : query.orders().reversed()) {
      root.at(placed.path()).orders = placed.value();
    }
    if (windows) {
      query.windows().forEach((path, asked) -> root.at(path).window = asked);
    }
    root.window = window;
    placeConditions(root, query.conditions(), true);
    return root;
  }

  private static void placeConditions(ReadNode root, List<Placed<Condition>> all, boolean trees) {
    for (var placed : all.reversed()) {
      var tree = !(placed.value() instanceof Condition.Filter);
      if (tree == trees) {
        root.at(placed.path()).conditions.addFirst(placed.value());
      }
    }
  }

  private ReadNode at(List<String> path) {
    var node = this;
    for (var name : path) {
      node = node.comingFirst(name);
    }
    return node;
  }

  private ReadNode comingFirst(String name) {
    for (var child : children) {
      if (child.embed.name().equals(name) || child.embed.alias().equals(name)) {
        children.remove(child);
        children.addFirst(child);
        return child;
      }
    }
    throw Failures.notEmbedded(name);
  }

  /// The child of that key.
  Optional<ReadNode> child(String key) {
    return children.stream().filter(child -> child.embed.key().equals(key)).findFirst();
  }

  boolean aggregates() {
    return columns.stream().anyMatch(column -> !column.aggregate().isEmpty());
  }

  /// A foreign relation's name inside the statement.
  static String alias(Relationship relationship, String parentAlias, int depth) {
    var name = relationship.foreign().name();
    var plain = relationship instanceof Relationship.Junction && !name.equals(parentAlias);
    return plain ? shortened(name, "") : shortened(name, "_" + depth);
  }

  /// The name of an embed's rows inside the statement.
  static String joined(QualifiedName parent, String key, int depth) {
    return shortened(parent.name() + "_" + key, "_" + depth);
  }

  private static String shortened(String name, String ending) {
    if (name.getBytes(StandardCharsets.UTF_8).length + ending.length() <= MAX_NAME_BYTES) {
      return name + ending;
    }
    var hash = "~" + Integer.toHexString(name.hashCode());
    int room = MAX_NAME_BYTES - hash.length() - ending.length();
    int end = 0;
    for (int bytes = 0; end < name.length(); ) {
      var character = name.substring(end, name.offsetByCodePoints(end, 1));
      bytes += character.getBytes(StandardCharsets.UTF_8).length;
      if (bytes > room) {
        break;
      }
      end += character.length();
    }
    return name.substring(0, end) + hash + ending;
  }
}
