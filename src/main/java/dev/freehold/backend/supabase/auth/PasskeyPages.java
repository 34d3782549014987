package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/passkeys`: Users make, rename and remove passkeys, and sign in with one;
/// `/admin/users/{id}/passkeys`: an administrator sees and removes them.
final class PasskeyPages {
  /// GoTrue's limit, in bytes.
  private static final int MAX_NAME = 120;

  private static final String USUAL_NAME = "Passkey";

  private final Parts parts;
  private final WebAuthnRules rules;
  private final WebAuthn webAuthn;

  PasskeyPages(Parts parts) {
    this.parts = parts;
    this.rules = parts.settings().webAuthn();
    this.webAuthn = new WebAuthn(rules);
  }

  Response registrationOptions(Call call) {
    requireEnabled();
    return parts
        .database()
        .run(tx -> {
          var user = registrant(tx, call);
          var known = Passkeys.ofUser(tx, user.id());
          refuseTooMany(known.size());
          var challenge = webAuthn.newChallenge();
          var keys = known.stream().map(Passkeys.Row::key).toList();
          return ask(
              tx,
              user.id(),
              Passkeys.REGISTRATION,
              challenge,
              webAuthn.creation(user, challenge, keys, true));
        });
  }

  Response register(Call call) {
    requireEnabled();
    var user = parts.database().run(tx -> registrant(tx, call));
    var asked = consume(call, Passkeys.REGISTRATION, user.id());
    PublicKey key;
    try {
      key = webAuthn.made(call.json("credential"), asked.challenge());
    } catch (WebAuthn.Refused e) {
      throw refused(e);
    }
    var passkey =
        parts
            .database()
            .run(tx -> {
              var now = parts.clock().instant();
              Passkeys.lockUser(tx, user.id());
              refuseTooMany(Passkeys.ofUser(tx, user.id()).size());
              var made =
                  Passkeys.create(tx, user.id(), key, USUAL_NAME, now)
                      .orElseThrow(() ->
                          AuthError.unprocessable(
                              "webauthn_credential_exists",
                              "This credential is already registered"));
              audit(tx, user, "passkey_created", made.id(), call);
              return made;
            });
    return Parts.json(passkey.toJson());
  }

  Response authenticationOptions(Call call) {
    requireEnabled();
    var challenge = webAuthn.newChallenge();
    return parts
        .database()
        .run(tx ->
            ask(
                tx,
                null,
                Passkeys.AUTHENTICATION,
                challenge,
                webAuthn.request(challenge, List.of())));
  }

  Response authenticate(Call call) {
    requireEnabled();
    var asked = consume(call, Passkeys.AUTHENTICATION, null);
    var answer = call.json("credential");
    return Parts.json(
        parts.database().run(tx -> signIn(tx, call, answer, asked.challenge())).toJson());
  }

  private SignedIn signIn(Transaction tx, Call call, String answer, Base64Url challenge) {
    Passkeys.Row passkey;
    long count;
    try {
      var assertion = webAuthn.assertion(answer);
      passkey =
          WebAuthn.user(assertion)
              .flatMap(user -> Passkeys.byKey(tx, assertion.credential(), user))
              .orElseThrow(() -> new WebAuthn.Refused(true, "nobody has that key"));
      count = webAuthn.used(answer, challenge, passkey.key());
    } catch (WebAuthn.Refused e) {
      throw refused(e);
    }
    var user = Users.reload(tx, passkey.userId());
    var now = parts.clock().instant();
    if (!user.email().isEmpty() && !user.isEmailConfirmed()) {
      throw AuthError.forbidden("email_not_confirmed", "Email not confirmed");
    }
    if (!user.phone().isEmpty() && !user.isPhoneConfirmed()) {
      throw AuthError.forbidden("phone_not_confirmed", "Phone not confirmed");
    }
    if (user.isBanned(now)) {
      throw AuthError.forbidden("user_banned", "User is banned");
    }
    Passkeys.used(tx, passkey.id(), count, now);
    audit(tx, user, "login", passkey.id(), call);
    return parts.signIns().begin(tx, user, "passkey", call.device());
  }

  Response list(Call call) {
    requireEnabled();
    return Parts.json(
        parts
            .database()
            .run(tx -> Passkeys.ofUser(tx, parts.callers().user(tx, call).user().id()))
            .stream()
            .map(Passkeys.Row::toJson)
            .toList());
  }

  Response rename(Call call, String id) {
    requireEnabled();
    return Parts.json(
        parts
            .database()
            .run(tx -> {
              var user = parts.callers().user(tx, call).user();
              var passkeyId = id(id);
              var name = call.text("friendly_name");
              if (name.isEmpty()) {
                throw AuthError.validation("friendly_name is required");
              }
              if (Addresses.utf8Length(name) > MAX_NAME) {
                throw AuthError.validation("friendly_name must be 120 characters or less");
              }
              own(tx, passkeyId, user);
              Passkeys.rename(tx, passkeyId, name, parts.clock().instant());
              audit(tx, user, "passkey_updated", passkeyId, call);
              return own(tx, passkeyId, user);
            })
            .toJson());
  }

  Response delete(Call call, String id) {
    requireEnabled();
    parts
        .database()
        .run(tx -> {
          var caller = parts.callers().user(tx, call);
          requireManager(caller);
          var passkey = own(tx, id(id), caller.user());
          Passkeys.delete(tx, passkey.id());
          audit(tx, caller.user(), "passkey_deleted", passkey.id(), call);
          return passkey;
        });
    return Response.of(204);
  }

  Response adminList(Call call, String user) {
    parts.callers().admin(call);
    return Parts.json(
        parts.database().run(tx -> Passkeys.ofUser(tx, AdminUsers.load(tx, user).id())).stream()
            .map(Passkeys.Row::toJson)
            .toList());
  }

  Response adminDelete(Call call, List<String> names) {
    var role = parts.callers().admin(call);
    parts
        .database()
        .run(tx -> {
          var user = AdminUsers.load(tx, names.getFirst());
          var passkey = own(tx, id(names.getLast()), user);
          Passkeys.delete(tx, passkey.id());
          var traits = new LinkedHashMap<String, Object>();
          traits.put("user_id", user.id().toString());
          traits.put("passkey_id", passkey.id().toString());
          AuditLog.adminDid(
              tx, role, "passkey_deleted", traits, call.device(), parts.clock().instant());
          return passkey;
        });
    return Response.of(204);
  }

  private User registrant(Transaction tx, Call call) {
    var caller = FactorPages.caller(parts, tx, call);
    if (caller.user().isSsoUser()) {
      throw AuthError.unprocessable("validation_failed", "SSO users cannot register passkeys");
    }
    requireManager(caller);
    return caller.user();
  }

  /// Who has a second factor must have proven it to change what signs them in.
  private static void requireManager(Callers.Caller caller) {
    if (caller.user().factors().stream().anyMatch(Factor::isVerified) && !caller.isAal2()) {
      throw AuthError.forbidden(
          "insufficient_aal", "AAL2 session is required to manage passkeys when MFA is enabled");
    }
  }

  private Response ask(
      Transaction tx,
      @Nullable UUID user,
      String type,
      Base64Url challenge,
      Map<String, Object> options) {
    var now = parts.clock().instant();
    var until = now.plus(rules.challenge());
    var session = new LinkedHashMap<String, Object>();
    session.put("challenge", challenge.text());
    session.put("rpId", rules.relyingPartyId());
    session.put("expires", Json.time(until));
    session.put("userVerification", "preferred");
    var id = Passkeys.ask(tx, user, type, session, now, until);
    var fields = new LinkedHashMap<String, Object>();
    fields.put("challenge_id", id.toString());
    fields.put("options", options);
    fields.put("expires_at", until.getEpochSecond());
    return Parts.json(fields);
  }

  private Passkeys.Asked consume(Call call, String type, @Nullable UUID user) {
    var text = call.text("challenge_id");
    if (text.isEmpty()) {
      throw AuthError.validation("challenge_id is required");
    }
    if (!call.has("credential")) {
      throw AuthError.validation("credential is required");
    }
    var id = Callers.uuid(text);
    if (id == null) {
      throw AuthError.validation("challenge_id must be a valid UUID");
    }
    var asked =
        parts
            .database()
            .run(tx -> Passkeys.consume(tx, id, type, user))
            .orElseThrow(() ->
                AuthError.badRequest(
                    "webauthn_challenge_not_found", "Challenge not found or already used"));
    if (parts.clock().instant().isAfter(asked.expiresAt())) {
      throw AuthError.badRequest("webauthn_challenge_expired", "Challenge has expired");
    }
    return asked;
  }

  private void refuseTooMany(int count) {
    if (count >= rules.maxPasskeys()) {
      throw AuthError.unprocessable("too_many_passkeys", "Maximum number of passkeys reached");
    }
  }

  private static Passkeys.Row own(Transaction tx, UUID id, User user) {
    return Passkeys.own(tx, id, user.id()).orElseThrow(PasskeyPages::notFound);
  }

  private static UUID id(String text) {
    var id = Callers.uuid(text);
    if (id == null) {
      throw notFound();
    }
    return id;
  }

  private static AuthError notFound() {
    return AuthError.notFound("validation_failed", "Passkey not found");
  }

  private static AuthError refused(WebAuthn.Refused why) {
    return AuthError.badRequest(
        "webauthn_verification_failed",
        why.isReadable() ? "Credential verification failed" : "Invalid credential response");
  }

  private void requireEnabled() {
    if (!rules.passkeys()) {
      throw AuthError.notFound("passkey_disabled", "Passkeys are disabled");
    }
  }

  private void audit(Transaction tx, User user, String action, UUID passkey, Call call) {
    AuditLog.userDid(
        tx,
        user,
        action,
        Map.of("passkey_id", passkey.toString()),
        call.device(),
        parts.clock().instant());
  }
}
