package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.supabase.auth.provider.ProviderFailure;
import dev.freehold.backend.supabase.auth.provider.ProviderRefused;
import dev.freehold.backend.supabase.auth.provider.TrustedIssuer;
import dev.freehold.http.Response;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `POST /token?grant_type=id_token`: an App that has an ID token already, by a phone's own sign-in
/// or a provider's script, exchanges it for a session.
final class IdTokenGrant {
  private static final String INVALID = "invalid request";

  private final Parts parts;
  private final ExternalAccounts accounts;

  IdTokenGrant(Parts parts) {
    this.parts = parts;
    this.accounts = new ExternalAccounts(parts);
  }

  Response answer(Call call) {
    var idToken = call.text("id_token");
    if (idToken.isEmpty()) {
      throw AuthError.oauth(INVALID, "id_token required");
    }
    var provider = call.text("provider");
    var clientId = call.text("client_id");
    var issuer = call.text("issuer");
    if (provider.isEmpty() && (clientId.isEmpty() || issuer.isEmpty())) {
      throw AuthError.oauth(INVALID, "provider or client_id and issuer required");
    }
    var linkTo = linkTo(call);
    TrustedIssuer trusted;
    try {
      trusted = parts.providers().trusted(provider, issuer, clientId, idToken);
    } catch (ProviderRefused e) {
      throw AuthError.badRequest(e.code(), e.text());
    }
    var token = verified(trusted, call, idToken);
    var visit =
        new ExternalAccounts.Visit(
            trusted.provider(),
            token.profile(),
            trusted.isEmailOptional(),
            parts.callers().audience(call),
            parts.redirects().target(call),
            call.device());
    return enter(call, visit, linkTo);
  }

  private Optional<User> linkTo(Call call) {
    if (!call.flag("link_identity", false)) {
      return Optional.empty();
    }
    if (call.request().header("Authorization").orElse("").isEmpty()) {
      throw AuthError.oauth(INVALID, "Linking requires a valid user access token in Authorization");
    }
    return Optional.of(parts.database().run(tx -> parts.callers().user(tx, call)).user());
  }

  private TrustedIssuer.Verified verified(TrustedIssuer trusted, Call call, String idToken) {
    TrustedIssuer.Verified token;
    try {
      token = trusted.verify(idToken, call.text("access_token"));
    } catch (ProviderFailure e) {
      parts.events().publish(new AuthEvent.ProviderFailed(trusted.provider(), String.valueOf(e)));
      throw AuthError.oauth(INVALID, "Bad ID token");
    }
    if (token.profile().subject().isEmpty()) {
      throw AuthError.oauth(INVALID, "Missing sub claim in id_token");
    }
    if (!token.isForApp()) {
      throw AuthError.oauth(
          INVALID,
          "Unacceptable audience in id_token: [" + String.join(" ", token.audience()) + "]");
    }
    checkNonce(trusted, token, call.text("nonce"));
    return token;
  }

  private static void checkNonce(
      TrustedIssuer trusted, TrustedIssuer.Verified token, String nonce) {
    if (trusted.skipsNonce()) {
      return;
    }
    if (token.nonce().isEmpty() != nonce.isEmpty()) {
      throw AuthError.oauth(
          INVALID, "Passed nonce and nonce in id_token should either both exist or not.");
    }
    if (!nonce.isEmpty() && !token.isNonce(nonce)) {
      throw AuthError.oauth("invalid nonce", "Nonces mismatch");
    }
  }

  private Response enter(Call call, ExternalAccounts.Visit visit, Optional<User> linkTo) {
    var session =
        parts
            .database()
            .run(tx -> {
              var outcome =
                  linkTo.isPresent()
                      ? accounts.link(tx, Users.reload(tx, linkTo.get().id()), visit)
                      : accounts.enter(tx, visit);
              return switch (outcome) {
                case ExternalAccounts.Outcome.Refused refused -> new Ended(null, refused.why());
                case ExternalAccounts.Outcome.Entered in ->
                    new Ended(parts.signIns().begin(tx, in.user(), "oauth", call.device()), null);
              };
            });
    if (session.refusal() != null) {
      throw session.refusal();
    }
    return Parts.json(Objects.requireNonNull(session.session()).toJson());
  }

  /// Either of the two.
  private record Ended(@Nullable SignedIn session, @Nullable AuthError refusal) {}
}
