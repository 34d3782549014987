package dev.freehold.backend.supabase.rest.schema;

import dev.freehold.backend.supabase.rest.schema.Relationship.Cardinality;
import dev.freehold.backend.supabase.rest.schema.Relationship.Pair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Derives every relationship from the foreign keys: one-to-one where the key is unique, the keys
/// of views, the other direction, and many-to-many where a table's primary key holds two foreign
/// keys.
final class Relationships {
  private final Map<QualifiedName, Set<Set<String>>> unique = new HashMap<>();
  private final List<Relationship.Key> keys = new ArrayList<>();
  private final List<Relationship.Computed> computed = new ArrayList<>();

  void addUnique(QualifiedName table, List<String> columns) {
    unique.computeIfAbsent(table, _ -> new HashSet<>()).add(Set.copyOf(columns));
  }

  void addForeignKey(Relationship.Key key) {
    var columns = new HashSet<>(key.pairs().stream().map(Pair::column).toList());
    var one = unique.getOrDefault(key.table(), Set.of()).contains(columns);
    keys.add(one ? with(key, Cardinality.ONE_TO_ONE) : key);
  }

  void addComputed(Relationship.Computed relationship) {
    computed.add(relationship);
  }

  /// @param tables receives the primary keys of views
  Map<QualifiedName, List<Relationship>> complete(
      Map<QualifiedName, Table> tables, Map<QualifiedName, Map<String, ViewColumns.Origin>> views) {
    giveViewsKeys(tables, views);
    var all = new ArrayList<>(keys);
    for (var key : keys) {
      all.addAll(throughViews(key, views));
    }
    var byTable = new HashMap<QualifiedName, List<Relationship>>();
    for (var key : all) {
      add(byTable, key);
      add(byTable, turned(key));
    }
    for (var junction : junctions(all, tables)) {
      add(byTable, junction);
    }
    for (var relationship : computed) {
      var same = byTable.computeIfAbsent(relationship.table(), _ -> new ArrayList<>());
      same.removeIf(
          found -> !(found instanceof Relationship.Computed) && overridden(found, relationship));
      same.add(relationship);
    }
    byTable.values().forEach(found -> found.sort(RelationshipOrder.AS_LISTED));
    return byTable;
  }

  /// A function named as a relation takes the place of what the keys say.
  private static boolean overridden(Relationship found, Relationship.Computed computed) {
    return found.foreign().equals(computed.function());
  }

  private static void add(Map<QualifiedName, List<Relationship>> byTable, Relationship one) {
    byTable.computeIfAbsent(one.table(), _ -> new ArrayList<>()).add(one);
  }

  private static Relationship.Key with(Relationship.Key key, Cardinality cardinality) {
    return new Relationship.Key(
        key.table(), key.foreign(), cardinality, key.constraint(), key.pairs());
  }

  private static Relationship.Key turned(Relationship.Key key) {
    return new Relationship.Key(
        /* table= */ key.foreign(),
        /* foreign= */ key.table(),
        key.cardinality() == Cardinality.ONE_TO_ONE
            ? Cardinality.ONE_TO_ONE_PARENT
            : Cardinality.ONE_TO_MANY,
        key.constraint(),
        key.pairs().stream().map(Pair::turned).toList());
  }

  private static void giveViewsKeys(
      Map<QualifiedName, Table> tables, Map<QualifiedName, Map<String, ViewColumns.Origin>> views) {
    for (var view : views.entrySet()) {
      var bases = new HashSet<QualifiedName>();
      view.getValue().values().forEach(origin -> bases.add(origin.table()));
      var shown = new ArrayList<String>();
      for (var base : bases) {
        var table = tables.get(base);
        if (table != null && !table.primaryKey().isEmpty()) {
          shown.addAll(ViewColumns.shown(view.getValue(), base, table.primaryKey()));
        }
      }
      if (!shown.isEmpty()) {
        tables.computeIfPresent(view.getKey(), (_, t) -> t.withPrimaryKey(shown));
      }
    }
  }

  private static List<Relationship.Key> throughViews(
      Relationship.Key key, Map<QualifiedName, Map<String, ViewColumns.Origin>> views) {
    var near = new ArrayList<Shown>();
    var far = new ArrayList<Shown>();
    near.add(new Shown(key.table(), key.pairs().stream().map(Pair::column).toList()));
    far.add(new Shown(key.foreign(), key.pairs().stream().map(Pair::other).toList()));
    for (var view : views.entrySet()) {
      var columns = ViewColumns.shown(view.getValue(), key.table(), near.getFirst().columns());
      if (!columns.isEmpty()) {
        near.add(new Shown(view.getKey(), columns));
      }
      var others = ViewColumns.shown(view.getValue(), key.foreign(), far.getFirst().columns());
      if (!others.isEmpty()) {
        far.add(new Shown(view.getKey(), others));
      }
    }
    var found = new ArrayList<Relationship.Key>();
    for (var from : near) {
      for (var to : far) {
        if (from.equals(near.getFirst()) && to.equals(far.getFirst())) {
          continue;
        }
        var pairs = new ArrayList<Pair>();
        for (int i = 0; i < from.columns().size(); i++) {
          pairs.add(new Pair(from.columns().get(i), to.columns().get(i)));
        }
        found.add(
            new Relationship.Key(
                from.relation(), to.relation(), key.cardinality(), key.constraint(), pairs));
      }
    }
    return found;
  }

  private record Shown(QualifiedName relation, List<String> columns) {}

  private static List<Relationship.Junction> junctions(
      List<Relationship.Key> keys, Map<QualifiedName, Table> tables) {
    var byTable = new HashMap<QualifiedName, List<Relationship.Key>>();
    for (var key : keys) {
      if (key.cardinality() == Cardinality.MANY_TO_ONE) {
        byTable.computeIfAbsent(key.table(), _ -> new ArrayList<>()).add(key);
      }
    }
    var found = new ArrayList<Relationship.Junction>();
    for (var entry : byTable.entrySet()) {
      var table = tables.get(entry.getKey());
      if (table == null || table.primaryKey().isEmpty()) {
        continue;
      }
      var primary = Set.copyOf(table.primaryKey());
      for (var near : entry.getValue()) {
        for (var far : entry.getValue()) {
          if (!near.constraint().equals(far.constraint())
              && holds(primary, near)
              && holds(primary, far)) {
            found.add(junction(near, far));
          }
        }
      }
    }
    return found;
  }

  private static boolean holds(Set<String> primary, Relationship.Key key) {
    return key.pairs().stream().allMatch(p -> primary.contains(p.column()));
  }

  private static Relationship.Junction junction(Relationship.Key near, Relationship.Key far) {
    return new Relationship.Junction(
        near.foreign(),
        far.foreign(),
        near.table(),
        near.constraint(),
        far.constraint(),
        near.pairs().stream().map(Pair::turned).toList(),
        far.pairs().stream().map(Pair::turned).toList());
  }
}
