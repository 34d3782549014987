package dev.freehold.backend;

import dev.freehold.problem.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
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

  /// The same, where API keys count that an earlier host signed with what the owner imported.
  public EnvironmentKeys recognisingImported(Clock clock) {
    return new EnvironmentKeys(jwt, api.withImported(jwt.importedVerifier(clock)));
  }

  /// A new signing key. Tokens of the one before stay valid until they expire, or are refused at
  /// once; the API keys stay.
  ///
  /// @param longest how long a token lives at most
  /// @param revoke whether tokens of earlier signing keys are refused from now on
  public EnvironmentKeys rotated(Instant now, Duration longest, boolean revoke) {
    var rotated = jwt.rotated(now, longest);
    return new EnvironmentKeys(revoke ? rotated.withoutEarlier() : rotated, api);
  }

  /// With the keys of an earlier host as further ones, so that what it signed is valid here.
  ///
  /// @param given its legacy JWT secret, or JSON Web Keys
  /// @param everyRole whether its tokens may name any role; otherwise those of visitors and Users
  /// @throws dev.freehold.problem.ProblemException `auth-key-invalid`
  public EnvironmentKeys importing(String given, boolean everyRole, Instant now) {
    return new EnvironmentKeys(jwt.importing(given, everyRole, now), api);
  }

  /// Without that earlier or imported key; empty when there is none of that id.
  public Optional<EnvironmentKeys> without(String id) {
    return jwt.without(id).map(left -> new EnvironmentKeys(left, api));
  }

  /// What an owner may know of each key. Keys of which nobody noted a beginning are as old as the
  /// Environment's anon key.
  public List<KeyFacts> facts(Instant now) {
    return jwt.at(now).facts().stream()
        .map(key ->
            key.since().isPresent() || key.state() == KeyFacts.State.IMPORTED
                ? key
                : new KeyFacts(
                    key.id(), key.algorithm(), key.state(), made(), key.until(), key.everyRole()))
        .toList();
  }

  /// When the anon key was signed.
  private Optional<Instant> made() {
    var parts = api.anon().split("\\.");
    try {
      var claims = JSON.readTree(Base64.getUrlDecoder().decode(parts.length > 1 ? parts[1] : ""));
      return claims.path("iat").isNumber()
          ? Optional.of(Instant.ofEpochSecond(claims.path("iat").asLong()))
          : Optional.empty();
    } catch (IllegalArgumentException | JacksonException e) {
      return Optional.empty();
    }
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
