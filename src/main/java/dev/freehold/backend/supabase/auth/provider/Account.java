package dev.freehold.backend.supabase.auth.provider;

import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What a [ProfileReader] works with: one User's tokens at one provider.
///
/// @param api what paths of the provider's API begin with
/// @param token the provider's answer to the code
/// @param claims of its verified ID token; missing when the kind reads its API
record Account(
    HttpCalls calls, ProviderSettings settings, String api, JsonNode token, JsonNode claims) {

  String accessToken() {
    return Claims.text(token, "access_token");
  }

  JsonNode ask(String path) {
    return calls.bearer(api + path, accessToken());
  }

  JsonNode ask(String path, String header, String value) {
    return calls.get(api + path, Map.of("Authorization", "Bearer " + accessToken(), header, value));
  }

  @Override
  public String toString() {
    return "Account[" + settings.name() + "]";
  }
}
