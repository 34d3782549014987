package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import dev.freehold.postgres.PostgresException;
import java.net.URI;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/// `/factors`: Users enroll second factors and take them away. Proving one is [FactorProofs].
final class FactorPages {
  static final String TOTP = "totp";
  static final String PHONE = "phone";
  static final String WEBAUTHN = "webauthn";

  private final Parts parts;
  private final SecureRandom random = new SecureRandom();

  FactorPages(Parts parts) {
    this.parts = parts;
  }

  Response enroll(Call call) {
    var caller = parts.database().run(tx -> caller(parts, tx, call));
    if (caller.session() == null) {
      throw AuthError.internal(
          "A valid session and a registered user are required to enroll a factor");
    }
    var rules = parts.settings().factors();
    var type = call.text("factor_type");
    var phone = call.text("phone");
    var name = call.text("friendly_name");
    var issuer = call.text("issuer");
    switch (type) {
      case TOTP -> {
        if (!rules.totp().enroll()) {
          throw AuthError.unprocessable(
              "mfa_totp_enroll_not_enabled", "MFA enroll is disabled for TOTP");
        }
        return totp(call, caller, name, issuer);
      }
      case PHONE -> {
        if (!rules.phone().enroll()) {
          throw AuthError.unprocessable(
              "mfa_phone_enroll_not_enabled", "MFA enroll is disabled for Phone");
        }
        return phone(call, caller, name, phone);
      }
      case WEBAUTHN -> {
        if (!parts.settings().webAuthn().factors().enroll()) {
          throw AuthError.unprocessable(
              "mfa_webauthn_enroll_not_enabled", "MFA enroll is disabled for WebAuthn");
        }
        return Parts.json(enrolled(create(call, caller, WEBAUTHN, name, "", ""), WEBAUTHN, name));
      }
      default -> throw AuthError.validation("factor_type needs to be totp, phone, or webauthn");
    }
  }

  private Response totp(Call call, Callers.Caller caller, String name, String asked) {
    var issuer = asked.isEmpty() ? siteHost() : asked;
    var user = caller.user();
    var account = user.email().isEmpty() ? user.phone() : user.email();
    var secret = Totp.newSecret(random);
    var uri = Totp.uri(issuer, account, secret);
    var picture = QrPicture.svg(uri);
    var id = create(call, caller, TOTP, name, secret, "");
    var fields = enrolled(id, TOTP, name);
    var totp = new LinkedHashMap<String, Object>();
    totp.put("qr_code", picture);
    totp.put("secret", secret);
    totp.put("uri", uri);
    fields.put("totp", totp);
    return Parts.json(fields);
  }

  private Response phone(Call call, Callers.Caller caller, String name, String asked) {
    if (asked.isEmpty()) {
      throw AuthError.validation("Phone number required to enroll Phone factor");
    }
    var phone = Addresses.phone(asked);
    for (var factor : caller.user().factors()) {
      if (factor.type().equals(PHONE) && factor.phone().equals(phone) && factor.isVerified()) {
        throw AuthError.unprocessable(
            "mfa_verified_factor_exists",
            "A verified phone factor already exists, unenroll the existing factor to continue");
      }
    }
    var id = create(call, caller, PHONE, name, "", phone);
    var fields = enrolled(id, PHONE, name);
    fields.put("phone", asked);
    return Parts.json(fields);
  }

  private UUID create(
      Call call, Callers.Caller caller, String type, String name, String secret, String phone) {
    try {
      return parts
          .database()
          .run(tx -> {
            var now = parts.clock().instant();
            var user = Users.reload(tx, caller.user().id());
            for (var factor : user.factors()) {
              if (!phone.isEmpty() && factor.phone().equals(phone) && !factor.isVerified()) {
                Factors.delete(tx, factor.id());
              }
            }
            Factors.deleteExpired(tx, user.id(), now, parts.settings().factors().unverified());
            refuse(Users.reload(tx, user.id()), name, caller);
            var id = Factors.create(tx, user, type, name, secret, phone, now);
            var traits = new LinkedHashMap<String, Object>();
            traits.put("factor_id", id.toString());
            if (!type.equals(TOTP)) {
              traits.put("factor_type", type);
            }
            AuditLog.userDid(tx, user, "factor_in_progress", traits, call.device(), now);
            return id;
          });
    } catch (PostgresException e) {
      if (String.valueOf(e.getMessage()).contains("mfa_factors_user_friendly_name_unique")) {
        throw nameConflict(name);
      }
      throw e;
    }
  }

  private void refuse(User user, String name, Callers.Caller caller) {
    var rules = parts.settings().factors();
    if (user.factors().stream().anyMatch(f -> f.friendlyName().equals(name))) {
      throw nameConflict(name);
    }
    long verified = user.factors().stream().filter(Factor::isVerified).count();
    if (user.factors().size() >= rules.maxEnrolled() || verified >= rules.maxVerified()) {
      throw AuthError.unprocessable(
          "too_many_enrolled_mfa_factors",
          "Maximum number of verified factors reached, unenroll to continue");
    }
    if (verified > 0 && !caller.isAal2()) {
      throw AuthError.forbidden("insufficient_aal", "AAL2 required to enroll a new factor");
    }
  }

  private static AuthError nameConflict(String name) {
    return AuthError.unprocessable(
        "mfa_factor_name_conflict",
        "A factor with the friendly name \"" + name + "\" for this user already exists");
  }

  Response unenroll(Call call, String id) {
    var removed =
        parts
            .database()
            .run(tx -> {
              var caller = caller(parts, tx, call);
              var factor = own(caller.user(), id);
              var session = caller.session();
              if (session == null) {
                throw AuthError.internal(
                    "A valid session and factor are required to unenroll a factor");
              }
              if (factor.isVerified() && !caller.isAal2()) {
                throw AuthError.unprocessable(
                    "insufficient_aal", "AAL2 required to unenroll verified factor");
              }
              Factors.delete(tx, factor.id());
              var traits = new LinkedHashMap<String, Object>();
              traits.put("factor_id", factor.id().toString());
              traits.put("factor_status", factor.status());
              traits.put("session_id", session.id().toString());
              AuditLog.userDid(
                  tx,
                  caller.user(),
                  "factor_unenrolled",
                  traits,
                  call.device(),
                  parts.clock().instant());
              Factors.lowerSessions(tx, factor);
              return factor;
            });
    return Parts.json(Map.of("id", removed.id().toString()));
  }

  /// The signed-in User, unless anonymous.
  static Callers.Caller caller(Parts parts, Transaction tx, Call call) {
    var caller = parts.callers().user(tx, call);
    if (Boolean.TRUE.equals(caller.claims().get("is_anonymous"))) {
      throw AuthError.forbidden(
          "no_authorization", "Anonymous user not allowed to perform these actions");
    }
    return caller;
  }

  /// The User's factor of that id.
  static Factor own(User user, String id) {
    var uuid = Callers.uuid(id);
    if (uuid == null) {
      throw AuthError.notFound("validation_failed", "factor_id must be an UUID");
    }
    return user.factors().stream()
        .filter(f -> f.id().equals(uuid))
        .findFirst()
        .orElseThrow(() -> AuthError.notFound("mfa_factor_not_found", "Factor not found"));
  }

  private static Map<String, Object> enrolled(UUID id, String type, String name) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("id", id.toString());
    fields.put("type", type);
    fields.put("friendly_name", name);
    return fields;
  }

  private String siteHost() {
    try {
      var host = URI.create(parts.settings().siteUrl()).getAuthority();
      return host == null ? "" : host;
    } catch (IllegalArgumentException e) {
      throw AuthError.internal("site url is improperly formatted");
    }
  }
}
