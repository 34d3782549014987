package dev.freehold.backend.supabase.rest.schema;

import dev.freehold.backend.supabase.rest.schema.Relationship.Cardinality;
import dev.freehold.backend.supabase.rest.schema.Relationship.Pair;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;

/// Derives every relationship from the foreign keys: one-to-one where the key is unique, the keys
/// of views, the other direction, and many-to-many where a table's primary key holds two foreign
/// keys. A function from a row to rows takes the place of the keys to a relation of its name.
final class Relationships {
  private final Map<QualifiedName, Set<Set<String>>> unique = new HashMap<>();
  private final Map<QualifiedName, List<String>> primary = new HashMap<>();
  private final List<Relationship.Key> keys = new ArrayList<>();
  private final Map<Ends, Relationship.Computed> computed = new LinkedHashMap<>();

  /// What a relationship leads from and to: two relations, or a relation and a function.
  private record Ends(QualifiedName from, QualifiedName to) {}

  void addPrimary(QualifiedName table, List<String> columns) {
    primary.put(table, columns);
    addUnique(table, columns);
  }

  void addUnique(QualifiedName table, List<String> columns) {
    unique.computeIfAbsent(table, _ -> new HashSet<>()).add(Set.copyOf(columns));
  }

  void addForeignKey(Relationship.Key key) {
    var columns = new HashSet<>(key.pairs().stream().map(Pair::column).toList());
    var one = unique.getOrDefault(key.table(), Set.of()).contains(columns);
    keys.add(one ? with(key, Cardinality.ONE_TO_ONE) : key);
  }

  void addComputed(Relationship.Computed relationship) {
    computed.put(new Ends(relationship.table(), relationship.function()), relationship);
  }

  /// @param tables the exposed ones; views among them receive primary keys
  /// @param exposed names of schemas: what leads through or into another is left out, though its
  ///   origin stays known
  Map<Relationship.Origin, List<Relationship>> complete(
      Map<QualifiedName, Table> tables,
      Map<QualifiedName, SequencedMap<String, ViewColumns.Origin>> views,
      Set<String> exposed) {
    giveKeys(tables, views);
    var forward = new ArrayList<>(keys);
    for (var key : keys) {
      forward.addAll(throughViews(key, views));
    }
    var byEnds = new LinkedHashMap<Ends, List<Relationship>>();
    for (var key : forward) {
      add(byEnds, key);
      add(byEnds, turned(key));
    }
    for (var junction : junctions(forward, tables)) {
      add(byEnds, junction);
    }
    computed.forEach((ends, relationship) -> byEnds.put(ends, List.of(relationship)));
    var byOrigin = new HashMap<Relationship.Origin, List<Relationship>>();
    for (var found : byEnds.entrySet()) {
      var ends = found.getKey();
      if (exposed.contains(ends.from().schema())) {
        byOrigin
            .computeIfAbsent(
                new Relationship.Origin(ends.from(), ends.to().schema()), _ -> new ArrayList<>())
            .addAll(found.getValue().stream().filter(r -> isExposed(r, exposed)).toList());
      }
    }
    byOrigin.replaceAll((_, list) -> list.stream().sorted(RelationshipOrder.AS_LISTED).toList());
    return byOrigin;
  }

  private static boolean isExposed(Relationship relationship, Set<String> exposed) {
    return exposed.contains(relationship.foreign().schema())
        && !(relationship instanceof Relationship.Junction junction
            && !exposed.contains(junction.between().schema()));
  }

  private static void add(Map<Ends, List<Relationship>> byEnds, Relationship one) {
    byEnds.computeIfAbsent(new Ends(one.table(), one.foreign()), _ -> new ArrayList<>()).add(one);
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

  /// Tables their own keys, views the keys of every table they show a whole key of.
  private void giveKeys(
      Map<QualifiedName, Table> tables,
      Map<QualifiedName, SequencedMap<String, ViewColumns.Origin>> views) {
    primary.forEach((name, key) ->
        tables.computeIfPresent(name, (_, t) -> t.withPrimaryKey(key.stream().sorted().toList())));
    for (var view : views.entrySet()) {
      var shown = new ArrayList<String>();
      view.getValue().values().stream()
          .map(ViewColumns.Origin::table)
          .distinct()
          .sorted(QualifiedName.ORDER.reversed())
          .forEach(base ->
              ViewColumns.shown(view.getValue(), base, primary.getOrDefault(base, List.of()))
                  .stream()
                  .findFirst()
                  .ifPresent(shown::addAll));
      if (!shown.isEmpty()) {
        tables.computeIfPresent(view.getKey(), (_, t) -> t.withPrimaryKey(shown));
      }
    }
  }

  private static List<Relationship.Key> throughViews(
      Relationship.Key key, Map<QualifiedName, SequencedMap<String, ViewColumns.Origin>> views) {
    var near = new ArrayList<Shown>();
    var far = new ArrayList<Shown>();
    near.add(new Shown(key.table(), key.pairs().stream().map(Pair::column).toList()));
    far.add(new Shown(key.foreign(), key.pairs().stream().map(Pair::other).toList()));
    for (var view : views.entrySet()) {
      ViewColumns.shown(view.getValue(), key.table(), near.getFirst().columns())
          .forEach(columns -> near.add(new Shown(view.getKey(), columns)));
      ViewColumns.shown(view.getValue(), key.foreign(), far.getFirst().columns())
          .forEach(columns -> far.add(new Shown(view.getKey(), columns)));
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

  private List<Relationship.Junction> junctions(
      List<Relationship.Key> all, Map<QualifiedName, Table> tables) {
    var byTable = new LinkedHashMap<QualifiedName, List<Relationship.Key>>();
    for (var key : all) {
      if (key.cardinality() == Cardinality.MANY_TO_ONE) {
        byTable.computeIfAbsent(key.table(), _ -> new ArrayList<>()).add(key);
      }
    }
    var found = new ArrayList<Relationship.Junction>();
    for (var entry : byTable.entrySet()) {
      var table = tables.get(entry.getKey());
      var whole =
          table == null ? primary.getOrDefault(entry.getKey(), List.of()) : table.primaryKey();
      var held = entry.getValue().stream().filter(key -> holds(whole, key)).toList();
      for (var near : held) {
        for (var far : held) {
          if (!near.constraint().equals(far.constraint())) {
            found.add(junction(near, far));
          }
        }
      }
    }
    return found;
  }

  private static boolean holds(List<String> primary, Relationship.Key key) {
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
