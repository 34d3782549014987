package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.backend.supabase.realtime.changes.Tables.Published;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which bindings stand on which table. Tables are known by name, so that one that is dropped and
/// made anew keeps its listeners.
final class Registry {
  private final Map<Name, Set<Bound>> bounds = new ConcurrentHashMap<>();

  private record Name(String schema, String table) {}

  /// A binding on one table, its filters checked against that table's columns.
  static final class Bound {
    final Subscription subscription;
    final Binding binding;
    final Published table;

    Bound(Subscription subscription, Binding binding, Published table) {
      this.subscription = subscription;
      this.binding = binding;
      this.table = table;
    }
  }

  void add(Collection<Bound> some) {
    for (var bound : some) {
      bounds.computeIfAbsent(name(bound.table), name -> ConcurrentHashMap.newKeySet()).add(bound);
    }
  }

  void remove(Collection<Bound> some) {
    for (var bound : some) {
      bounds.computeIfPresent(
          name(bound.table),
          (name, all) -> {
            all.remove(bound);
            return all.isEmpty() ? null : all;
          });
    }
  }

  Collection<Bound> on(String schema, String table) {
    return bounds.getOrDefault(new Name(schema, table), Set.of());
  }

  private static Name name(Published table) {
    return new Name(table.schema(), table.name());
  }
}
