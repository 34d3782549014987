package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.http.Request;
import java.util.List;
import java.util.function.Predicate;

/// A request, read as far as it can be without knowing the schema.
///
/// @param schema the exposed schema it is about
/// @param negotiated the answer says which schema that was
/// @param contentType of the body
/// @param window the rows wanted of the whole result
record ApiRequest(
    Request http,
    Method method,
    Resource resource,
    String schema,
    boolean negotiated,
    Preferences preferences,
    MediaType contentType,
    Window window,
    QueryString query) {

  /// The methods there are.
  enum Method {
    GET,
    HEAD,
    POST,
    PATCH,
    PUT,
    DELETE,
    OPTIONS;

    boolean reads() {
      return this == GET || this == HEAD;
    }
  }

  /// What the path names.
  sealed interface Resource {
    /// `/`, unless a function answers there.
    record Root() implements Resource {}

    /// `/name`.
    record Relation(String name) implements Resource {}

    /// `/rpc/name`, and `/` where that function answers.
    record Function(String name) implements Resource {}
  }

  /// @param zones knows the names of time zones
  /// @throws RestFailure for what is wrong whatever the schema
  static ApiRequest of(Request http, RestSettings settings, Predicate<String> zones) {
    var resource = resource(http.path(), settings);
    var method = method(http.method());
    if (resource instanceof Resource.Function) {
      switch (method) {
        case PATCH, PUT, DELETE -> throw Failures.methodOnRpc(http.method());
        case GET, HEAD, POST, OPTIONS -> {}
      }
    } else if (resource instanceof Resource.Root && !method.reads() && method != Method.OPTIONS) {
      throw Failures.method(http.method());
    }
    var profileHeader =
        switch (method) {
          case GET, HEAD, OPTIONS -> "Accept-Profile";
          case POST, PATCH, PUT, DELETE -> "Content-Profile";
        };
    var profile = http.header(profileHeader);
    var schema = profile.orElse(settings.defaultSchema());
    if (!settings.schemas().contains(schema)) {
      throw Failures.unacceptableSchema(schema, settings.schemas());
    }
    var preferences = Preferences.of(http.headers(), zones, settings.txEnd().overridable());
    var functionRead = resource instanceof Resource.Function && method.reads();
    var query = QueryStrings.read(http.query(), functionRead);
    return new ApiRequest(
        http,
        method,
        resource,
        schema,
        profile.isPresent() || settings.schemas().size() > 1,
        preferences,
        contentType(http),
        Windows.of(method, http, query),
        query);
  }

  /// Another request of the same shape.
  ApiRequest as(Request other) {
    return new ApiRequest(
        other, method, resource, schema, negotiated, preferences, contentType, window, query);
  }

  QualifiedName name() {
    return switch (resource) {
      case Resource.Root _ -> new QualifiedName(schema, "");
      case Resource.Relation relation -> new QualifiedName(schema, relation.name());
      case Resource.Function function -> new QualifiedName(schema, function.name());
    };
  }

  private static Resource resource(String path, RestSettings settings) {
    if (path.equals("/") || path.isEmpty()) {
      if (settings.openApi().mode() == RestSettings.OpenApiMode.DISABLED) {
        throw Failures.rootDisabled();
      }
      return settings
          .rootSpec()
          .<Resource>map(function -> new Resource.Function(function.name()))
          .orElse(new Resource.Root());
    }
    var rest = path.substring(1);
    if (rest.startsWith("rpc/") && rest.length() > 4 && rest.indexOf('/', 4) < 0) {
      return new Resource.Function(QueryStrings.decode(rest.substring(4).replace("+", "%2B")));
    }
    if (rest.isEmpty() || rest.indexOf('/') >= 0) {
      throw Failures.path();
    }
    return new Resource.Relation(QueryStrings.decode(rest.replace("+", "%2B")));
  }

  private static Method method(String name) {
    return switch (name) {
      case "GET" -> Method.GET;
      case "HEAD" -> Method.HEAD;
      case "POST" -> Method.POST;
      case "PATCH" -> Method.PATCH;
      case "PUT" -> Method.PUT;
      case "DELETE" -> Method.DELETE;
      case "OPTIONS" -> Method.OPTIONS;
      default -> throw Failures.method(name);
    };
  }

  private static MediaType contentType(Request http) {
    return http.header("Content-Type").map(MediaType::of).orElse(MediaType.Named.JSON);
  }

  /// The media types the answer may have, best first.
  List<MediaType> accepted() {
    return http.header("Accept").map(MediaType::accepted).orElse(List.of(MediaType.Named.ANY));
  }

  /// @throws RestFailure PGRST122
  void requireKnownPreferences() {
    if (preferences.strict() && !preferences.invalid().isEmpty()) {
      throw Failures.preferences(preferences.invalid());
    }
  }
}
