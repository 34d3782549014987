package dev.freehold.backend.supabase.standalone;

import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.util.Map;

/// Hands each request to the service under whose prefix its path stands, as the gateway of the
/// Supabase CLI does.
///
/// @param services prefix, without a slash at its end, to what answers paths without it
record Prefixes(Map<String, Handler> services) implements Handler {
  private static final String NONE = "{\"message\":\"no Route matched with those values\"}";

  @Override
  public Response handle(Request request) {
    var path = request.path();
    for (var service : services.entrySet()) {
      var prefix = service.getKey();
      if (path.equals(prefix) || path.startsWith(prefix + "/")) {
        var rest = path.substring(prefix.length());
        return service.getValue().handle(request.withPath(rest.isEmpty() ? "/" : rest));
      }
    }
    return Response.of(404, "application/json; charset=utf-8", NONE)
        .with("Access-Control-Allow-Origin", "*");
  }
}
