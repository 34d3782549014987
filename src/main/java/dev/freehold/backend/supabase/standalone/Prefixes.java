package dev.freehold.backend.supabase.standalone;

import dev.freehold.http.Exchange;
import dev.freehold.http.ExchangeHandler;
import dev.freehold.http.Handler;
import dev.freehold.http.HandlerRunner;
import dev.freehold.http.Response;
import java.util.Map;

/// Hands each request to the service under whose prefix its path stands, as the gateway of the
/// Supabase CLI does.
///
/// @param services prefix, without a slash at its end, to what answers paths without it
/// @param maxBodyBytes the largest body of a request to a service that does not stream
record Prefixes(HandlerRunner runner, Map<String, Handler> services, int maxBodyBytes)
    implements ExchangeHandler {
  private static final String NONE = "{\"message\":\"no Route matched with those values\"}";

  @Override
  public void handle(Exchange exchange) {
    var path = exchange.path();
    for (var service : services.entrySet()) {
      if (takes(service.getKey(), path)) {
        runner.run(exchange, within(service.getKey(), path), maxBodyBytes, service.getValue());
        return;
      }
    }
    runner.run(exchange, path, maxBodyBytes, request -> nowhere());
  }

  private static Response nowhere() {
    return Response.of(404, "application/json; charset=utf-8", NONE)
        .with("Access-Control-Allow-Origin", "*");
  }

  private static boolean takes(String prefix, String path) {
    return path.equals(prefix) || path.startsWith(prefix + "/");
  }

  private static String within(String prefix, String path) {
    var rest = path.substring(prefix.length());
    return rest.isEmpty() ? "/" : rest;
  }
}
