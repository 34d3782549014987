package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;

/// `POST /token`: exchanges a password, a refresh token or a PKCE code for a session.
final class Token {
  private static final String INVALID = "Invalid login credentials";

  private final Parts parts;
  private final TokenRefresh refresh;

  Token(Parts parts) {
    this.parts = parts;
    this.refresh = new TokenRefresh(parts);
  }

  Response post(Call call) {
    return switch (call.query("grant_type")) {
      case "password" -> password(call);
      case "refresh_token" -> refresh.answer(call);
      case "pkce" -> pkce(call);
      case "id_token" ->
          throw AuthError.badRequest(
              "provider_disabled",
              "Provider (issuer \"" + call.text("provider") + "\") is not enabled");
      case "web3" ->
          throw AuthError.unprocessable("web3_provider_disabled", "Web3 provider is disabled");
      default -> throw AuthError.badRequest("invalid_credentials", "unsupported_grant_type");
    };
  }

  private Response password(Call call) {
    var email = call.text("email");
    var phone = call.text("phone");
    var password = call.text("password");
    if (!email.isEmpty() && !phone.isEmpty()) {
      throw AuthError.validation(
          "Only an email address or phone number should be provided on login.");
    }
    if (email.isEmpty() && phone.isEmpty()) {
      throw AuthError.validation("missing email or phone");
    }
    if (email.isEmpty()) {
      throw AuthError.unprocessable("phone_provider_disabled", "Phone logins are disabled");
    }
    if (!parts.settings().accounts().emailEnabled()) {
      throw AuthError.unprocessable("email_provider_disabled", "Email logins are disabled");
    }
    var audience = parts.callers().audience(call);
    var user = parts.database().run(tx -> Users.byEmail(tx, email, audience)).orElse(null);
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
    if (!user.isEmailConfirmed()) {
      throw AuthError.badRequest("email_not_confirmed", "Email not confirmed");
    }
    var session =
        parts
            .database()
            .run(tx -> {
              AuditLog.userDid(tx, user, "login", call.device(), parts.clock().instant());
              return parts.signIns().begin(tx, user, "password", call.device());
            });
    var weak = parts.passwords().strength(password);
    if (weak != null && !weak.weakReasons().isEmpty()) {
      return Parts.json(session.toJson(weak));
    }
    return Parts.json(session.toJson());
  }

  private Response pkce(Call call) {
    var code = call.text("auth_code");
    var verifier = call.text("code_verifier");
    if (code.isEmpty() || verifier.isEmpty()) {
      throw AuthError.validation(
          "invalid request: both auth code and code verifier should be non-empty");
    }
    var session = parts.database().run(tx -> exchange(tx, code, verifier, call.device()));
    return Parts.json(session.toJson());
  }

  private SignedIn exchange(Transaction tx, String code, String verifier, Device device) {
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
    return parts.signIns().begin(tx, user, flow.authenticationMethod(), device);
  }
}
