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
    userDid(tx, user, action, Map.of(), device, now);
  }

  static void userDid(
      Transaction tx,
      User user,
      String action,
      Map<String, Object> traits,
      Device device,
      Instant now) {
    var name = user.phone().isEmpty() ? user.email() : user.phone();
    var payload = payload(user.id().toString(), name, action, user.isSsoUser(), traits);
    if (user.userMetadata().containsKey("full_name")) {
      payload.put("actor_name", user.userMetadata().get("full_name"));
    }
    write(tx, payload, device, now);
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
    adminDid(tx, role, action, traits, device, now);
  }

  static void adminDid(
      Transaction tx,
      String role,
      String action,
      Map<String, Object> traits,
      Device device,
      Instant now) {
    write(tx, payload(Users.INSTANCE.toString(), role, action, false, traits), device, now);
  }

  private static Map<String, Object> payload(
      String actorId, String actorName, String action, boolean viaSso, Map<String, Object> traits) {
    var payload = new LinkedHashMap<String, Object>();
    payload.put("actor_id", actorId);
    payload.put("actor_via_sso", viaSso);
    payload.put("actor_username", actorName);
    payload.put("action", action);
    payload.put("log_type", logType(action));
    if (!traits.isEmpty()) {
      payload.put("traits", traits);
    }
    return payload;
  }

  private static void write(
      Transaction tx, Map<String, Object> payload, Device device, Instant now) {
    tx.run(INSERT, Users.INSTANCE, UUID.randomUUID(), payload, now, device.address());
  }

  /// GoTrue's group of an action, by which `/admin/audit` may be asked.
  private static String logType(String action) {
    return switch (action) {
      case "login", "logout", "invite_accepted" -> "account";
      case "user_signedup", "user_invited", "user_deleted" -> "team";
      case "token_revoked", "token_refreshed" -> "token";
      case "factor_in_progress",
          "factor_unenrolled",
          "challenge_created",
          "verification_attempted",
          "factor_deleted",
          "factor_updated" ->
          "factor";
      default -> "user";
    };
  }
}
