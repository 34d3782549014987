package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `/verify`: a mailed link (GET) or code (POST) is turned into a session.
///
/// A link always ends in a redirect to a page of the App, with the session, a PKCE code or the
/// error in it; only a link without token or type is answered with JSON.
final class Verify {
  private static final String LINK_EXPIRED = "Email link is invalid or has expired";
  private static final String CODE_EXPIRED = "Token has expired or is invalid";
  private static final String ONE_OF_TWO =
      "Confirmation link accepted. Please proceed to confirm link sent to the other email";

  private final Parts parts;
  private final EmailChange emailChange;
  private final PhonePages phones;

  Verify(Parts parts) {
    this.parts = parts;
    this.emailChange = new EmailChange(parts);
    this.phones = new PhonePages(parts);
  }

  /// Whose token it was and what it verifies.
  ///
  /// @param type with `email` resolved to `signup` or `magiclink`
  /// @param hash as it is stored
  private record Found(User user, String type, String hash) {}

  /// What a verification leads to.
  private sealed interface Outcome {
    record Session(SignedIn session, String type) implements Outcome {}

    record Code(String code) implements Outcome {}

    /// One of two addresses is confirmed; the other is still to come.
    record OneOfTwo() implements Outcome {}
  }

  Response get(Call call) {
    var token = call.query("token");
    var type = call.query("type");
    if (type.isEmpty()) {
      throw AuthError.validation("Verify requires a verification type");
    }
    if (token.isEmpty()) {
      throw AuthError.validation("Verify requires a token or a token hash");
    }
    boolean isPkce = token.startsWith(OneTimeTokens.PKCE_PREFIX);
    var target = parts.redirects().target(call);
    var links = new RedirectTargets(target, isPkce);
    try {
      var outcome =
          parts.database().run(tx -> complete(tx, byHash(tx, token, type), isPkce, call.device()));
      return links.to(
          switch (outcome) {
            case Outcome.Session done -> done.session().intoFragment(target, done.type());
            case Outcome.Code code -> links.withCode(code.code());
            case Outcome.OneOfTwo _ -> links.withMessage(ONE_OF_TWO);
          });
    } catch (AuthError e) {
      return links.to(links.withError(e));
    }
  }

  Response post(Call call) {
    var type = call.text("type");
    var token = call.text("token");
    var hash = call.text("token_hash");
    if (type.isEmpty()) {
      throw AuthError.validation("Verify requires a verification type");
    }
    if (token.isEmpty() == hash.isEmpty()) {
      throw AuthError.validation("Verify requires either a token or a token hash");
    }
    var email = call.text("email");
    var phone = call.text("phone");
    if (!hash.isEmpty() && !(email.isEmpty() && phone.isEmpty())) {
      throw AuthError.validation("Only the token_hash and type should be provided");
    }
    if (!token.isEmpty() && email.isEmpty() == phone.isEmpty()) {
      throw AuthError.validation(
          "Only an email address or phone number should be provided on verify");
    }
    if (!token.isEmpty() && email.isEmpty()) {
      return phones.verify(call, type, token);
    }
    var audience = parts.callers().audience(call);
    var outcome =
        parts
            .database()
            .run(tx -> {
              var found =
                  hash.isEmpty()
                      ? byCode(tx, Addresses.email(email), token, type, audience)
                      : byHash(tx, hash, type);
              return complete(tx, found, false, call.device());
            });
    return switch (outcome) {
      case Outcome.Session done -> Parts.json(done.session().toJson());
      case Outcome.Code code -> Parts.json(Map.of("auth_code", code.code()));
      case Outcome.OneOfTwo _ -> {
        var fields = new LinkedHashMap<String, Object>();
        fields.put("msg", ONE_OF_TWO);
        fields.put("code", "200");
        yield Parts.json(fields);
      }
    };
  }

  /// A link: the stored hash says whose it is.
  private Found byHash(Transaction tx, String hash, String type) {
    var types =
        switch (type) {
          case "email" -> List.of(OneTimeTokens.CONFIRMATION, OneTimeTokens.RECOVERY);
          case "signup", "invite" -> List.of(OneTimeTokens.CONFIRMATION);
          case "recovery", "magiclink" -> List.of(OneTimeTokens.RECOVERY);
          case "email_change" ->
              List.of(OneTimeTokens.EMAIL_CHANGE_CURRENT, OneTimeTokens.EMAIL_CHANGE_NEW);
          default -> throw AuthError.validation("Invalid email verification type");
        };
    var user =
        Users.byOneTimeToken(tx, hash, types)
            .orElseThrow(() -> AuthError.forbidden("otp_expired", LINK_EXPIRED));
    refuseBanned(user);
    var resolved = type;
    if (type.equals("email")) {
      resolved = user.pending().recovery().equals(hash) ? "magiclink" : "signup";
    }
    if (!isInTime(sentAt(user, resolved))) {
      throw AuthError.forbidden("otp_expired", LINK_EXPIRED);
    }
    return new Found(user, resolved, hash);
  }

  /// A typed code: address and code together make the hash.
  private Found byCode(Transaction tx, String email, String code, String type, String audience) {
    var hash = OneTimeTokens.hash(email, code);
    var prefixed = OneTimeTokens.PKCE_PREFIX + hash;
    var user =
        (type.equals("email_change")
                ? byChange(tx, hash).or(() -> byChange(tx, prefixed))
                : Users.byEmail(tx, email, audience))
            .orElseThrow(() -> AuthError.forbidden("otp_expired", CODE_EXPIRED));
    refuseBanned(user);
    var pending = user.pending();
    var candidates = new LinkedHashMap<String, String>();
    switch (type) {
      case "email" -> {
        candidates.put("signup", pending.confirmation());
        candidates.put("magiclink", pending.recovery());
      }
      case "signup", "invite" -> candidates.put(type, pending.confirmation());
      case "recovery", "magiclink" -> candidates.put(type, pending.recovery());
      case "email_change" -> {
        candidates.put("email_change", pending.emailChangeCurrent());
        candidates.put("email_change ", pending.emailChangeNew());
      }
      default -> throw AuthError.forbidden("otp_expired", CODE_EXPIRED);
    }
    for (var candidate : candidates.entrySet()) {
      var stored = candidate.getValue();
      var resolved = candidate.getKey().strip();
      boolean isIt = Verification.same(hash, stored) || Verification.same(prefixed, stored);
      if (isIt && isInTime(sentAt(user, resolved))) {
        return new Found(user, resolved, stored);
      }
    }
    throw AuthError.forbidden("otp_expired", CODE_EXPIRED);
  }

  private static Optional<User> byChange(Transaction tx, String hash) {
    return Users.byOneTimeToken(
        tx, hash, List.of(OneTimeTokens.EMAIL_CHANGE_CURRENT, OneTimeTokens.EMAIL_CHANGE_NEW));
  }

  private Outcome complete(Transaction tx, Found found, boolean isPkce, Device device) {
    var user = found.user();
    switch (found.type()) {
      case "signup", "invite" -> confirmSignup(tx, user, device);
      case "recovery", "magiclink" -> confirmRecovery(tx, user, device);
      case "email_change" -> {
        if (!confirmEmailChange(tx, found, device)) {
          return new Outcome.OneOfTwo();
        }
      }
      default -> throw AuthError.validation("Unsupported verification type");
    }
    parts.changes(tx).appMetadataProviders(user.id());
    var now = parts.clock().instant();
    if (isPkce) {
      var method = found.type().equals("signup") ? "email/signup" : found.type();
      var code =
          FlowStates.issueCode(tx, user.id(), method, now)
              .orElseThrow(() ->
                  AuthError.badRequest(
                      "flow_state_not_found",
                      "No associated flow state found." + " No valid flow state found for user."));
      return new Outcome.Code(code);
    }
    var current = Users.reload(tx, user.id());
    return new Outcome.Session(parts.signIns().begin(tx, current, "otp", device), found.type());
  }

  private void confirmSignup(Transaction tx, User user, Device device) {
    var now = parts.clock().instant();
    AuditLog.userDid(tx, user, "user_signedup", device, now);
    parts.changes(tx).confirm(user);
    for (var identity : user.identities()) {
      if (!identity.email().isEmpty() && identity.email().equals(user.email())) {
        Identities.update(tx, identity, Map.of("email_verified", true), now);
      }
    }
  }

  private void confirmRecovery(Transaction tx, User user, Device device) {
    var now = parts.clock().instant();
    parts.changes(tx).recovered(user.id());
    if (user.isEmailConfirmed()) {
      AuditLog.userDid(tx, user, "login", device, now);
    } else {
      AuditLog.userDid(tx, user, "user_signedup", device, now);
      parts.changes(tx).confirm(user);
    }
  }

  /// False when this was the first of two confirmations.
  private boolean confirmEmailChange(Transaction tx, Found found, Device device) {
    var user = found.user();
    boolean needsBoth =
        !parts.settings().accounts().autoconfirm()
            && parts.settings().mail().secureEmailChange()
            && user.pending().emailChangeStatus() == 0
            && !user.email().isEmpty();
    if (needsBoth) {
      boolean isCurrent =
          OneTimeTokens.isOfType(tx, user.id(), found.hash(), OneTimeTokens.EMAIL_CHANGE_CURRENT);
      parts.changes(tx).emailChangeHalfConfirmed(user.id(), isCurrent);
      OneTimeTokens.clear(
          tx,
          user.id(),
          isCurrent ? OneTimeTokens.EMAIL_CHANGE_CURRENT : OneTimeTokens.EMAIL_CHANGE_NEW);
      return false;
    }
    AuditLog.userDid(tx, user, "user_modified", device, parts.clock().instant());
    emailChange.confirm(tx, user);
    parts
        .mails()
        .notice(
            tx,
            Users.reload(tx, user.id()),
            "email_changed",
            user.email(),
            Map.of("old_email", user.email()));
    return true;
  }

  private static @Nullable Instant sentAt(User user, String type) {
    return switch (type) {
      case "signup", "invite" -> user.at().confirmationSent();
      case "email_change" -> user.at().emailChangeSent();
      default -> user.at().recoverySent();
    };
  }

  private boolean isInTime(@Nullable Instant sent) {
    return sent != null
        && !parts.clock().instant().isAfter(sent.plus(parts.settings().tokens().mailed()));
  }

  private void refuseBanned(User user) {
    if (user.isBanned(parts.clock().instant())) {
      throw AuthError.forbidden("user_banned", "User is banned");
    }
  }
}
