package dev.freehold.backend.supabase.auth;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What is known of a key that an authenticator keeps.
///
/// @param id by which the authenticator knows it
/// @param key the public half, as COSE writes it (RFC 9052)
/// @param attestation the form of what the authenticator said of itself, mostly `none`
/// @param aaguid the authenticator's model
/// @param signCount how often it was used, where the authenticator counts
/// @param transports how it may be reached: `internal`, `usb`, `nfc`, …
/// @param isBackupEligible whether it may leave its device
/// @param isBackedUp whether it has
record PublicKey(
    Base64Url id,
    Base64Url key,
    String attestation,
    @Nullable UUID aaguid,
    long signCount,
    List<String> transports,
    boolean isBackupEligible,
    boolean isBackedUp) {
  PublicKey {
    transports = List.copyOf(transports);
  }

  /// How browsers are told of it.
  Map<String, Object> descriptor() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("type", "public-key");
    fields.put("id", id.text());
    if (!transports.isEmpty()) {
      fields.put("transports", transports);
    }
    return fields;
  }

  PublicKey withSignCount(long count) {
    return new PublicKey(
        id, key, attestation, aaguid, count, transports, isBackupEligible, isBackedUp);
  }

  /// As GoTrue keeps it in `mfa_factors.web_authn_credential`.
  Map<String, Object> toJson() {
    var flags = new LinkedHashMap<String, Object>();
    flags.put("userPresent", true);
    flags.put("userVerified", false);
    flags.put("backupEligible", isBackupEligible);
    flags.put("backupState", isBackedUp);
    var authenticator = new LinkedHashMap<String, Object>();
    authenticator.put("AAGUID", base64(aaguidBytes(aaguid)));
    authenticator.put("signCount", signCount);
    authenticator.put("cloneWarning", false);
    authenticator.put("attachment", "");
    var fields = new LinkedHashMap<String, Object>();
    fields.put("id", base64(id.bytes()));
    fields.put("publicKey", base64(key.bytes()));
    fields.put("attestationType", attestation);
    fields.put("transport", transports);
    fields.put("flags", flags);
    fields.put("authenticator", authenticator);
    return fields;
  }

  static PublicKey fromJson(Map<String, Object> fields, @Nullable UUID aaguid) {
    var flags = fields.get("flags") instanceof Map<?, ?> map ? map : Map.of();
    var authenticator = fields.get("authenticator") instanceof Map<?, ?> map ? map : Map.of();
    var transports = new ArrayList<String>();
    if (fields.get("transport") instanceof List<?> list) {
      list.forEach(transport -> transports.add(String.valueOf(transport)));
    }
    return new PublicKey(
        bytes(fields.get("id")),
        bytes(fields.get("publicKey")),
        String.valueOf(fields.getOrDefault("attestationType", "")),
        aaguid,
        authenticator.get("signCount") instanceof Number count ? count.longValue() : 0,
        transports,
        Boolean.TRUE.equals(flags.get("backupEligible")),
        Boolean.TRUE.equals(flags.get("backupState")));
  }

  private static Base64Url bytes(@Nullable Object base64) {
    return Base64Url.of(Base64.getDecoder().decode(String.valueOf(base64)));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static byte[] aaguidBytes(@Nullable UUID id) {
    var buffer = ByteBuffer.allocate(2 * Long.BYTES);
    if (id != null) {
      buffer.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
    return buffer.array();
  }
}
