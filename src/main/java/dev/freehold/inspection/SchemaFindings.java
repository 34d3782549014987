package dev.freehold.inspection;

import dev.freehold.inspection.SchemaState.Policy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// Judges who may read and write once all migrations have been applied. Everything in the schema
/// `public` can be reached with the anon key, which every visitor has; only row level security and
/// its policies stand between.
final class SchemaFindings {
  private static final String EXPOSED = "public.";
  private static final String FILES = "storage.objects";
  private static final Set<String> TRUSTED = Set.of("service_role", "postgres", "supabase_admin");
  private static final Set<String> WRITES = Set.of("all", "insert", "update", "delete");

  private final SchemaState state;
  private final Consumer<Finding> findings;

  private SchemaFindings(SchemaState state, Consumer<Finding> findings) {
    this.state = state;
    this.findings = findings;
  }

  static void tell(SchemaState state, Consumer<Finding> findings) {
    var judge = new SchemaFindings(state, findings);
    judge.rowSecurity();
    judge.writePolicies();
    judge.definers();
    judge.knownPasswords();
  }

  private void knownPasswords() {
    var places = state.knownPasswords;
    if (!places.isEmpty()) {
      findings.accept(
          Finding.danger(
              "password-in-sql",
              Names.count(places.size(), "schema statement gives", "schema statements give")
                  + " a user of the app a password that stands in it",
              places,
              "whoever has seen the source can sign in as that user: delete the user or change the"
                  + " password once the app is live (freehold users)"));
    }
  }

  private void rowSecurity() {
    var open = new TreeMap<String, Place>();
    var shut = new TreeMap<String, Place>();
    state.tables.forEach((name, table) -> {
      if (!name.startsWith(EXPOSED)) {
        return;
      }
      if (!table.rowSecurity()) {
        open.put(bare(name), table.created());
      } else if (state.policies.getOrDefault(name, Map.of()).isEmpty()) {
        shut.put(bare(name), table.created());
      }
    });
    if (!open.isEmpty()) {
      openTables(open);
    }
    if (!shut.isEmpty()) {
      findings.accept(
          Finding.note(
              "rls-without-policy",
              Names.count(shut.size(), "table has", "tables have")
                  + " row level security and no policy, so only the service key reads it: "
                  + Names.list(shut.keySet()),
              List.copyOf(shut.values()),
              "fine for tables that only server code uses"));
    }
  }

  private void openTables(Map<String, Place> open) {
    var message =
        Names.count(open.size(), "table has", "tables have")
            + " no row level security: "
            + Names.list(open.keySet());
    if (state.computedRowSecurity) {
      findings.accept(
          Finding.warning(
              "rls-unclear",
              message + "; a statement made at run time may switch it on",
              List.copyOf(open.values()),
              "compare with the database after the migrations ran"));
    } else {
      findings.accept(
          Finding.danger(
              "rls-missing",
              message,
              List.copyOf(open.values()),
              "anyone can read and change them with the public key: alter table … enable row level"
                  + " security, then add policies"));
    }
  }

  private void writePolicies() {
    var everybody = new ArrayList<Place>();
    var everybodyNames = new ArrayList<String>();
    var signedIn = new ArrayList<Place>();
    var signedInNames = new ArrayList<String>();
    var inserts = new ArrayList<Place>();
    var insertNames = new ArrayList<String>();
    state.policies.forEach((table, policies) -> {
      if (!table.startsWith(EXPOSED) && !table.equals(FILES)) {
        return;
      }
      policies.values().stream()
          .filter(p -> isOpenWrite(p) && !guarded(policies, p))
          .forEach(p -> {
            boolean anyone = p.roles().contains("public") || p.roles().contains("anon");
            boolean insertOnly = p.command().equals("insert");
            (insertOnly ? inserts : anyone ? everybody : signedIn).add(p.place());
            (insertOnly ? insertNames : anyone ? everybodyNames : signedInNames).add(bare(table));
          });
    });
    tellWrites(everybody, everybodyNames, signedIn, signedInNames);
    if (!inserts.isEmpty()) {
      findings.accept(
          Finding.warning(
              "policy-insert-open",
              Names.count(inserts.size(), "policy lets", "policies let")
                  + " rows in without any condition: "
                  + Names.list(insertNames.stream().distinct().sorted().toList()),
              inserts,
              "right for a contact form; otherwise check auth.uid() against the row"));
    }
  }

  private void tellWrites(
      List<Place> everybody,
      List<String> everybodyNames,
      List<Place> signedIn,
      List<String> names) {
    if (!everybody.isEmpty()) {
      findings.accept(
          Finding.danger(
              "policy-write-open",
              Names.count(everybody.size(), "policy lets", "policies let")
                  + " everybody change or delete every row: "
                  + Names.list(everybodyNames.stream().distinct().sorted().toList()),
              everybody,
              "replace using (true) by a condition on auth.uid(), or restrict it to a role"));
    }
    if (!signedIn.isEmpty()) {
      findings.accept(
          Finding.warning(
              "policy-write-any-user",
              Names.count(signedIn.size(), "policy lets", "policies let")
                  + " every signed-in user change or delete every row: "
                  + Names.list(names.stream().distinct().sorted().toList()),
              signedIn,
              "right for a team that shares everything; otherwise add a condition on auth.uid()"));
    }
  }

  private static boolean isOpenWrite(Policy policy) {
    if (policy.restrictive()
        || !WRITES.contains(policy.command())
        || TRUSTED.containsAll(policy.roles())) {
      return false;
    }
    return policy.command().equals("insert") ? policy.checkTrue() : policy.usingTrue();
  }

  /// A restrictive policy for the same command narrows what the open one allows.
  private static boolean guarded(Map<String, Policy> policies, Policy open) {
    return policies.values().stream()
        .anyMatch(p ->
            p.restrictive()
                && !p.usingTrue()
                && (p.command().equals("all") || p.command().equals(open.command())));
  }

  private void definers() {
    var places = new ArrayList<Place>();
    var names = new ArrayList<String>();
    state.functions.forEach((key, function) -> {
      if (function.definer() && !function.searchPath()) {
        places.add(function.created());
        names.add(bare(key.substring(0, key.lastIndexOf('/'))));
      }
    });
    if (!places.isEmpty()) {
      findings.accept(
          Finding.warning(
              "definer-search-path",
              Names.count(places.size(), "function runs", "functions run")
                  + " with the owner's rights (security definer) and no fixed search_path: "
                  + Names.list(names),
              places,
              "alter function … set search_path = ''; names inside then need their schema"));
    }
  }

  private static String bare(String name) {
    return name.startsWith(EXPOSED) ? name.substring(EXPOSED.length()) : name;
  }
}
