package dev.freehold.backend.supabase.auth;

/// Where passkeys are asked for.
final class PasskeyRoutes {
  private PasskeyRoutes() {}

  static void add(Routes routes, Parts parts) {
    var pages = new PasskeyPages(parts);
    routes
        .on(
            "POST",
            "/passkeys/authentication/options",
            call -> {
              parts.limiter().take(RateLimiter.Route.PASSKEY, call);
              parts.captcha().check(call);
              return pages.authenticationOptions(call);
            })
        .on("POST", "/passkeys/authentication/verify", pages::authenticate)
        .on("POST", "/passkeys/registration/options", pages::registrationOptions)
        .on("POST", "/passkeys/registration/verify", pages::register)
        .on("GET", "/passkeys", pages::list)
        .onName("PATCH", "/passkeys/{id}", pages::rename)
        .onName("DELETE", "/passkeys/{id}", pages::delete)
        .onName("GET", "/admin/users/{id}/passkeys", pages::adminList)
        .onNames("DELETE", "/admin/users/{id}/passkeys/{passkey}", pages::adminDelete);
  }
}
