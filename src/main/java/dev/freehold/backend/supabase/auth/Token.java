package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `POST /token`: exchanges a password, a refresh token or a PKCE code for a session.
final class Token {
  private static final String INVALID = "Invalid login credentials";

  private final Parts parts;
  private final TokenRefresh refresh;
  private final IdTokenGrant idToken;

  Token(Parts parts) {
    this.parts = parts;
    this.refresh = new TokenRefresh(parts);
    this.idToken = new IdTokenGrant(parts);
  }

  Response post(Call call) {
    parts.captcha().check(call);
    parts.limiter().take(RateLimiter.Route.TOKEN, call);
    return switch (call.query("grant_type")) {
      case "password" -> password(call);
      case "refresh_token" -> refresh.answer(call);
      case "pkce" -> pkce(call);
      case "id_token" -> idToken.answer(call);
      case "web3" ->
          throw AuthError.unprocessable("web3_provider_disabled", "Web3 provider is disabled");
      default -> throw AuthError.badRequest("invalid_credentials", "unsupported_grant_type");
    };
  }

  private Response password(Call call) {
    var email = call.text("email");
    var phone = call.text("phone");
    var password = call.text("password");
    requireOneOpenWay(email, phone);
    var audience = parts.callers().audience(call);
    var user =
        parts
            .database()
            .run(tx ->
                phone.isEmpty()
                    ? Users.byEmail(tx, email, audience)
                    : Users.byPhone(tx, Addresses.plain(phone), audience))
            .orElse(null);
    if (user == null || !user.hasPassword()) {
      parts.passwords().spendTimeOf(password);
      throw AuthError.badRequest("invalid_credentials", INVALID);
    }
    if (user.isBanned(parts.clock().instant())) {
      throw AuthError.badRequest("user_banned", "User is banned");
    }
    boolean isValid = parts.passwords().matches(password, user.encryptedPassword());
    parts.hooks().passwordVerification(user.id(), isValid, call.device());
    if (!isValid) {
      throw AuthError.badRequest("invalid_credentials", INVALID);
    }
    if (!phone.isEmpty() && !user.isPhoneConfirmed()) {
      throw AuthError.badRequest("phone_not_confirmed", "Phone not confirmed");
    }
    if (phone.isEmpty() && !user.isEmailConfirmed()) {
      throw AuthError.badRequest("email_not_confirmed", "Email not confirmed");
    }
    var session =
        parts
            .database()
            .run(tx -> {
              AuditLog.userDid(
                  tx,
                  user,
                  "login",
                  Map.of("provider", phone.isEmpty() ? "email" : "phone"),
                  call.device(),
                  parts.clock().instant());
              return parts.signIns().begin(tx, user, "password", call.device());
            });
    var weak = weakness(password);
    if (weak != null && !weak.weakReasons().isEmpty()) {
      return Parts.json(session.toJson(weak));
    }
    return Parts.json(session.toJson());
  }

  private void requireOneOpenWay(String email, String phone) {
    if (!email.isEmpty() && !phone.isEmpty()) {
      throw AuthError.validation(
          "Only an email address or phone number should be provided on login.");
    }
    if (email.isEmpty() && phone.isEmpty()) {
      throw AuthError.validation("missing email or phone");
    }
    if (email.isEmpty() && !parts.settings().phone().enabled()) {
      throw AuthError.unprocessable("phone_provider_disabled", "Phone logins are disabled");
    }
    if (phone.isEmpty() && !parts.settings().accounts().emailEnabled()) {
      throw AuthError.unprocessable("email_provider_disabled", "Email logins are disabled");
    }
  }

  /// Nobody is kept out because the list of breached passwords cannot be asked.
  private @Nullable AuthError weakness(String password) {
    try {
      return parts.passwords().strength(password);
    } catch (AuthError e) {
      return null;
    }
  }

  private Response pkce(Call call) {
    var code = call.text("auth_code");
    var verifier = call.text("code_verifier");
    if (code.isEmpty() || verifier.isEmpty()) {
      throw AuthError.validation(
          "invalid request: both auth code and code verifier should be non-empty");
    }
    return Parts.json(parts.database().run(tx -> exchange(tx, code, verifier, call.device())));
  }

  private Map<String, Object> exchange(
      Transaction tx, String code, String verifier, Device device) {
    var now = parts.clock().instant();
    var flow = FlowStates.byCode(tx, code).filter(f -> f.userId() != null).orElse(null);
    if (flow == null || flow.userId() == null) {
      throw AuthError.notFound(
          "flow_state_not_found", "invalid flow state, no valid flow state found");
    }
    if (now.isAfter(flow.validFrom().plus(parts.settings().tokens().flow()))) {
      throw AuthError.unprocessable(
          "flow_state_expired", "invalid flow state, flow state has expired");
    }
    if (!FlowStates.verifies(flow, verifier)) {
      throw AuthError.badRequest(
          "bad_code_verifier", "code challenge does not match previously saved code verifier");
    }
    var user =
        Users.byId(tx, flow.userId())
            .orElseThrow(() -> AuthError.notFound("user_not_found", "User not found"));
    if (!FlowStates.end(tx, flow)) {
      throw AuthError.notFound(
          "flow_state_not_found", "invalid flow state, no valid flow state found");
    }
    AuditLog.userDid(tx, user, "login", device, now);
    return parts
        .signIns()
        .begin(tx, user, flow.authenticationMethod(), device)
        .toJson(flow.providerToken(), flow.providerRefreshToken());
  }
}
