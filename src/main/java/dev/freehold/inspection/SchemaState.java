package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// What a database would hold after the statements replayed so far, as far as it decides who may
/// read and write.
final class SchemaState {
  final Map<String, Table> tables = new LinkedHashMap<>();
  final Map<String, Function> functions = new LinkedHashMap<>();

  /// Policies on tables that no migration creates, such as `storage.objects`, live here too.
  final Map<String, Map<String, Policy>> policies = new LinkedHashMap<>();

  final Set<String> extensions = new TreeSet<>();
  final Set<String> schemas = new TreeSet<>();
  final Set<String> buckets = new TreeSet<>();
  final Set<String> realtimeTables = new TreeSet<>();
  final List<Schema.CronJob> cronJobs = new ArrayList<>();
  boolean authTrigger;

  /// Where users get a password that stands in the SQL.
  final List<Place> knownPasswords = new ArrayList<>();

  /// Whether row level security is switched on by a statement that is put together at run time, so
  /// that we cannot say for which tables.
  boolean computedRowSecurity;

  /// Whether a statement makes buckets whose names cannot be read.
  boolean computedBuckets;

  /// Whether realtime may have more tables than are named: all of a schema, or those of a statement
  /// put together at run time.
  boolean computedRealtime;

  /// How many statements that make buckets, and that change the publication, were read.
  int bucketInsertsRead;

  int publicationsRead;

  /// A table.
  record Table(boolean rowSecurity, Place created) {}

  /// A database function.
  ///
  /// @param definer whether it runs with its owner's rights
  /// @param searchPath whether it fixes its own search path
  record Function(boolean definer, boolean searchPath, Place created) {}

  /// Who a policy lets do what.
  ///
  /// @param command `all`, `select`, `insert`, `update` or `delete`
  /// @param roles whom it is for; `public` means everybody
  /// @param usingTrue whether every row may be touched
  /// @param checkTrue whether every new row is let in
  record Policy(
      String command,
      Set<String> roles,
      boolean restrictive,
      boolean usingTrue,
      boolean checkTrue,
      Place place) {}

  Map<String, Policy> policiesOf(String table) {
    return policies.computeIfAbsent(table, t -> new LinkedHashMap<>());
  }

  int policyCount() {
    return policies.values().stream().mapToInt(Map::size).sum();
  }

  void dropTable(String table) {
    tables.remove(table);
    policies.remove(table);
    realtimeTables.remove(table);
  }

  void renameTable(String from, String to) {
    var table = tables.remove(from);
    if (table != null) {
      tables.put(to, table);
    }
    var own = policies.remove(from);
    if (own != null) {
      policies.put(to, own);
    }
    if (realtimeTables.remove(from)) {
      realtimeTables.add(to);
    }
  }

  void rowSecurity(String name, boolean on) {
    tables.computeIfPresent(name, (n, t) -> new Table(on, t.created()));
  }
}
