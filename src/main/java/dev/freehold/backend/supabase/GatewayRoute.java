package dev.freehold.backend.supabase;

import java.util.List;

/// What the gateway knows of one service (reference 3.1, 3.3).
///
/// @param service its name
/// @param needsKey whether its requests must carry an API key at all
/// @param open paths that need none all the same; one that ends in `/` stands for all below
/// @param methods what a preflight allows
/// @param exposed response headers a browser lets the App read; empty when there are none
record GatewayRoute(
    String service, boolean needsKey, List<String> open, String methods, String exposed) {
  static final GatewayRoute REST =
      new GatewayRoute(
          "rest",
          true,
          List.of(),
          "GET,POST,PATCH,PUT,DELETE,OPTIONS,HEAD",
          "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location,"
              + " Server, Transfer-Encoding, Range-Unit, Preference-Applied");
  static final GatewayRoute AUTH =
      new GatewayRoute(
          "auth",
          true,
          List.of("/verify", "/callback", "/authorize", "/.well-known/jwks.json", "/sso/saml/"),
          "GET,POST,PUT,PATCH,DELETE,OPTIONS",
          "X-Total-Count, Link, X-Supabase-Api-Version");
  static final GatewayRoute STORAGE =
      new GatewayRoute(
          "storage",
          false,
          List.of(),
          "GET,POST,PUT,PATCH,DELETE,OPTIONS,HEAD",
          "ETag, Content-Disposition, Content-Length, Content-Range, Content-Type, Last-Modified,"
              + " Location, Tus-Extension, Tus-Max-Size, Tus-Resumable, Tus-Version,"
              + " Upload-Expires, Upload-Length, Upload-Metadata, Upload-Offset,"
              + " X-Transformations, x-amz-request-id, x-amz-version-id");
  static final GatewayRoute REALTIME =
      new GatewayRoute("realtime", true, List.of(), "GET,POST,OPTIONS", "");
  static final GatewayRoute FUNCTIONS =
      new GatewayRoute("functions", false, List.of(), "GET,POST,PUT,PATCH,DELETE,OPTIONS", "");
  static final GatewayRoute GRAPHQL =
      new GatewayRoute("graphql", true, List.of(), "GET,POST,OPTIONS", "");

  /// The same, open to requests that carry no key.
  GatewayRoute withoutKey() {
    return new GatewayRoute(service, false, open, methods, exposed);
  }

  /// Whether a request to this path must carry a key. Links in mails and redirects of sign-in
  /// providers cannot.
  boolean needsKey(String path) {
    return needsKey
        && open.stream().noneMatch(o -> path.equals(o) || (o.endsWith("/") && path.startsWith(o)));
  }
}
