package dev.freehold.backend.supabase;

import dev.freehold.http.QuickHandler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Stands before a service that answers some reads at once.
record QuickGateway(Gateway gateway, QuickHandler service) implements QuickHandler {
  @Override
  public @Nullable CompletableFuture<Optional<Response>> atOnce(Request head, Executor loop) {
    if (gateway.needsKey(head.path())) {
      return null;
    }
    var answer = service.atOnce(gateway.passed(head), loop);
    return answer == null ? null : answer.thenApply(found -> found.map(gateway::withCors));
  }

  @Override
  public Response handle(Request request) {
    return gateway.handle(request);
  }

  @Override
  public boolean streams(String method, String path) {
    return gateway.streams(method, path);
  }
}
