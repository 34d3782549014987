package dev.freehold.backend.supabase;

import dev.freehold.backend.ApiKeys;
import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Stands before one service and does what Kong or Envoy does at Supabase (reference 3.2, 3.3):
/// refuses requests without a valid API key, puts the JWT that the service understands in place of
/// an opaque key, and answers CORS preflights itself.
///
/// The key may come as header or query parameter `apikey`; the parameter is taken out of the query,
/// so that no service takes it for a filter.
final class Gateway implements Handler {
  private static final String BEARER = "Bearer ";
  private static final String ALWAYS_ALLOWED =
      "Accept, Authorization, Content-Type, X-Client-Info, apikey, X-Supabase-Api-Version";
  private static final Pattern HEADER_NAMES = Pattern.compile("[A-Za-z0-9_, -]{1,2048}");
  private static final String PREFLIGHT_SECONDS = "86400";

  private final GatewayRoute route;
  private final ApiKeys keys;
  private final Handler service;

  Gateway(GatewayRoute route, ApiKeys keys, Handler service) {
    this.route = route;
    this.keys = keys;
    this.service = service;
  }

  @Override
  public Response handle(Request request) {
    if (request.method().equals("OPTIONS")
        && request.header("Access-Control-Request-Method").isPresent()) {
      return preflight(request);
    }
    return withCors(answer(request));
  }

  @Override
  public boolean streams(String method, String path) {
    return service.streams(method, path);
  }

  private Response answer(Request request) {
    var key = request.header("apikey").or(() -> queryKey(request)).orElse("");
    var plain = request.withQuery(withoutKey(request.query()));
    if (key.isEmpty()) {
      return route.needsKey(request.path())
          ? refuse("No API key found in request")
          : service.handle(knownBearer(plain));
    }
    var kind = keys.kindOf(key);
    if (kind.isPresent()) {
      return service.handle(translated(plain, key, kind.get()));
    }
    return route.needsKey(request.path())
        ? refuse("Invalid authentication credentials")
        : service.handle(knownBearer(plain));
  }

  /// Whether a request to this path must carry a key.
  boolean needsKey(String path) {
    return route.needsKey(path);
  }

  /// The head of a request for a service that asks for no key and answers CORS questions itself: a
  /// key that is there is translated all the same.
  Request passed(Request head) {
    var key = head.header("apikey").or(() -> queryKey(head)).orElse("");
    var plain = head.withQuery(withoutKey(head.query()));
    return keys.kindOf(key)
        .map(kind -> translated(plain, key, kind))
        .orElseGet(() -> knownBearer(plain));
  }

  /// The request as the service understands it.
  private Request translated(Request request, String key, ApiKeys.Kind kind) {
    var authorization = request.header("Authorization").orElse("");
    if (!authorization.isEmpty() && !isOpaqueBearer(authorization)) {
      return knownBearer(request);
    }
    boolean isOpaque = key.startsWith(ApiKeys.OPAQUE_PREFIX);
    var jwt = keys.isAlias(key) ? keys.legacyFor(kind) : key;
    // A legacy key sent alone goes on without `Bearer`, as Supabase's gateway has it.
    return authorized(request, isOpaque ? BEARER + keys.legacyFor(kind) : jwt);
  }

  /// A foreign anon key that comes as bearer token too cannot be verified here: ours stands in.
  private Request knownBearer(Request request) {
    var authorization = request.header("Authorization").orElse("");
    boolean isBearer = authorization.regionMatches(true, 0, BEARER, 0, BEARER.length());
    return isBearer && keys.isAlias(authorization.substring(BEARER.length()).strip())
        ? authorized(request, BEARER + keys.anon())
        : request;
  }

  private static Request authorized(Request request, String authorization) {
    return request.withHeaders(request.headers().replacing("Authorization", authorization));
  }

  private static boolean isOpaqueBearer(String authorization) {
    return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        && authorization.substring(BEARER.length()).strip().startsWith(ApiKeys.OPAQUE_PREFIX);
  }

  private static Optional<String> queryKey(Request request) {
    return Arrays.stream(request.query().split("&"))
        .filter(pair -> pair.startsWith("apikey="))
        .map(pair -> decode(pair.substring("apikey=".length())))
        .findFirst();
  }

  private static String decode(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return value;
    }
  }

  private static String withoutKey(String query) {
    return query.contains("apikey=")
        ? Arrays.stream(query.split("&"))
            .filter(pair -> !pair.startsWith("apikey="))
            .collect(Collectors.joining("&"))
        : query;
  }

  private Response preflight(Request request) {
    var asked =
        request
            .header("Access-Control-Request-Headers")
            .filter(names -> HEADER_NAMES.matcher(names).matches());
    return Response.of(204)
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Allow-Methods", route.methods())
        .with(
            "Access-Control-Allow-Headers",
            asked.map(names -> ALWAYS_ALLOWED + ", " + names).orElse(ALWAYS_ALLOWED))
        .with("Access-Control-Max-Age", PREFLIGHT_SECONDS);
  }

  Response withCors(Response answer) {
    var headers = answer.headers().replacing("Access-Control-Allow-Origin", "*");
    return answer.withHeaders(
        route.exposed().isEmpty()
            ? headers
            : headers.replacing("Access-Control-Expose-Headers", route.exposed()));
  }

  private static Response refuse(String message) {
    return Response.of(401, "application/json; charset=utf-8", "{\"message\":\"" + message + "\"}");
  }
}
