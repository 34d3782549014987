package dev.freehold.backend.supabase.storage;

import dev.freehold.backend.Session;
import dev.freehold.http.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Under which role, with which claims and for which operation statements run: what policies and
/// functions of the App can read as settings (reference 6.4).
///
/// @param session role and claims
/// @param jwt the compact token, empty without one
/// @param headers the request's, one JSON object with names in lower case
record Scope(
    Session session, String jwt, String headers, String method, String path, Operation operation) {
  private static final String ADMINISTRATOR = "service_role";

  /// For what asks the database nothing.
  static final Scope NOBODY =
      new Scope(Session.anonymous("anon"), "", "{}", "", "", Operation.NONE);

  static Scope of(Session session, String jwt, Request request, Operation operation) {
    return new Scope(session, jwt, headers(request), request.method(), request.path(), operation);
  }

  /// Ours alone, outside any request: sweeps and checks.
  static Scope ours() {
    return new Scope(Session.anonymous(ADMINISTRATOR), "", "{}", "", "", Operation.NONE);
  }

  /// The same request with all rights.
  Scope administrator() {
    return new Scope(Session.anonymous(ADMINISTRATOR), jwt, headers, method, path, operation);
  }

  Scope during(Operation other) {
    return new Scope(session, jwt, headers, method, path, other);
  }

  String role() {
    return session.role();
  }

  /// Who owns what this caller makes; empty for nobody.
  String owner() {
    return session.claim("sub");
  }

  /// The values of [Transaction]'s settings, in their order.
  List<String> settings() {
    return List.of(
        role(),
        role(),
        jwt,
        owner(),
        session.claimsJson(),
        headers,
        method,
        path,
        operation.word());
  }

  private static String headers(Request request) {
    Map<String, Object> all = new LinkedHashMap<>();
    for (var field : request.headers().fields()) {
      all.merge(
          field.name().toLowerCase(Locale.ROOT), field.value(), (one, other) -> one + ", " + other);
    }
    return Json.write(all);
  }
}
