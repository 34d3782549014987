package dev.freehold.backend.supabase.auth;

/// Where programs are registered that may ask Users for access.
final class OAuthRoutes {
  private OAuthRoutes() {}

  static void add(Routes routes, Parts parts) {
    var clients = new OAuthClientPages(parts);
    routes
        .on("POST", "/admin/oauth/clients", clients::create)
        .on("GET", "/admin/oauth/clients", clients::list)
        .onName("GET", "/admin/oauth/clients/{id}", clients::get)
        .onName("PUT", "/admin/oauth/clients/{id}", clients::update)
        .onName("DELETE", "/admin/oauth/clients/{id}", clients::delete)
        .onName("POST", "/admin/oauth/clients/{id}/regenerate_secret", clients::regenerateSecret)
        .on("POST", "/oauth/clients/register", clients::registerDynamically);
  }
}
