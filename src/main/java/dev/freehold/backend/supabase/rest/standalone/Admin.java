package dev.freehold.backend.supabase.rest.standalone;

import dev.freehold.backend.supabase.rest.schema.SchemaDump;
import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.postgres.Pool;
import java.util.function.Supplier;

/// The admin server: whether the server lives, is ready, and how it does.
///
/// Source: https://docs.postgrest.org/en/v14/references/admin_server.html
final class Admin implements Handler {
  private final StandaloneServer server;
  private final Pool pool;
  private final Counts counts;
  private final Supplier<ConfiguredVerifier> verifier;

  Admin(StandaloneServer server, Pool pool, Counts counts, Supplier<ConfiguredVerifier> verifier) {
    this.server = server;
    this.pool = pool;
    this.counts = counts;
    this.verifier = verifier;
  }

  @Override
  public Response handle(Request request) {
    return switch (request.path()) {
      case "/live" -> Response.of(200);
      case "/ready" -> Response.of(server.schema().isPresent() ? 200 : 503);
      case "/schema_cache" ->
          Response.json(200, server.schema().map(SchemaDump::json).orElse("null"));
      case "/metrics" ->
          Response.of(
              200, "text/plain; charset=utf-8", counts.text(pool, verifier.get().remembered()));
      default -> Response.of(404);
    };
  }
}
