package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/// Who did what, in `auth.audit_log_entries`, with GoTrue's words for actions.
final class AuditLog {
  private static final String INSERT =
      """
      insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
      values (?, ?, ?::json, ?, ?)
      """;

  private AuditLog() {}

  static void userDid(Transaction tx, User user, String action, Device device, Instant now) {
    write(tx, user.id().toString(), user.email(), action, Map.of(), device, now);
  }

  static void userDid(
      Transaction tx,
      User user,
      String action,
      Map<String, Object> traits,
      Device device,
      Instant now) {
    write(tx, user.id().toString(), user.email(), action, traits, device, now);
  }

  /// The User got or lost a way of signing in.
  static void identity(
      Transaction tx, User user, String action, Identity identity, Device device, Instant now) {
    var traits = new LinkedHashMap<String, Object>();
    traits.put("identity_id", identity.id().toString());
    traits.put("provider", identity.provider());
    traits.put("provider_id", identity.providerId());
    userDid(tx, user, action, traits, device, now);
  }

  /// @param user whom an Operator's tool acted upon
  static void adminDid(
      Transaction tx, String role, User user, String action, Device device, Instant now) {
    var traits = new LinkedHashMap<String, Object>();
    traits.put("user_id", user.id().toString());
    traits.put("user_email", user.email());
    traits.put("user_phone", user.phone());
    write(tx, Users.INSTANCE.toString(), role, action, traits, device, now);
  }

  private static void write(
      Transaction tx,
      String actorId,
      String actorName,
      String action,
      Map<String, Object> traits,
      Device device,
      Instant now) {
    var payload = new LinkedHashMap<String, Object>();
    payload.put("actor_id", actorId);
    payload.put("actor_username", actorName);
    payload.put("action", action);
    payload.put("timestamp", Json.time(now));
    if (!traits.isEmpty()) {
      payload.put("traits", traits);
    }
    tx.run(INSERT, Users.INSTANCE, UUID.randomUUID(), payload, now, device.address());
  }
}
