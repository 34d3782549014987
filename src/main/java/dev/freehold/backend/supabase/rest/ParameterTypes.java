package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The types that PostgreSQL found for the parameters of statements that come again and again.
///
/// A statement whose parameters are sent with their types can be prepared once and then run in one
/// round trip together with the statements around it; docs/decisions/rest-round-trips.md says why.
/// What is known here is a guess to be tried: a column may have changed its type since. One of
/// these belongs to one reading of the schema. Safe for several threads.
final class ParameterTypes {
  /// Statements remembered; the one that was not asked for the longest is forgotten.
  private static final int KEPT = 128;

  /// Longer statements are not remembered.
  private static final int MAX_SQL_CHARACTERS = 16_384;

  /// How often a statement comes before its types are asked for.
  private static final int ASKED_AT = 3;

  /// Types every database has under these names and whose text form does not depend on who asks.
  private static final Set<String> BUILT_IN =
      Set.of(
          "int2",
          "int4",
          "int8",
          "numeric",
          "float4",
          "float8",
          "bool",
          "text",
          "varchar",
          "bpchar",
          "uuid",
          "date",
          "time",
          "timetz",
          "timestamp",
          "timestamptz",
          "json",
          "bytea",
          "_text",
          "_int4",
          "_int8",
          "_uuid");

  private final Map<String, Seen> statements =
      new LinkedHashMap<>(KEPT, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Seen> eldest) {
          return size() > KEPT;
        }
      };

  /// @param types empty when they are not known
  private record Seen(int times, Optional<List<String>> types) {}

  /// The types of all parameters, by their place.
  synchronized Optional<List<String>> of(String sql) {
    var seen = statements.get(sql);
    return seen == null ? Optional.empty() : seen.types();
  }

  /// Counts the statement, and says whether it is time to ask for its types.
  synchronized boolean worthAsking(String sql) {
    if (sql.length() > MAX_SQL_CHARACTERS) {
      return false;
    }
    @Nullable Seen seen = statements.get(sql);
    int times = seen == null ? 1 : Math.min(seen.times() + 1, ASKED_AT + 1);
    statements.put(sql, new Seen(times, Optional.empty()));
    return times == ASKED_AT;
  }

  /// Remembers the types, if each is one that can be named anywhere.
  synchronized void learned(String sql, List<String> types) {
    if (BUILT_IN.containsAll(types)) {
      statements.put(sql, new Seen(ASKED_AT, Optional.of(new ArrayList<>(types))));
    }
  }

  /// The types were wrong; they are not asked for again until the statement was forgotten.
  synchronized void refuted(String sql) {
    statements.put(sql, new Seen(ASKED_AT + 1, Optional.empty()));
  }
}
