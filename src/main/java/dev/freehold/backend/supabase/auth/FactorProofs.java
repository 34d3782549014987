package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/// `/factors/{id}/challenge` and `/verify`: a User proves a second factor and gets a session of the
/// higher level; sessions of the lower level end.
final class FactorProofs {
  private final Parts parts;
  private final SecureRandom random = new SecureRandom();

  FactorProofs(Parts parts) {
    this.parts = parts;
  }

  private record Asked(Callers.Caller caller, Factor factor) {}

  Response challenge(Call call, String id) {
    var asked = load(call, id);
    parts.limiter().take(RateLimiter.Route.FACTOR_CHALLENGE, call);
    var factor = asked.factor();
    requireVerifiable(factor, "mfa_webauthn_verify_not_enabled");
    var code =
        factor.type().equals(FactorPages.PHONE)
            ? sendCode(call, asked.caller().user(), factor)
            : "";
    var challenge =
        parts
            .database()
            .run(tx -> {
              var now = parts.clock().instant();
              var made = Factors.challenge(tx, factor, code, call.device(), now);
              var traits = new LinkedHashMap<String, Object>();
              traits.put("factor_id", factor.id().toString());
              traits.put("factor_status", factor.status());
              AuditLog.userDid(
                  tx, asked.caller().user(), "challenge_created", traits, call.device(), now);
              return made;
            });
    var fields = new LinkedHashMap<String, Object>();
    fields.put("id", challenge.id().toString());
    fields.put("type", factor.type());
    fields.put(
        "expires_at",
        challenge.createdAt().plus(parts.settings().factors().challenge()).getEpochSecond());
    return Parts.json(fields);
  }

  private String sendCode(Call call, User user, Factor factor) {
    var rules = parts.settings().factors();
    var channel = Phones.channel(call);
    parts.phones().requireChannel(channel);
    var last = factor.lastChallengedAt();
    if (last != null) {
      var left = Duration.between(parts.clock().instant(), last.plus(rules.phoneInterval()));
      if (left.isPositive()) {
        throw Phones.tooSoon(left);
      }
    }
    var code = OneTimeTokens.newCode(random, rules.phoneDigits());
    parts.phones().sendFactorCode(user, factor.phone(), code, channel);
    return code;
  }

  Response verify(Call call, String id) {
    var asked = load(call, id);
    parts.limiter().take(RateLimiter.Route.FACTOR_VERIFY, call);
    var factor = asked.factor();
    var code = call.text("code");
    var challengeId = challengeId(call);
    if (code.isEmpty() && !factor.type().equals(FactorPages.WEBAUTHN)) {
      throw AuthError.validation("Code needs to be non-empty");
    }
    requireVerifiable(factor, "mfa_webauthn_enroll_not_enabled");
    var session = asked.caller().session();
    if (session == null) {
      throw AuthError.internal("Cannot read SessionId claim as UUID");
    }
    var challenge = challenge(call, factor, challengeId);
    boolean isRight = isRight(factor, challenge, code);
    var user = asked.caller().user();
    parts.hooks().mfaVerification(user.id(), factor.id(), factor.type(), isRight, call.device());
    if (!isRight) {
      throw AuthError.unprocessable(
          "mfa_verification_failed",
          factor.type().equals(FactorPages.PHONE)
              ? "Invalid MFA Phone code entered"
              : "Invalid TOTP code entered");
    }
    return Parts.json(
        parts
            .database()
            .run(tx -> proven(tx, call, user, factor, challenge, session.id()))
            .toJson());
  }

  private SignedIn proven(
      Transaction tx,
      Call call,
      User user,
      Factor factor,
      Factors.Challenge challenge,
      UUID session) {
    var now = parts.clock().instant();
    if (!Factors.answered(tx, challenge.id(), now)) {
      throw mismatch();
    }
    var traits = new LinkedHashMap<String, Object>();
    traits.put("factor_id", factor.id().toString());
    traits.put("challenge_id", challenge.id().toString());
    traits.put("factor_type", factor.type());
    AuditLog.userDid(tx, user, "verification_attempted", traits, call.device(), now);
    if (!factor.isVerified()) {
      Factors.verified(tx, factor.id(), now);
      var type = Map.of("factor_type", factor.type());
      parts.mails().notice(tx, user, "mfa_factor_enrolled", user.email(), type);
    }
    Factors.raise(tx, factor, session, now);
    Factors.deleteUnverified(tx, user.id(), factor.type());
    var refresh = parts.signIns().renew(tx, user.id(), session);
    return parts
        .signIns()
        .issue(tx, Users.reload(tx, user.id()), session, refresh, method(factor), call.device());
  }

  /// GoTrue's word for how a session was raised.
  private static String method(Factor factor) {
    return factor.type().equals(FactorPages.TOTP) ? "totp" : "mfa/" + factor.type();
  }

  private Factors.Challenge challenge(Call call, Factor factor, UUID id) {
    var challenge =
        parts
            .database()
            .run(tx -> Factors.challengeById(tx, factor, id, call.device()))
            .orElseThrow(() ->
                AuthError.unprocessable(
                    "mfa_factor_not_found", "MFA factor with the provided challenge ID not found"));
    if (challenge.verifiedAt() != null || !challenge.isSameAddress()) {
      throw mismatch();
    }
    var until = challenge.createdAt().plus(parts.settings().factors().challenge());
    if (parts.clock().instant().isAfter(until)) {
      parts
          .database()
          .run(tx -> {
            Factors.deleteChallenge(tx, id);
            return id;
          });
      throw AuthError.unprocessable(
          "mfa_challenge_expired",
          "MFA challenge "
              + id
              + " has expired, verify against another challenge or create a new challenge.");
    }
    return challenge;
  }

  private boolean isRight(Factor factor, Factors.Challenge challenge, String code) {
    if (factor.type().equals(FactorPages.PHONE)) {
      return !challenge.code().isEmpty()
          && MessageDigest.isEqual(
              challenge.code().getBytes(StandardCharsets.UTF_8),
              code.getBytes(StandardCharsets.UTF_8));
    }
    var secret = parts.database().run(tx -> Factors.secret(tx, factor));
    return Totp.isValid(code, secret, parts.clock().instant());
  }

  private Asked load(Call call, String id) {
    return parts
        .database()
        .run(tx -> {
          var caller = FactorPages.caller(parts, tx, call);
          return new Asked(caller, FactorPages.own(caller.user(), id));
        });
  }

  private void requireVerifiable(Factor factor, String webauthnCode) {
    var rules = parts.settings().factors();
    switch (factor.type()) {
      case FactorPages.PHONE -> {
        if (!rules.phone().verify()) {
          throw AuthError.unprocessable(
              "mfa_phone_verify_not_enabled", "MFA verification is disabled for Phone");
        }
      }
      case FactorPages.WEBAUTHN ->
          throw AuthError.unprocessable(webauthnCode, "MFA verification is disabled for WebAuthn");
      default -> {
        if (!rules.totp().verify()) {
          throw AuthError.unprocessable(
              "mfa_totp_verify_not_enabled", "MFA verification is disabled for TOTP");
        }
      }
    }
  }

  private static UUID challengeId(Call call) {
    var text = call.text("challenge_id");
    if (text.isEmpty()) {
      return Users.INSTANCE;
    }
    var id = Callers.uuid(text);
    if (id == null) {
      throw AuthError.badRequest(
          "bad_json", "Could not parse request body as JSON: challenge_id must be a UUID");
    }
    return id;
  }

  private static AuthError mismatch() {
    return AuthError.unprocessable(
        "mfa_ip_address_mismatch", "Challenge and verify IP addresses mismatch.");
  }
}
