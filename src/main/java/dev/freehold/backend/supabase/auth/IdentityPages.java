package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.Map;

/// `DELETE /user/identities/{id}`: a User gives up one way of signing in.
final class IdentityPages {
  private final Parts parts;

  IdentityPages(Parts parts) {
    this.parts = parts;
  }

  Response unlink(Call call, String id) {
    var caller = parts.database().run(tx -> parts.callers().user(tx, call));
    if (!parts.providers().settings().manualLinking()) {
      throw AuthError.notFound("manual_linking_disabled", "Manual linking is disabled");
    }
    var wanted = Callers.uuid(id);
    if (wanted == null) {
      throw AuthError.notFound("validation_failed", "identity_id must be an UUID");
    }
    if (!parts.callers().audience(call).equals(caller.claims().get("aud"))) {
      throw AuthError.forbidden(
          "unexpected_audience", "Token audience doesn't match request audience");
    }
    return parts
        .database()
        .run(tx -> {
          var user = Users.reload(tx, caller.user().id());
          if (user.identities().size() <= 1) {
            throw AuthError.unprocessable(
                "single_identity_not_deletable",
                "User must have at least 1 identity after unlinking");
          }
          var identity =
              user.identities().stream()
                  .filter(i -> i.id().equals(wanted))
                  .findFirst()
                  .orElseThrow(() ->
                      AuthError.unprocessable("identity_not_found", "Identity doesn't exist"));
          remove(tx, user, identity, call.device());
          return Parts.nothing();
        });
  }

  private void remove(Transaction tx, User user, Identity identity, Device device) {
    AuditLog.identity(tx, user, "identity_unlinked", identity, device, parts.clock().instant());
    Identities.delete(tx, identity);
    var provider = Map.of("provider", identity.provider());
    parts.mails().notice(tx, user, "identity_unlinked", user.email(), provider);
    var changes = parts.changes(tx);
    if (identity.provider().equals(Identities.PHONE)) {
      changes.phone(user.id(), "");
      changes.unconfirmPhone(user.id());
    } else if (!new IdentityEmails(parts).promote(tx, Users.reload(tx, user.id()))) {
      throw AuthError.unprocessable(
          "email_conflict_identity_not_deletable",
          "Unable to unlink identity due to email conflict");
    }
    changes.appMetadataProviders(user.id());
  }
}
