package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.openapi.Address;
import dev.freehold.backend.supabase.rest.openapi.ApiDocument;
import dev.freehold.backend.supabase.rest.schema.Catalog;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.http.Body;
import dev.freehold.http.Response;
import dev.freehold.postgres.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Answers at the root with the description of one exposed schema: of what the request's role may
/// use, or of everything.
final class Introspection {
  private static final Address UNKNOWN = new Address("http", "localhost", 80, "/");

  private final RestSettings settings;
  private final SchemaCache cache;
  private final ApiRequest request;

  Introspection(RestSettings settings, SchemaCache cache, ApiRequest request) {
    this.settings = settings;
    this.cache = cache;
    this.request = request;
  }

  /// @param pool for the questions to the catalogs
  /// @throws RestFailure PGRST107 when another media type is wanted
  Response answer(Transaction transaction, Pool pool) {
    var accepted = request.accepted();
    if (accepted.stream().noneMatch(this::offered)) {
      throw Failures.mediaType(accepted.stream().map(MediaType::name).toList());
    }
    var document = transaction.inspect(pool, this::document);
    var response =
        Response.of(200)
            .with("Content-Type", MediaType.Named.OPENAPI.contentType())
            .withBody(new Body.Bytes(document.json()));
    return request.negotiated() ? response.with("Content-Profile", request.schema()) : response;
  }

  private boolean offered(MediaType type) {
    return type.equals(MediaType.Named.OPENAPI)
        || type.equals(MediaType.Named.JSON)
        || type.equals(MediaType.Named.ANY);
  }

  private ApiDocument document(Connection connection) throws SQLException {
    var schema = request.schema();
    var accessible =
        switch (settings.openApi().mode()) {
          case FOLLOW_PRIVILEGES -> Catalog.accessible(connection, schema);
          case IGNORE_PRIVILEGES ->
              new Catalog.Accessible(cache.tables().keySet(), cache.routines());
          case DISABLED -> new Catalog.Accessible(Set.of(), Map.of());
        };
    var tables =
        cache.tables().values().stream()
            .filter(table -> table.name().schema().equals(schema))
            .filter(table -> accessible.tables().contains(table.name()))
            .toList();
    return new ApiDocument(
        cache,
        Catalog.comment(connection, schema).orElse(""),
        tables,
        routines(accessible.routines()),
        address(),
        settings.openApi().security());
  }

  private List<Routine> routines(Map<QualifiedName, List<Routine>> all) {
    return all.entrySet().stream()
        .filter(entry -> entry.getKey().schema().equals(request.schema()))
        .sorted(Comparator.comparing(entry -> entry.getKey().name()))
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  private Address address() {
    var http = request.http();
    return settings
        .openApi()
        .address()
        .or(() ->
            Address.parse(http.scheme() + "://" + http.host() + settings.openApi().basePath()))
        .orElse(UNKNOWN);
  }
}
