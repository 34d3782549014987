package dev.freehold.backend.supabase.rest.standalone;

import dev.freehold.backend.supabase.rest.RestServer;
import dev.freehold.backend.supabase.rest.schema.SchemaDump;
import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// The admin server: whether the server lives, is ready, and how it does.
///
/// Source: https://docs.postgrest.org/en/v14/references/admin_server.html
final class Admin implements Handler {
  private final RestServer rest;
  private final Counts counts;
  private final Supplier<ConfiguredVerifier> verifier;
  private final BooleanSupplier reachable;

  /// @param reachable whether somebody who connects to the main server gets through
  Admin(
      RestServer rest,
      Counts counts,
      Supplier<ConfiguredVerifier> verifier,
      BooleanSupplier reachable) {
    this.rest = rest;
    this.counts = counts;
    this.verifier = verifier;
    this.reachable = reachable;
  }

  @Override
  public Response handle(Request request) {
    return switch (request.path()) {
      case "/live" -> Response.of(reachable.getAsBoolean() ? 200 : 500);
      case "/ready" -> Response.of(!reachable.getAsBoolean() ? 500 : ready() ? 200 : 503);
      case "/schema_cache" ->
          rest.schema()
              .map(cache -> Response.json(200, SchemaDump.json(cache)))
              .orElse(Response.of(200));
      case "/metrics" ->
          Response.of(
              200,
              "text/plain; charset=utf-8",
              counts.text(rest.load(), verifier.get().remembered()));
      default -> Response.of(404);
    };
  }

  private boolean ready() {
    return rest.schema().isPresent() && rest.connected();
  }
}
