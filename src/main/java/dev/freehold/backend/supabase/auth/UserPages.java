package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `/user`, `/reauthenticate`: what Users read and change of themselves.
final class UserPages {
  /// A session younger than this counts as a fresh proof of who changes a password.
  private static final Duration FRESH = Duration.ofHours(24);

  private final Parts parts;
  private final EmailChange emailChange;

  UserPages(Parts parts) {
    this.parts = parts;
    this.emailChange = new EmailChange(parts);
  }

  Response get(Call call) {
    var caller = parts.database().run(tx -> parts.callers().user(tx, call));
    var audience = parts.callers().audience(call);
    if (!audience.equals(caller.claims().get("aud"))) {
      throw AuthError.validation("Token audience doesn't match request audience");
    }
    return Parts.json(caller.user().toJson());
  }

  Response put(Call call) {
    var caller = parts.database().run(tx -> parts.callers().user(tx, call));
    var user = caller.user();
    var change = Change.of(call, parts.passwords());
    refuse(change, caller, call);
    var hash = newHash(change, user);
    var changed =
        parts
            .database()
            .run(tx -> {
              var changes = parts.changes(tx);
              if (hash != null) {
                changePassword(tx, caller, change, hash, call);
              }
              if (!change.data().isEmpty()) {
                changes.userMetadata(Users.reload(tx, user.id()), change.data());
              }
              if (!change.email().isEmpty() && !change.email().equals(user.email())) {
                changeEmail(tx, user, change, call);
              }
              AuditLog.userDid(tx, user, "user_modified", call.device(), parts.clock().instant());
              return Users.reload(tx, user.id());
            });
    return Parts.json(changed.toJson());
  }

  Response reauthenticate(Call call) {
    parts
        .database()
        .run(tx -> {
          var user = parts.callers().user(tx, call).user();
          if (user.email().isEmpty()) {
            throw AuthError.validation(
                "Reauthentication requires the user to have an email or a phone number");
          }
          if (!user.isEmailConfirmed()) {
            throw AuthError.unprocessable("email_not_confirmed", "Please verify your email first.");
          }
          AuditLog.userDid(
              tx, user, "user_reauthenticate_requested", call.device(), parts.clock().instant());
          parts.mails().reauthentication(tx, user, parts.redirects().target(call));
          return user;
        });
    return Parts.nothing();
  }

  /// What is to change; empty where nothing is.
  private record Change(
      String email,
      String password,
      String nonce,
      Map<String, Object> data,
      FlowStates.Challenge pkce) {

    static Change of(Call call, Passwords passwords) {
      if (call.has("app_metadata")) {
        throw AuthError.forbidden("not_admin", "Updating app_metadata requires admin privileges");
      }
      if (!call.text("phone").isEmpty()) {
        throw AuthError.badRequest("phone_provider_disabled", "Unsupported phone provider");
      }
      var email = call.text("email");
      if (call.has("password")) {
        passwords.check(call.text("password"));
      }
      return new Change(
          email.isEmpty() ? "" : Addresses.email(email),
          call.text("password"),
          call.text("nonce"),
          call.object("data"),
          call.challenge());
    }

    @Override
    public String toString() {
      return "Change[…]";
    }
  }

  private void refuse(Change change, Callers.Caller caller, Call call) {
    var user = caller.user();
    boolean changesEmail = !change.email().isEmpty() && !change.email().equals(user.email());
    boolean changesPassword = !change.password().isEmpty();
    if (user.hasVerifiedFactor() && !caller.isAal2() && (changesEmail || changesPassword)) {
      throw AuthError.of(
          401,
          "insufficient_aal",
          "AAL2 session is required to update email or password when MFA is enabled.");
    }
    if (user.isAnonymous() && changesPassword && change.email().isEmpty()) {
      throw AuthError.unprocessable(
          "validation_failed",
          "Updating password of an anonymous user without an email or phone is not allowed");
    }
    if (user.isSsoUser() && (changesEmail || changesPassword)) {
      throw AuthError.unprocessable(
          "user_sso_managed",
          "Updating email, phone, password of a SSO account only possible via SSO");
    }
    if (changesEmail) {
      var audience = parts.callers().audience(call);
      var taken = parts.database().run(tx -> Users.byAnyEmail(tx, change.email(), audience, user));
      if (taken.isPresent()) {
        throw AuthError.unprocessable(
            "email_exists", "A user with this email address has already been registered");
      }
    }
  }

  private @Nullable String newHash(Change change, User user) {
    if (change.password().isEmpty()) {
      return null;
    }
    if (user.hasPassword()
        && parts.passwords().matches(change.password(), user.encryptedPassword())) {
      throw AuthError.unprocessable(
          "same_password", "New password should be different from the old password.");
    }
    return parts.passwords().hash(change.password());
  }

  private void changePassword(
      Transaction tx, Callers.Caller caller, Change change, String hash, Call call) {
    var user = caller.user();
    var session = caller.session();
    boolean isFresh =
        session != null && parts.clock().instant().isBefore(session.createdAt().plus(FRESH));
    if (parts.settings().passwords().reauthenticate() && !isFresh) {
      verifyNonce(tx, user, change.nonce());
    }
    parts.changes(tx).password(user.id(), hash);
    if (session == null) {
      LoginSessions.endAll(tx, user.id());
    } else {
      LoginSessions.endOthers(tx, user.id(), session.id());
    }
    AuditLog.userDid(tx, user, "user_updated_password", call.device(), parts.clock().instant());
    parts.mails().notice(tx, user, "password_changed", user.email(), Map.of());
    boolean hasNone = !user.hasPassword() && Identities.of(user, Identities.EMAIL).isEmpty();
    if (hasNone && !user.email().isEmpty()) {
      Identities.create(
          tx,
          user.id(),
          Identities.EMAIL,
          Identities.emailData(user.id(), user.email(), user.isEmailConfirmed()),
          parts.clock().instant());
      parts.changes(tx).appMetadataProviders(user.id());
    }
  }

  private void verifyNonce(Transaction tx, User user, String nonce) {
    if (nonce.isEmpty()) {
      throw AuthError.badRequest(
          "reauthentication_needed", "Password update requires reauthentication");
    }
    var sent = user.at().reauthenticationSent();
    boolean isValid =
        sent != null
            && parts.clock().instant().isBefore(sent.plus(parts.settings().tokens().mailed()))
            && Verification.same(
                OneTimeTokens.hash(user.email(), nonce), user.pending().reauthentication());
    if (!isValid) {
      throw AuthError.unprocessable(
          "reauthentication_not_valid", "Nonce has expired or is invalid");
    }
    parts.changes(tx).reauthenticated(user.id());
  }

  private void changeEmail(Transaction tx, User user, Change change, Call call) {
    if (user.isAnonymous() && parts.settings().accounts().autoconfirm()) {
      emailChange.apply(tx, user, change.email());
      parts.changes(tx).appMetadataProviders(user.id());
      return;
    }
    if (change.pkce().isPkce()) {
      FlowStates.begin(
          tx, user.id(), "email_change", "email_change", change.pkce(), parts.clock().instant());
    }
    parts
        .mails()
        .emailChange(
            tx,
            Users.reload(tx, user.id()),
            change.email(),
            change.pkce().isPkce(),
            parts.redirects().target(call));
  }
}
