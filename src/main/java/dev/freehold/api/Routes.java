package dev.freehold.api;

import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.problem.Problem;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds the action of a request by method and path; `{name}` in a pattern takes one segment.
final class Routes implements Handler {
  /// What a route does.
  @FunctionalInterface
  interface Action {
    Response answer(Call call);
  }

  /// One request with what its path and query said.
  record Call(Request request, Map<String, String> path, Map<String, String> query) {
    String path(String name) {
      return path.getOrDefault(name, "");
    }

    String query(String name, String otherwise) {
      return query.getOrDefault(name, otherwise);
    }

    /// A count in the query.
    int count(String name, int otherwise) {
      var text = query(name, Integer.toString(otherwise));
      try {
        int count = Integer.parseInt(text);
        if (count >= 0) {
          return count;
        }
      } catch (NumberFormatException e) {
        // Refused below, like a negative one.
      }
      throw Problem.of("query-invalid", "a count is a whole number from 0 on")
          .detail(name + "=" + text.substring(0, Math.min(text.length(), MAX_SHOWN_CHARS)))
          .raise();
    }
  }

  private static final int MAX_SHOWN_CHARS = 40;

  private record Route(String method, List<String> pattern, Action action) {}

  private final List<Route> routes = new ArrayList<>();

  Routes on(String method, String pattern, Action action) {
    routes.add(new Route(method, List.of(pattern.substring(1).split("/")), action));
    return this;
  }

  @Override
  public Response handle(Request request) {
    var segments = List.of(request.path().substring(1).split("/"));
    for (var route : routes) {
      if (route.method().equals(request.method())) {
        var found = match(route.pattern(), segments);
        if (found != null) {
          return route.action().answer(new Call(request, found, query(request.query())));
        }
      }
    }
    throw Problem.of("route-not-found", "the control API has no " + request).raise();
  }

  private static @org.jspecify.annotations.Nullable Map<String, String> match(
      List<String> pattern, List<String> segments) {
    if (pattern.size() != segments.size()) {
      return null;
    }
    var found = new HashMap<String, String>();
    for (int i = 0; i < pattern.size(); i++) {
      var part = pattern.get(i);
      if (part.startsWith("{")) {
        found.put(part.substring(1, part.length() - 1), decoded(segments.get(i)));
      } else if (!part.equals(segments.get(i))) {
        return null;
      }
    }
    return found;
  }

  private static Map<String, String> query(String raw) {
    var values = new HashMap<String, String>();
    for (var pair : raw.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        values.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return values;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
