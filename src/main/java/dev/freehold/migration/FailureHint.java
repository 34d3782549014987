package dev.freehold.migration;

import java.util.Set;

/// What a failing statement usually means in an exported app: schema migrations kept in a
/// repository are often not the whole story of the database they came from.
final class FailureHint {
  /// `--skip-failing-sql`, as the owner types it.
  private static final String SKIP = "--skip-failing-sql";

  private static final Set<String> MISSING =
      Set.of("42P01", "42703", "42883", "42704", "3F000", "42P02");
  private static final Set<String> TWICE = Set.of("42P07", "42710", "42701", "42723", "42P06");

  private FailureHint() {}

  /// Whether the statement names something that does not exist, and may succeed once it does.
  static boolean missingObject(String sqlState) {
    return MISSING.contains(sqlState);
  }

  static String of(String sqlState, String message) {
    if (message.contains("extension") && message.contains("is not available")) {
      return "PostgreSQL here has no such extension: install it, or start the app's database with a"
          + " PostgreSQL that has it (--postgres-bin FOLDER)";
    }
    if (MISSING.contains(sqlState)) {
      return "no earlier file creates it: it was probably made in the vendor's dashboard. Bring the"
          + " live database instead, or go on without this statement: "
          + SKIP;
    }
    if (TWICE.contains(sqlState)) {
      return "an earlier file made it already: the same change was probably saved twice. Go on"
          + " without this statement: "
          + SKIP;
    }
    return switch (sqlState) {
      case "22P02" ->
          "the value is unknown here: an enum's value was probably added in the vendor's dashboard."
              + " Go on without this statement: "
              + SKIP;
      case "2BP01" ->
          "something else still uses it, so this failed at the vendor's as well. Go on without it: "
              + SKIP;
      case "23503", "23505", "23502" ->
          "the rows depend on data that only the live database has, often its users. Go on without"
              + " this statement: "
              + SKIP;
      case "42601" ->
          "this is no valid SQL, so it never ran at the vendor's either. Go on without it: " + SKIP;
      case "42501" ->
          "the app's own SQL runs without superuser rights. Run it by hand as superuser if you"
              + " trust it, or go on without it: "
              + SKIP;
      default -> "go on without this statement: " + SKIP;
    };
  }
}
