package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/// Finds the schema migrations, replays them on paper and tells what is left.
///
/// They are taken in the order of their file names, as Supabase's own command line does; it skips
/// names that do not begin with digits and an underscore. Lovable wrote a hyphen in 2025 and
/// applied those files, so they count too; any other name is left out, with a Finding.
final class MigrationDetector {
  private static final String FOLDER = "supabase/migrations";
  private static final Pattern STANDARD = Pattern.compile("(\\d+)[_-](.*)\\.sql");
  private static final int FULL_VERSION_DIGITS = 14;

  private final Sources sources;
  private final Consumer<Finding> findings;

  private MigrationDetector(Sources sources, Consumer<Finding> findings) {
    this.sources = sources;
    this.findings = findings;
  }

  static Schema detect(Sources sources, Consumer<Finding> findings) {
    return new MigrationDetector(sources, findings).run();
  }

  private Schema run() {
    var state = new SchemaState();
    var replay = new SchemaReplay(state);
    var migrations = new ArrayList<Schema.Migration>();
    var odd = new ArrayList<Place>();
    for (var path : sources.paths(MigrationDetector::isMigration)) {
      var file = path.substring(FOLDER.length() + 1);
      var name = STANDARD.matcher(file);
      if (!name.matches()) {
        odd.add(Place.whole(path));
        continue;
      }
      int statements = replay.replay(path, sources.text(path).orElse(""));
      migrations.add(
          new Schema.Migration(path, name.group(1), name.group(2), statements, sources.size(path)));
    }
    nameFindings(migrations, odd);
    SchemaFindings.tell(state, findings);
    return schema(state, migrations);
  }

  private static boolean isMigration(String path) {
    return path.startsWith(FOLDER + "/")
        && path.endsWith(".sql")
        && path.indexOf('/', FOLDER.length() + 1) < 0;
  }

  private static Schema schema(SchemaState state, List<Schema.Migration> migrations) {
    var tables = new ArrayList<Schema.Table>();
    state.tables.forEach((name, table) ->
        tables.add(
            new Schema.Table(
                name,
                table.rowSecurity(),
                state.policies.getOrDefault(name, Map.of()).size(),
                table.created())));
    return new Schema(
        migrations.isEmpty() ? "" : FOLDER,
        List.copyOf(migrations),
        List.copyOf(tables),
        state.functions.size(),
        state.policyCount(),
        List.copyOf(state.extensions),
        List.copyOf(state.schemas),
        List.copyOf(state.buckets),
        state.computedBuckets,
        List.copyOf(state.realtimeTables),
        state.computedRealtime,
        List.copyOf(state.cronJobs),
        state.authTrigger);
  }

  private void nameFindings(List<Schema.Migration> migrations, List<Place> odd) {
    if (!odd.isEmpty()) {
      findings.accept(
          Finding.warning(
              "migration-name",
              Names.count(odd.size(), "SQL file", "SQL files")
                  + " in "
                  + FOLDER
                  + " cannot be ordered by name and will not be applied",
              odd,
              "rename to <14 digits>_<name>.sql if it belongs to the schema"));
    }
    Map<String, List<Place>> byVersion = new TreeMap<>();
    Map<String, List<Place>> byText = new LinkedHashMap<>();
    for (var migration : migrations) {
      var place = Place.whole(migration.path());
      byVersion.computeIfAbsent(migration.version(), v -> new ArrayList<>()).add(place);
      var text = sources.text(migration.path()).orElse("").strip();
      if (!text.isEmpty()) {
        byText.computeIfAbsent(text, t -> new ArrayList<>()).add(place);
      }
    }
    repeated(byVersion);
    copies(byText);
    unequal(migrations);
    unused(migrations);
  }

  private void repeated(Map<String, List<Place>> byVersion) {
    byVersion.values().removeIf(places -> places.size() < 2);
    if (!byVersion.isEmpty()) {
      findings.accept(
          Finding.warning(
              "migration-version-repeated",
              Names.count(byVersion.size(), "version is", "versions are")
                  + " used by more than one migration: "
                  + Names.list(byVersion.keySet()),
              byVersion.values().stream().flatMap(List::stream).toList(),
              "they are applied in the order of their file names"));
    }
  }

  private void copies(Map<String, List<Place>> byText) {
    byText.values().removeIf(places -> places.size() < 2);
    if (!byText.isEmpty()) {
      findings.accept(
          Finding.note(
              "migration-duplicate",
              Names.count(byText.size(), "migration was", "migrations were")
                  + " saved again under another version",
              byText.values().stream().flatMap(List::stream).toList(),
              "the copy fails where it creates what is there already, and is skipped"));
    }
  }

  private void unequal(List<Schema.Migration> migrations) {
    var places =
        migrations.stream()
            .filter(m -> m.version().length() != FULL_VERSION_DIGITS)
            .map(m -> Place.whole(m.path()))
            .toList();
    if (!places.isEmpty() && places.size() < migrations.size()) {
      findings.accept(
          Finding.warning(
              "migration-order-unclear",
              Names.count(places.size(), "migration has", "migrations have")
                  + " no full time in the name; the order among those of one day is a guess",
              places,
              "name them <14 digits>_<name>.sql in the order in which they ran"));
    }
  }

  /// SQL that lies elsewhere is mentioned: it may be part of the schema and nobody applies it.
  private void unused(List<Schema.Migration> migrations) {
    var elsewhere =
        sources.paths(
            p -> p.endsWith(".sql") && !p.startsWith(FOLDER + "/") && !CodeArea.isTest(p));
    if (elsewhere.isEmpty()) {
      return;
    }
    var places = elsewhere.stream().map(Place::whole).toList();
    var message =
        Names.count(elsewhere.size(), "SQL file lies", "SQL files lie")
            + " outside of "
            + FOLDER
            + " and will not be applied";
    var hint = "move what belongs to the schema into " + FOLDER;
    findings.accept(
        migrations.isEmpty()
            ? Finding.warning("sql-elsewhere", message, places, hint)
            : Finding.note("sql-elsewhere", message, places, hint));
  }
}
