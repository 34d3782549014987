package dev.freehold.backend.supabase.storage;

import dev.freehold.digest.Digest;
import dev.freehold.http.Request;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// The signature of one S3 request, from its `Authorization` or its query, and whether it holds.
///
/// @param signedHeaders in lower case, in order
/// @param date as `X-Amz-Date` has it
/// @param payload what is said of the body: a SHA-256, or one of the words of the protocol
/// @param sessionToken a User's JWT, empty without one
record S3Signature(
    String accessKeyId,
    Scope4 scope,
    List<String> signedHeaders,
    String signature,
    String date,
    String payload,
    String sessionToken,
    Optional<Duration> presignedFor) {
  static final String UNSIGNED = "UNSIGNED-PAYLOAD";
  private static final Pattern PART =
      Pattern.compile("(Credential|SignedHeaders|Signature)=([^,\\s]+)");
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'");
  private static final Duration SKEW = Duration.ofMinutes(15);
  private static final Duration MAX_PRESIGNED = Duration.ofDays(7);

  /// The credential's scope: for which day, region and service it was made.
  record Scope4(String date, String region, String service) {
    String text() {
      return date + "/" + region + "/" + service + "/aws4_request";
    }
  }

  static S3Signature of(Request request) {
    var authorization = request.header("Authorization").orElse("");
    if (authorization.startsWith(SignatureV4.ALGORITHM + " ")) {
      return ofHeader(request, authorization);
    }
    var query = Call.parse(request.query());
    if (query.containsKey("X-Amz-Credential")) {
      return ofQuery(request, query);
    }
    throw StorageError.accessDenied("Missing signature");
  }

  private static S3Signature ofHeader(Request request, String authorization) {
    String credential = "";
    String signed = "";
    String signature = "";
    var parts = PART.matcher(authorization);
    while (parts.find()) {
      switch (parts.group(1)) {
        case "Credential" -> credential = parts.group(2);
        case "SignedHeaders" -> signed = parts.group(2);
        default -> signature = parts.group(2);
      }
    }
    return made(
        credential,
        signed,
        signature,
        request.header("x-amz-date").orElse(""),
        request.header("x-amz-content-sha256").orElse(UNSIGNED),
        request.header("x-amz-security-token").orElse(""),
        Optional.empty());
  }

  private static S3Signature ofQuery(Request request, java.util.Map<String, String> query) {
    var seconds = query.getOrDefault("X-Amz-Expires", "");
    if (!seconds.matches("[0-9]{1,7}")) {
      throw StorageError.invalidSignature("Invalid signature");
    }
    return made(
        query.getOrDefault("X-Amz-Credential", ""),
        query.getOrDefault("X-Amz-SignedHeaders", ""),
        query.getOrDefault("X-Amz-Signature", ""),
        query.getOrDefault("X-Amz-Date", ""),
        query.getOrDefault(
            "X-Amz-Content-Sha256", request.header("x-amz-content-sha256").orElse(UNSIGNED)),
        query.getOrDefault("X-Amz-Security-Token", ""),
        Optional.of(Duration.ofSeconds(Long.parseLong(seconds))));
  }

  private static S3Signature made(
      String credential,
      String signed,
      String signature,
      String date,
      String payload,
      String token,
      Optional<Duration> presignedFor) {
    var parts = credential.split("/");
    if (parts.length < 5 || signed.isEmpty() || signature.isEmpty() || date.isEmpty()) {
      throw StorageError.invalidSignature("Invalid signature");
    }
    int n = parts.length;
    var id = String.join("/", Arrays.copyOf(parts, n - 4));
    return new S3Signature(
        id,
        new Scope4(parts[n - 4], parts[n - 3], parts[n - 2]),
        List.of(signed.toLowerCase(Locale.ROOT).split(";")),
        signature,
        date,
        payload,
        token,
        presignedFor);
  }

  /// Refuses a request from another time, or whose link has expired.
  void checkTime(Clock clock) {
    Instant at;
    try {
      at = LocalDateTime.parse(date, DATE).toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw StorageError.accessDenied("The date of the signature is not usable");
    }
    var now = clock.instant();
    if (!date.startsWith(scope.date()) || at.isAfter(now.plus(SKEW))) {
      throw StorageError.accessDenied("The date of the signature is not usable");
    }
    if (presignedFor.isPresent()) {
      var lifetime = presignedFor.get();
      if (lifetime.compareTo(MAX_PRESIGNED) > 0 || now.isAfter(at.plus(lifetime))) {
        throw StorageError.expiredToken();
      }
    } else if (now.isAfter(at.plus(SKEW))) {
      throw StorageError.s3(
          "RequestTimeTooSkewed",
          403,
          "The difference between the request time and the server's time is too large.");
    }
  }

  byte[] key(String secret) {
    return SignatureV4.signingKey(secret, scope.date(), scope.region(), scope.service());
  }

  /// @param mountedAt what the client knows the server by, which our paths lack
  boolean holds(Request request, String mountedAt, String secret) {
    var text =
        String.join(
            "\n",
            SignatureV4.ALGORITHM,
            date,
            scope.text(),
            Digest.SHA_256.hex(canonical(request, mountedAt)));
    return SignatureV4.same(SignatureV4.sign(key(secret), text), signature);
  }

  private String canonical(Request request, String mountedAt) {
    var path = Percent.decode(mountedAt + request.path()).orElse("");
    var lines = new ArrayList<String>();
    lines.add(request.method());
    lines.add(Percent.encode(path, "/"));
    lines.add(query(request.query()));
    for (var name : signedHeaders) {
      lines.add(name + ":" + header(request, name));
    }
    lines.add("");
    lines.add(String.join(";", signedHeaders));
    lines.add(payload);
    return String.join("\n", lines);
  }

  private static String header(Request request, String name) {
    return String.join(
        ",",
        request.headers().all(name).stream()
            .map(value -> value.strip().replaceAll(" +", " "))
            .toList());
  }

  private static String query(String raw) {
    var pairs = new ArrayList<String>();
    for (var pair : raw.split("&")) {
      int equals = pair.indexOf('=');
      var name = decoded(equals < 0 ? pair : pair.substring(0, equals));
      var value = equals < 0 ? "" : decoded(pair.substring(equals + 1));
      if (!pair.isEmpty() && !name.equals("X-Amz-Signature")) {
        pairs.add(Percent.encode(name, "") + "=" + Percent.encode(value, ""));
      }
    }
    pairs.sort(null);
    return String.join("&", pairs);
  }

  private static String decoded(String text) {
    return Percent.decode(text.replace("+", "%20")).orElse(text);
  }
}
