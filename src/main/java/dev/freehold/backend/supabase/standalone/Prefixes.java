package dev.freehold.backend.supabase.standalone;

import dev.freehold.http.Handler;
import dev.freehold.http.QuickHandler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Hands each request to the service under whose prefix its path stands, as the gateway of the
/// Supabase CLI does.
///
/// @param services prefix, without a slash at its end, to what answers paths without it
record Prefixes(Map<String, Handler> services) implements QuickHandler {
  private static final String NONE = "{\"message\":\"no Route matched with those values\"}";

  @Override
  public @Nullable Response atOnce(Request head) {
    var path = head.path();
    for (var service : services.entrySet()) {
      if (takes(service.getKey(), path)) {
        return service.getValue() instanceof QuickHandler quick
            ? quick.atOnce(head.withPath(within(service.getKey(), path)))
            : null;
      }
    }
    return null;
  }

  @Override
  public Response handle(Request request) {
    var path = request.path();
    for (var service : services.entrySet()) {
      if (takes(service.getKey(), path)) {
        return service.getValue().handle(request.withPath(within(service.getKey(), path)));
      }
    }
    return Response.of(404, "application/json; charset=utf-8", NONE)
        .with("Access-Control-Allow-Origin", "*");
  }

  @Override
  public boolean streams(String method, String path) {
    return services.entrySet().stream()
        .filter(service -> takes(service.getKey(), path))
        .anyMatch(service -> service.getValue().streams(method, within(service.getKey(), path)));
  }

  private static boolean takes(String prefix, String path) {
    return path.equals(prefix) || path.startsWith(prefix + "/");
  }

  private static String within(String prefix, String path) {
    var rest = path.substring(prefix.length());
    return rest.isEmpty() ? "/" : rest;
  }
}
