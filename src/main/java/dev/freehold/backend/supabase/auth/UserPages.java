package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `/user`, `/reauthenticate`: what Users read and change of themselves.
final class UserPages {
  /// A session younger than this counts as a fresh proof of who changes a password.
  private static final Duration FRESH = Duration.ofHours(24);

  private static final Set<String> BY_MAIL = Set.of("otp", "magiclink", "recovery");

  private final Parts parts;
  private final EmailChange emailChange;
  private final PhoneChange phoneChange;

  UserPages(Parts parts) {
    this.parts = parts;
    this.emailChange = new EmailChange(parts);
    this.phoneChange = new PhoneChange(parts);
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
    parts.limiter().take(RateLimiter.Route.USER, call);
    var user = caller.user();
    var change = Change.of(call, parts.passwords(), parts.phones());
    refuse(change, caller, call);
    var hash = newHash(change, caller);
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
              phoneChange.begin(tx, call, Users.reload(tx, user.id()), change.phone());
              AuditLog.userDid(tx, user, "user_modified", call.device(), parts.clock().instant());
              return Users.reload(tx, user.id());
            });
    return Parts.json(changed.toJson());
  }

  Response reauthenticate(Call call) {
    return PhonePages.sent(
        parts
            .database()
            .run(tx -> {
              var user = parts.callers().user(tx, call).user();
              if (user.email().isEmpty() && user.phone().isEmpty()) {
                throw AuthError.validation(
                    "Reauthentication requires the user to have an email or a phone number");
              }
              if (user.email().isEmpty() && !user.isPhoneConfirmed()) {
                throw AuthError.unprocessable(
                    "phone_not_confirmed", "Please verify your phone first.");
              }
              if (!user.email().isEmpty() && !user.isEmailConfirmed()) {
                throw AuthError.unprocessable(
                    "email_not_confirmed", "Please verify your email first.");
              }
              AuditLog.userDid(
                  tx,
                  user,
                  "user_reauthenticate_requested",
                  call.device(),
                  parts.clock().instant());
              if (user.email().isEmpty()) {
                return parts
                    .phones()
                    .send(tx, user, user.phone(), Phones.About.REAUTHENTICATION, Phones.SMS);
              }
              parts.mails().reauthentication(tx, user, parts.redirects().target(call));
              return "";
            }));
  }

  /// What is to change; empty where nothing is.
  private record Change(
      String email,
      String phone,
      String password,
      String currentPassword,
      String nonce,
      Map<String, Object> data,
      FlowStates.Challenge pkce) {

    static Change of(Call call, Passwords passwords, Phones phones) {
      if (call.has("app_metadata")) {
        throw AuthError.forbidden("not_admin", "Updating app_metadata requires admin privileges");
      }
      var email = call.text("email");
      var phone = PhoneChange.asked(call, phones);
      if (call.has("password")) {
        passwords.check(call.text("password"));
      }
      return new Change(
          email.isEmpty() ? "" : Addresses.email(email),
          phone,
          call.text("password"),
          call.text("current_password"),
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
    boolean changesPhone = !change.phone().isEmpty() && !change.phone().equals(user.phone());
    boolean changesPassword = !change.password().isEmpty();
    boolean changesEntry = changesEmail || changesPhone || changesPassword;
    if (user.hasVerifiedFactor() && !caller.isAal2() && changesEntry) {
      throw AuthError.of(
          401,
          "insufficient_aal",
          "AAL2 session is required to update email or password when MFA is enabled.");
    }
    if (user.isAnonymous()
        && changesPassword
        && change.email().isEmpty()
        && change.phone().isEmpty()) {
      throw AuthError.unprocessable(
          "validation_failed",
          "Updating password of an anonymous user without an email or phone is not allowed");
    }
    if (user.isSsoUser() && (changesEntry || !change.nonce().isEmpty())) {
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
    phoneChange.refuseTaken(user, change.phone(), call);
  }

  private @Nullable String newHash(Change change, Callers.Caller caller) {
    if (change.password().isEmpty()) {
      return null;
    }
    var user = caller.user();
    if (user.hasPassword() && parts.settings().passwords().currentRequired()) {
      requireCurrent(change, caller);
    }
    if (user.hasPassword()
        && parts.passwords().matches(change.password(), user.encryptedPassword())) {
      throw AuthError.unprocessable(
          "same_password", "New password should be different from the old password.");
    }
    return parts.passwords().hash(change.password());
  }

  /// Who came by a mailed link or code has just proved who they are in another way.
  private void requireCurrent(Change change, Callers.Caller caller) {
    var session = caller.session();
    if (session != null && session.methods().stream().anyMatch(m -> BY_MAIL.contains(m.name()))) {
      return;
    }
    var message = "Current password required when setting new password.";
    if (change.currentPassword().isEmpty()) {
      throw AuthError.badRequest("current_password_required", message);
    }
    if (!parts.passwords().matches(change.currentPassword(), caller.user().encryptedPassword())) {
      throw AuthError.badRequest("current_password_invalid", message);
    }
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
    var address = user.email().isEmpty() ? user.phone() : user.email();
    var lifetime =
        user.email().isEmpty()
            ? parts.settings().phone().lifetime()
            : parts.settings().tokens().mailed();
    boolean isValid =
        sent != null
            && parts.clock().instant().isBefore(sent.plus(lifetime))
            && Verification.same(
                OneTimeTokens.hash(address, nonce), user.pending().reauthentication());
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
