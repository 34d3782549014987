package dev.freehold.backend.supabase.storage;

import dev.freehold.backend.JwtKeys;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// Tokens that let whoever holds them read, or write, one object until they expire (reference 6.4):
/// HS256 with the legacy secret, so that those of an earlier host with the same secret stay good. A
/// token is bound to one action, so that a link to a file never lets anybody replace it.
final class SignedUrls {
  private static final String DOWNLOAD = "download";
  private static final String UPLOAD = "upload";
  private static final String EXPIRED = "\"exp\" claim timestamp check failed";

  private final JwtKeys keys;
  private final TokenVerifier verifier;
  private final Clock clock;

  SignedUrls(JwtKeys keys, TokenVerifier verifier, Clock clock) {
    this.keys = keys;
    this.verifier = verifier;
    this.clock = clock;
  }

  /// What a good download token says.
  ///
  /// @param transformations what an image is to become, as upstream writes it; empty for the file
  /// @param format the image format asked for; empty for none
  record Download(Instant expires, String transformations, String format) {}

  /// What a good upload token says.
  record UploadAllowed(String owner, boolean upsert) {}

  /// A token to read `bucket/name`.
  ///
  /// @param more further claims; those that stand for rights are never taken from it
  String signDownload(String url, long seconds, Map<String, String> more) {
    var claims = new LinkedHashMap<String, Object>();
    more.forEach((name, value) -> {
      if (!value.isEmpty()) {
        claims.put(name, value);
      }
    });
    claims.put("url", url);
    claims.put("scope", DOWNLOAD);
    return sign(claims, seconds);
  }

  String signUpload(String url, long seconds, String owner, boolean upsert) {
    var claims = new LinkedHashMap<String, Object>();
    if (!owner.isEmpty()) {
      claims.put("owner", owner);
    }
    claims.put("url", url);
    claims.put("upsert", upsert);
    claims.put("scope", UPLOAD);
    return sign(claims, seconds);
  }

  private String sign(Map<String, Object> claims, long seconds) {
    long now = clock.instant().getEpochSecond();
    claims.put("iat", now);
    claims.put("exp", now + seconds);
    return keys.signLegacy(claims);
  }

  Download download(String token, String bucket, String name) {
    var claims = claims(token);
    boolean legacy = !claims.containsKey("scope") && !claims.containsKey("upsert");
    if (!legacy && !DOWNLOAD.equals(claims.get("scope"))) {
      throw StorageError.invalidSignature("Token is not scoped for " + DOWNLOAD);
    }
    var expires = bound(claims, bucket, name);
    return new Download(expires, text(claims, "transformations"), text(claims, "format"));
  }

  UploadAllowed upload(String token, String bucket, String name) {
    var claims = claims(token);
    boolean legacy = !claims.containsKey("scope") && claims.containsKey("upsert");
    if (!legacy && !UPLOAD.equals(claims.get("scope"))) {
      throw StorageError.invalidSignature("Token is not scoped for " + UPLOAD);
    }
    bound(claims, bucket, name);
    return new UploadAllowed(text(claims, "owner"), Boolean.TRUE.equals(claims.get("upsert")));
  }

  private Map<String, Object> claims(String token) {
    return switch (verifier.verify(token)) {
      case Verified.Good(var session) -> session.claims();
      case Verified.Bad bad -> throw StorageError.invalidJwt(Callers.words(bad));
    };
  }

  /// @return when it expires
  private Instant bound(Map<String, Object> claims, String bucket, String name) {
    if (!(bucket + "/" + name).equals(claims.get("url"))) {
      throw StorageError.invalidSignature("Invalid signature");
    }
    if (!(claims.get("exp") instanceof Number seconds)) {
      throw StorageError.invalidJwt("Invalid JWT");
    }
    var expires = Instant.ofEpochSecond(seconds.longValue());
    if (!expires.isAfter(clock.instant())) {
      throw StorageError.invalidJwt(EXPIRED);
    }
    return expires;
  }

  private static String text(Map<String, Object> claims, String name) {
    return claims.get(name) instanceof String text ? text : "";
  }
}
