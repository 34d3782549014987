package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/// `/admin/oauth/clients`: an administrator registers programs that may ask Users for access;
/// `/oauth/clients/register`: programs register by themselves, where the owner lets them.
final class OAuthClientPages {
  private static final List<String> CHANGEABLE =
      List.of(
          "redirect_uris",
          "grant_types",
          "client_name",
          "client_uri",
          "logo_uri",
          "token_endpoint_auth_method");

  private final Parts parts;
  private final SecureRandom random = new SecureRandom();

  OAuthClientPages(Parts parts) {
    this.parts = parts;
  }

  Response create(Call call) {
    admin(call);
    return register(call, "manual");
  }

  Response registerDynamically(Call call) {
    requireEnabled();
    parts.limiter().take(RateLimiter.Route.OAUTH_REGISTER, call);
    if (!parts.settings().oauthServer().dynamicRegistration()) {
      throw AuthError.forbidden(
          "oauth_dynamic_client_registration_disabled",
          "Dynamic client registration is not enabled");
    }
    return register(call, "dynamic");
  }

  private Response register(Call call, String registration) {
    var redirects = call.texts("redirect_uris");
    if (redirects == null || redirects.isEmpty()) {
      throw AuthError.validation("redirect_uris is required");
    }
    OAuthClientRules.redirects(redirects);
    var asked = call.texts("grant_types");
    var grants = asked == null || asked.isEmpty() ? OAuthClientRules.GRANT_TYPES : asked;
    OAuthClientRules.grants(grants);
    var name = call.text("client_name");
    OAuthClientRules.name(name);
    var uri = call.text("client_uri");
    OAuthClientRules.page("client_uri", uri);
    var logo = call.text("logo_uri");
    OAuthClientRules.page("logo_uri", logo);
    var method = call.text("token_endpoint_auth_method");
    var type = OAuthClientRules.type(call.text("client_type"), method);
    var usual = type.equals(OAuthClient.PUBLIC) ? "none" : "client_secret_basic";
    var now = parts.clock().instant();
    var client =
        new OAuthClient(
            UUID.randomUUID(),
            type,
            method.isEmpty() ? usual : method,
            redirects,
            grants,
            name,
            uri,
            logo,
            registration,
            now,
            now);
    var secret = client.isConfidential() ? OAuthClients.newSecret(random) : "";
    parts
        .database()
        .run(tx -> {
          OAuthClients.create(tx, client, secret);
          return client;
        });
    return Response.of(201, "application/json", Json.write(client.toJson(secret)));
  }

  Response list(Call call) {
    admin(call);
    var clients = parts.database().run(OAuthClients::all).stream().map(c -> c.toJson("")).toList();
    return Parts.json(clients.isEmpty() ? Map.of() : Map.of("clients", clients));
  }

  Response get(Call call, String id) {
    admin(call);
    return Parts.json(parts.database().run(tx -> load(tx, id)).toJson(""));
  }

  Response update(Call call, String id) {
    admin(call);
    return Parts.json(
        parts
            .database()
            .run(tx -> {
              var client = load(tx, id);
              if (CHANGEABLE.stream().noneMatch(call::has)) {
                throw AuthError.validation("No fields provided for update");
              }
              OAuthClients.update(tx, changed(call, client));
              return load(tx, id);
            })
            .toJson(""));
  }

  private OAuthClient changed(Call call, OAuthClient client) {
    var redirects = Objects.requireNonNullElse(call.texts("redirect_uris"), client.redirectUris());
    if (redirects.isEmpty()) {
      throw AuthError.validation("redirect_uris cannot be empty");
    }
    OAuthClientRules.redirects(redirects);
    var grants = Objects.requireNonNullElse(call.texts("grant_types"), client.grantTypes());
    OAuthClientRules.grants(grants);
    var name = call.has("client_name") ? call.text("client_name") : client.name();
    OAuthClientRules.name(name);
    var uri = call.has("client_uri") ? call.text("client_uri") : client.uri();
    OAuthClientRules.page("client_uri", uri);
    var logo = call.has("logo_uri") ? call.text("logo_uri") : client.logo();
    OAuthClientRules.page("logo_uri", logo);
    var method = client.authMethod();
    if (call.has("token_endpoint_auth_method")) {
      method = call.text("token_endpoint_auth_method");
      OAuthClientRules.method(method, client.type());
    }
    return new OAuthClient(
        client.id(),
        client.type(),
        method,
        redirects,
        grants,
        name,
        uri,
        logo,
        client.registration(),
        client.createdAt(),
        parts.clock().instant());
  }

  Response delete(Call call, String id) {
    admin(call);
    parts
        .database()
        .run(tx -> {
          var client = load(tx, id);
          OAuthClients.delete(tx, client.id(), parts.clock().instant());
          return client;
        });
    return Response.of(204);
  }

  Response regenerateSecret(Call call, String id) {
    admin(call);
    var secret = OAuthClients.newSecret(random);
    return Parts.json(
        parts
            .database()
            .run(tx -> {
              var client = load(tx, id);
              if (!client.isConfidential()) {
                throw AuthError.validation("Cannot regenerate secret for public client");
              }
              OAuthClients.newSecret(tx, client.id(), secret, parts.clock().instant());
              return load(tx, id);
            })
            .toJson(secret));
  }

  private void admin(Call call) {
    parts.callers().admin(call);
    requireEnabled();
  }

  private void requireEnabled() {
    if (!parts.settings().oauthServer().enabled()) {
      throw AuthError.notFound("feature_disabled", "OAuth server is disabled");
    }
  }

  private static OAuthClient load(Transaction tx, String id) {
    var uuid = Callers.uuid(id);
    if (uuid == null) {
      throw AuthError.validation("invalid client_id format");
    }
    return OAuthClients.byId(tx, uuid)
        .orElseThrow(() -> AuthError.notFound("oauth_client_not_found", "OAuth client not found"));
  }
}
