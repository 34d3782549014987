package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Which endpoint answers which method and path. A segment `{…}` matches any one segment, which the
/// endpoint gets.
final class Routes {
  /// Answers a call.
  @FunctionalInterface
  interface Endpoint {
    Response answer(Call call);
  }

  /// Answers a call whose path names something.
  @FunctionalInterface
  interface NamingEndpoint {
    Response answer(Call call, String name);
  }

  private record Route(
      String method, List<String> segments, BiFunction<Call, List<String>, Response> endpoint) {
    String name() {
      return method + " /" + String.join("/", segments);
    }
  }

  private final List<Route> routes = new ArrayList<>();

  Routes on(String method, String path, Endpoint endpoint) {
    return onName(method, path, (call, _) -> endpoint.answer(call));
  }

  /// A path whose feature is off: always refused.
  Routes off(String method, String path, Function<Call, AuthError> refusal) {
    return onName(
        method,
        path,
        (call, _) -> {
          throw refusal.apply(call);
        });
  }

  Routes onName(String method, String path, NamingEndpoint endpoint) {
    return onNames(method, path, (call, names) -> endpoint.answer(call, names.getFirst()));
  }

  /// A path that names two things, which the endpoint gets in the path's order.
  Routes onNames(String method, String path, BiFunction<Call, List<String>, Response> endpoint) {
    routes.add(new Route(method, segments(path), endpoint));
    return this;
  }

  /// Every route that is answered: `GET /admin/users/{id}`.
  List<String> names() {
    return routes.stream().map(Route::name).toList();
  }

  Response answer(Call call) {
    var segments = segments(call.request().path());
    boolean isPathKnown = false;
    for (var route : routes) {
      if (!fits(route, segments)) {
        continue;
      }
      isPathKnown = true;
      if (route.method().equals(call.request().method())) {
        return route.endpoint().apply(call, named(route, segments));
      }
    }
    throw isPathKnown
        ? AuthError.of(405, "unknown", "Method Not Allowed")
        : AuthError.notFound("unknown", "404 page not found");
  }

  private static boolean fits(Route route, List<String> segments) {
    if (route.segments().size() != segments.size()) {
      return false;
    }
    for (int i = 0; i < segments.size(); i++) {
      var wanted = route.segments().get(i);
      if (!wanted.startsWith("{") && !wanted.equals(segments.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// What stands in the path where the route has `{…}`; one empty text where it has none.
  private static List<String> named(Route route, List<String> segments) {
    var names = new ArrayList<String>();
    for (int i = 0; i < segments.size(); i++) {
      if (route.segments().get(i).startsWith("{")) {
        names.add(segments.get(i));
      }
    }
    return names.isEmpty() ? List.of("") : names;
  }

  private static List<String> segments(String path) {
    return List.of(path.split("/")).stream().filter(s -> !s.isEmpty()).toList();
  }
}
