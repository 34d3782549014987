package dev.freehold.inspection;

import java.util.Map;
import java.util.Optional;

/// Extensions that a script uses without creating them, told by what only they define: functions
/// and sized types by the bracket that follows, schemas by the dot.
final class ExtensionNeeds {
  private static final Map<String, String> BEFORE_A_BRACKET =
      Map.ofEntries(
          Map.entry("uuid_generate_v4", "uuid-ossp"),
          Map.entry("uuid_generate_v1", "uuid-ossp"),
          Map.entry("gen_salt", "pgcrypto"),
          Map.entry("crypt", "pgcrypto"),
          Map.entry("gen_random_bytes", "pgcrypto"),
          Map.entry("pgp_sym_encrypt", "pgcrypto"),
          Map.entry("similarity", "pg_trgm"),
          Map.entry("unaccent", "unaccent"),
          Map.entry("st_distance", "postgis"),
          Map.entry("st_makepoint", "postgis"),
          Map.entry("vector", "vector"),
          Map.entry("halfvec", "vector"));

  private static final Map<String, String> BEFORE_A_DOT =
      Map.of("net", "pg_net", "pgmq", "pgmq", "vault", "supabase_vault", "cron", "pg_cron");

  private static final Map<String, String> ANYWHERE =
      Map.of("gin_trgm_ops", "pg_trgm", "gist_trgm_ops", "pg_trgm", "citext", "citext");

  private ExtensionNeeds() {}

  static Optional<String> impliedBy(String word, SqlToken next) {
    var extension =
        next.isSymbol('(')
            ? BEFORE_A_BRACKET.get(word)
            : next.isSymbol('.') ? BEFORE_A_DOT.get(word) : null;
    return Optional.ofNullable(extension != null ? extension : ANYWHERE.get(word));
  }
}
