package dev.freehold.backend;

import dev.freehold.problem.Problem;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// All keys of one Environment, as the secret store keeps them: one sealed JSON text.
///
/// @param jwt what signs and verifies tokens
/// @param api what Apps present
public record EnvironmentKeys(JwtKeys jwt, ApiKeys api) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// New keys of every kind.
  public static EnvironmentKeys generate(Clock clock) {
    var jwt = JwtKeys.generate();
    return new EnvironmentKeys(jwt, ApiKeys.generate(jwt, clock));
  }

  /// Keys around the legacy secret of an earlier host, whose compiled-in anon key then verifies.
  public static EnvironmentKeys withLegacySecret(String secret, Clock clock) {
    var jwt = JwtKeys.withLegacySecret(secret);
    return new EnvironmentKeys(jwt, ApiKeys.generate(jwt, clock));
  }

  /// The same, with the foreign anon keys of an export accepted as anon keys.
  public EnvironmentKeys withAliases(List<String> foreignAnonKeys) {
    return new EnvironmentKeys(jwt, api.withAliases(foreignAnonKeys));
  }

  /// Everything, secrets included.
  public String toJson() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("jwks", JSON.readTree(jwt.exportJwks()));
    fields.put("publishable", api.publishable());
    fields.put("secret", api.secret());
    fields.put("anon", api.anon());
    fields.put("service_role", api.serviceRole());
    fields.put("aliases", api.aliases());
    return JSON.writeValueAsString(fields);
  }

  /// Reads what [#toJson] wrote.
  public static EnvironmentKeys fromJson(String json) {
    JsonNode root;
    try {
      root = JSON.readTree(json);
    } catch (JacksonException e) {
      // The cause would quote the text, which is secret.
      throw unreadable("not JSON").raise();
    }
    var aliases = new ArrayList<String>();
    for (var alias : root.path("aliases")) {
      aliases.add(alias.asString());
    }
    var api =
        new ApiKeys(
            text(root, "publishable"),
            text(root, "secret"),
            text(root, "anon"),
            text(root, "service_role"),
            aliases);
    return new EnvironmentKeys(JwtKeys.importJwks(root.path("jwks").toString()), api);
  }

  private static String text(JsonNode root, String name) {
    var value = root.path(name);
    if (!value.isString() || value.asString().isEmpty()) {
      throw unreadable("`" + name + "` is missing").raise();
    }
    return value.asString();
  }

  private static Problem unreadable(String detail) {
    return Problem.of("environment-keys-invalid", "the stored keys of the environment are damaged")
        .detail(detail)
        .hint("restore the environment's secrets from a backup");
  }

  @Override
  public String toString() {
    return "EnvironmentKeys[…]";
  }
}
