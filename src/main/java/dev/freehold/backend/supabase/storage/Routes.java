package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which method and path is answered by what. The first that fits answers, so that words of the API
/// go before names of buckets. A template's parts are words, `{bucket}`, and at its end `*`, which
/// takes the rest, slashes included.
final class Routes {
  /// Answers one request on a route.
  @FunctionalInterface
  interface Endpoint {
    Response answer(Call call);
  }

  private static final String REST = "*";
  private static final String BUCKET = "{bucket}";

  private record Route(
      String method,
      List<String> template,
      Callers.Rule rule,
      Operation operation,
      boolean streams,
      Endpoint endpoint) {}

  private final Callers callers;
  private final List<Route> routes = new ArrayList<>();

  Routes(Callers callers) {
    this.callers = callers;
  }

  /// A route whose body is JSON, or nothing.
  Routes on(
      String method, String template, Callers.Rule rule, Operation operation, Endpoint endpoint) {
    routes.add(new Route(method, parts(template), rule, operation, false, endpoint));
    return this;
  }

  /// A route that reads its body by itself.
  Routes streaming(
      String method, String template, Callers.Rule rule, Operation operation, Endpoint endpoint) {
    routes.add(new Route(method, parts(template), rule, operation, true, endpoint));
    return this;
  }

  private static List<String> parts(String template) {
    return List.of(template.substring(1).split("/", -1));
  }

  boolean streams(String method, String path) {
    return find(method, path).map(found -> found.route().streams()).orElse(false);
  }

  Response answer(Request request) {
    var found =
        find(request.method(), request.path())
            .orElseThrow(() -> StorageError.noRoute(request.method(), request.path()));
    var caller = callers.of(request, found.route().rule(), found.route().operation());
    return found
        .route()
        .endpoint()
        .answer(new Call(request, found.path(), caller.scope(), caller.known()));
  }

  private record Found(Route route, Map<String, String> path) {}

  private Optional<Found> find(String method, String path) {
    var parts = path.substring(1).split("/", -1);
    for (var route : routes) {
      if (route.method().equals(method)) {
        var named = match(route.template(), parts);
        if (named.isPresent()) {
          return Optional.of(new Found(route, named.get()));
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<Map<String, String>> match(List<String> template, String[] parts) {
    boolean open = template.getLast().equals(REST);
    if (open ? parts.length < template.size() : parts.length != template.size()) {
      return Optional.empty();
    }
    var named = new LinkedHashMap<String, String>();
    for (int i = 0; i < template.size(); i++) {
      var part = template.get(i);
      switch (part) {
        case REST -> {
          var rest = String.join("/", List.of(parts).subList(i, parts.length));
          var decoded = Percent.decode(rest);
          if (decoded.isEmpty()) {
            return Optional.empty();
          }
          named.put(REST, decoded.get());
        }
        case BUCKET -> {
          var decoded = Percent.decode(parts[i]);
          if (decoded.isEmpty()) {
            return Optional.empty();
          }
          named.put("bucket", decoded.get());
        }
        default -> {
          if (!part.equals(parts[i])) {
            return Optional.empty();
          }
        }
      }
    }
    return Optional.of(named);
  }
}
