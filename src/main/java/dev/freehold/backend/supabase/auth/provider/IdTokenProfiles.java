package dev.freehold.backend.supabase.auth.provider;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Readers of verified ID tokens, as GoTrue reads each issuer's.
final class IdTokenProfiles {
  static final String APPLE = "https://appleid.apple.com";
  static final String APPLE_TOO = "https://account.apple.com";
  static final String GOOGLE = "https://accounts.google.com";
  static final String LINKEDIN = "https://www.linkedin.com/oauth";
  static final String FACEBOOK = "https://www.facebook.com";
  static final String KAKAO = "https://kauth.kakao.com";
  static final String SNAPCHAT = "https://accounts.snapchat.com/accounts/oauth2/token";

  private static final List<String> STANDARD_TEXTS =
      List.of(
          "iss",
          "sub",
          "name",
          "family_name",
          "given_name",
          "middle_name",
          "nickname",
          "preferred_username",
          "profile",
          "picture",
          "website",
          "gender",
          "birthdate",
          "zoneinfo",
          "locale",
          "email",
          "phone",
          "full_name",
          "avatar_url",
          "slug",
          "provider_id",
          "user_name");
  private static final Set<String> AZURE_PLAIN =
      Set.of(
          "aud",
          "iss",
          "iat",
          "nbf",
          "exp",
          "c_hash",
          "at_hash",
          "aio",
          "nonce",
          "rh",
          "uti",
          "jti",
          "ver",
          "sub",
          "name",
          "preferred_username");

  private IdTokenProfiles() {}

  /// Who reads the ID tokens of a provider.
  static ProfileReader of(String provider) {
    return switch (provider) {
      case "google" -> IdTokenProfiles::google;
      case "apple" -> IdTokenProfiles::apple;
      case "azure" -> IdTokenProfiles::azure;
      case "linkedin_oidc" -> IdTokenProfiles::linkedin;
      case "facebook" -> IdTokenProfiles::facebook;
      case "kakao" -> IdTokenProfiles::kakao;
      case "snapchat" -> IdTokenProfiles::snapchat;
      default -> IdTokenProfiles::generic;
    };
  }

  static Profile google(Account account) {
    var said = account.claims();
    var claims = subject(said).names(text(said, "name")).avatar(text(said, "picture"));
    if (!text(said, "hd").isEmpty()) {
      claims.custom("hd", text(said, "hd"));
    }
    return claims.with(
        text(said, "email"),
        Claims.flag(said, "email_verified") || Claims.flag(said, "verified_email"));
  }

  static Profile apple(Account account) {
    var said = account.claims();
    var claims = subject(said);
    if (said.has("is_private_email")) {
      claims.custom("is_private_email", Claims.flag(said, "is_private_email"));
    }
    if (said.path("auth_time").isNumber()) {
      claims.custom("auth_time", said.path("auth_time").asDouble());
    }
    if (!text(said, "transfer_sub").isEmpty()) {
      claims.custom("transfer_sub", text(said, "transfer_sub"));
    }
    return claims.with(List.of(new Profile.Email(text(said, "email"), true, true)));
  }

  static Profile azure(Account account) {
    var said = account.claims();
    var claims =
        subject(said)
            .put("preferred_username", text(said, "preferred_username"))
            .put("full_name", text(said, "name"));
    said.properties()
        .forEach(claim -> {
          if (!AZURE_PLAIN.contains(claim.getKey())) {
            claims.custom(claim.getKey(), plain(claim.getValue()));
          }
        });
    var owned = said.path("xms_edov");
    boolean isVerified =
        (owned.isMissingNode() || owned.isNull())
            ? !text(said, "email").isEmpty()
            : Claims.flag(said, "xms_edov") || owned.asString("").equals("1");
    return claims.with(text(said, "email"), isVerified);
  }

  static Profile linkedin(Account account) {
    var said = account.claims();
    var name = (text(said, "given_name") + " " + text(said, "family_name")).strip();
    return subject(said)
        .put("name", name)
        .put("given_name", text(said, "given_name"))
        .put("family_name", text(said, "family_name"))
        .put("locale", text(said, "locale"))
        .put("picture", text(said, "picture"))
        .with(text(said, "email"), Claims.flag(said, "email_verified"));
  }

  static Profile facebook(Account account) {
    var said = account.claims();
    return subject(said)
        .put("name", text(said, "name"))
        .put("picture", text(said, "picture"))
        .with(text(said, "email"), true);
  }

  static Profile kakao(Account account) {
    var said = account.claims();
    return subject(said)
        .put("name", text(said, "nickname"))
        .put("preferred_username", text(said, "nickname"))
        .put("picture", text(said, "picture"))
        .with(text(said, "email"), true);
  }

  static Profile snapchat(Account account) {
    return standard(account.claims()).with(text(account.claims(), "email"), true);
  }

  static Profile generic(Account account) {
    var said = account.claims();
    return standard(said).with(text(said, "email"), Claims.flag(said, "email_verified"));
  }

  /// The claims OpenID Connect names, and no other.
  static Claims standard(JsonNode said) {
    var claims = new Claims();
    STANDARD_TEXTS.forEach(name -> claims.put(name, text(said, name)));
    if (said.has("aud")) {
      var aud = plain(said.path("aud"));
      claims.put("aud", aud instanceof List<?> ? aud : List.of(aud));
    }
    for (var time : List.of("iat", "exp")) {
      if (said.path(time).isNumber()) {
        claims.put(time, said.path(time).asLong());
      }
    }
    var updated = said.path("updated_at");
    if (updated.isNumber()) {
      claims.put("updated_at", Instant.ofEpochSecond(updated.asLong()).toString());
    } else {
      claims.put("updated_at", updated.asString(""));
    }
    if (Claims.flag(said, "phone_verified")) {
      claims.put("phone_verified", true);
    }
    return claims;
  }

  static Object plain(JsonNode value) {
    var plain = JsonMapper.shared().convertValue(value, Object.class);
    return plain == null ? "" : plain;
  }

  private static Claims subject(JsonNode said) {
    return new Claims().subject(text(said, "iss"), text(said, "sub"));
  }

  private static String text(JsonNode said, String name) {
    return Claims.text(said, name);
  }
}
