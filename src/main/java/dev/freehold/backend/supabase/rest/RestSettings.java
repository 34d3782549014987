package dev.freehold.backend.supabase.rest;

import java.util.List;

/// What an operator may set about one REST server; names and meaning as PostgREST's configuration.
///
/// @param schemas the exposed schemas, the first being the default (`db-schemas`)
/// @param extraSearchPath schemas added to the search path (`db-extra-search-path`)
/// @param anonRole the role of requests without a token; empty refuses them (`db-anon-role`)
/// @param maxRows the most rows any read returns, 0 for no limit (`db-max-rows`)
/// @param aggregates whether aggregate functions may be selected (`db-aggregates-enabled`)
public record RestSettings(
    List<String> schemas,
    List<String> extraSearchPath,
    String anonRole,
    long maxRows,
    boolean aggregates) {

  public RestSettings {
    schemas = List.copyOf(schemas);
    extraSearchPath = List.copyOf(extraSearchPath);
    if (schemas.isEmpty()) {
      throw new IllegalArgumentException("a REST server exposes at least one schema");
    }
  }

  /// As a Supabase project has it.
  public static RestSettings supabase() {
    return new RestSettings(
        List.of("public", "graphql_public"), List.of("public", "extensions"), "anon", 1_000, false);
  }

  String defaultSchema() {
    return schemas.getFirst();
  }
}
