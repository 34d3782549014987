package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.supabase.auth.provider.Provider;
import dev.freehold.backend.supabase.auth.provider.ProviderFailure;
import dev.freehold.backend.supabase.auth.provider.ProviderRefused;
import dev.freehold.http.Response;
import dev.freehold.postgres.PostgresException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/authorize`, `/callback`, `/user/identities/authorize`: Users who sign in, or link an identity,
/// by way of a provider.
final class ExternalPages {
  /// Parameters of the request that are this server's own business, or that a page could use to
  /// send the provider's answer elsewhere.
  private static final Set<String> OWN_PARAMETERS =
      Set.of(
          "provider",
          "scopes",
          "code_challenge",
          "code_challenge_method",
          "client_id",
          "client_secret",
          "redirect_uri",
          "response_type",
          "state",
          "code_verifier",
          "apikey");

  private static final int VERIFIER_BYTES = 32;
  private static final int SHOWN_CODE_CHARS = 4;

  private final Parts parts;
  private final ExternalAccounts accounts;
  private final SecureRandom random = new SecureRandom();

  ExternalPages(Parts parts) {
    this.parts = parts;
    this.accounts = new ExternalAccounts(parts);
  }

  Response authorize(Call call) {
    return Response.of(302).with("Location", providerUrl(call, null));
  }

  /// For a signed-in User who adds an identity.
  Response link(Call call) {
    var caller = parts.database().run(tx -> parts.callers().user(tx, call));
    if (!parts.providers().settings().manualLinking()) {
      throw AuthError.notFound("manual_linking_disabled", "Manual linking is disabled");
    }
    var url = providerUrl(call, caller.user().id());
    return call.query("skip_http_redirect").equals("true")
        ? Parts.json(Map.of("url", url))
        : Response.of(302).with("Location", url);
  }

  private String providerUrl(Call call, @Nullable UUID linkTo) {
    var provider = provider(call.query("provider"), "validation_failed");
    var invite = call.query("invite_token");
    boolean isUnknown =
        !invite.isEmpty() && parts.database().run(tx -> accounts.invited(tx, invite)).isEmpty();
    if (isUnknown) {
      throw AuthError.notFound("user_not_found", "User identified by token not found");
    }
    var target = parts.redirects().target(call);
    var pkce =
        new FlowStates.Challenge(call.query("code_challenge"), call.query("code_challenge_method"));
    var verifier = provider.wantsPkce() ? newVerifier() : "";
    var state =
        parts
            .database()
            .run(tx -> {
              var now = parts.clock().instant();
              var clientState =
                  verifier.isEmpty()
                      ? null
                      : OAuthFlows.keepClientState(tx, provider.name(), verifier, now);
              var start =
                  new OAuthFlows.Start(
                      provider.name(),
                      pkce,
                      invite,
                      target,
                      clientState,
                      linkTo,
                      provider.isEmailOptional());
              return OAuthFlows.begin(tx, start, now);
            });
    try {
      return provider.authorizationUrl(
          callback(),
          state.toString(),
          call.query("scopes"),
          extra(call),
          verifier.isEmpty() ? "" : FlowStates.s256(verifier));
    } catch (ProviderFailure e) {
      publish(provider.name(), e);
      throw AuthError.validation("Unsupported provider: " + provider.name() + " does not answer");
    }
  }

  private static Map<String, String> extra(Call call) {
    var extra = new LinkedHashMap<String, String>();
    call.query()
        .forEach((name, value) -> {
          if (name.equals("workos_provider")) {
            extra.put("provider", value);
          } else if (!OWN_PARAMETERS.contains(name)) {
            extra.put(name, value);
          }
        });
    return extra;
  }

  /// A provider sends the browser back, by a link or (Apple) by a form.
  Response callback(Call call) {
    var answer = call.request().method().equals("POST") ? call.form() : call.query();
    OAuthFlows.Flow flow;
    try {
      flow = parts.database().run(tx -> flow(tx, answer.getOrDefault("state", "")));
    } catch (AuthError e) {
      var site = parts.settings().siteUrl();
      return Response.of(303).with("Location", ExternalRedirects.withErrorInQuery(site, e));
    }
    var target = flow.target().isEmpty() ? parts.settings().siteUrl() : flow.target();
    try {
      return Response.of(302).with("Location", finish(call, answer, flow, target));
    } catch (AuthError e) {
      if (e.status() >= 500) {
        publish(flow.provider(), e.getCause() == null ? e : e.getCause());
      }
      return Response.of(302).with("Location", ExternalRedirects.withError(target, e));
    } catch (PostgresException e) {
      publish(flow.provider(), e);
      var error =
          AuthError.internal("Unexpected failure, please check server logs for more information");
      return Response.of(302).with("Location", ExternalRedirects.withError(target, error));
    }
  }

  private OAuthFlows.Flow flow(Transaction tx, String state) {
    if (state.isEmpty()) {
      throw AuthError.badRequest("bad_oauth_callback", "OAuth state parameter missing");
    }
    var id = Callers.uuid(state);
    if (id == null) {
      throw AuthError.badRequest("bad_oauth_state", "OAuth state parameter is invalid");
    }
    var flow =
        OAuthFlows.byId(tx, id)
            .orElseThrow(
                () -> AuthError.badRequest("bad_oauth_state", "OAuth state not found or expired"));
    var until = flow.createdAt().plus(parts.settings().tokens().flow());
    if (parts.clock().instant().isAfter(until)) {
      throw AuthError.badRequest("bad_oauth_state", "OAuth state has expired");
    }
    if (flow.isPkce() && flow.user() != null) {
      throw AuthError.badRequest("flow_state_already_used", "State has already been used");
    }
    return flow;
  }

  private String finish(
      Call call, Map<String, String> answer, OAuthFlows.Flow flow, String target) {
    var entered = enter(answer, flow);
    var visit =
        new ExternalAccounts.Visit(
            flow.provider(),
            entered.profile(),
            flow.emailOptional(),
            parts.callers().audience(call),
            target,
            call.device());
    if (visit.profile().emails().isEmpty() && !flow.emailOptional()) {
      throw AuthError.internal("Error getting user email from external provider");
    }
    var outcome =
        parts
            .database()
            .run(tx -> {
              var who = who(tx, flow, visit);
              return switch (who) {
                case ExternalAccounts.Outcome.Refused refused -> new Ended.Refused(refused.why());
                case ExternalAccounts.Outcome.Entered in ->
                    end(tx, flow, in.user(), entered, call.device());
              };
            });
    return switch (outcome) {
      case Ended.Refused refused -> throw refused.why();
      case Ended.Coded _ -> ExternalRedirects.withCode(target, flow.code());
      case Ended.In in ->
          ExternalRedirects.withSession(
              target, in.session(), entered.accessToken(), entered.refreshToken());
    };
  }

  /// How a flow ends.
  private sealed interface Ended {
    /// What was written stays written.
    record Refused(AuthError why) implements Ended {}

    record Coded() implements Ended {}

    record In(SignedIn session) implements Ended {}
  }

  private ExternalAccounts.Outcome who(
      Transaction tx, OAuthFlows.Flow flow, ExternalAccounts.Visit visit) {
    var linkTo = flow.linkTo();
    if (linkTo != null) {
      var user =
          Users.byId(tx, linkTo)
              .orElseThrow(
                  () -> AuthError.unprocessable("user_not_found", "Linking target user not found"));
      return accounts.link(tx, user, visit);
    }
    return flow.invite().isEmpty()
        ? accounts.enter(tx, visit)
        : accounts.accept(tx, flow.invite(), visit);
  }

  private Ended end(
      Transaction tx, OAuthFlows.Flow flow, User user, Provider.Entered entered, Device device) {
    var now = parts.clock().instant();
    if (flow.isPkce()) {
      if (!OAuthFlows.claim(
          tx, flow, user.id(), entered.accessToken(), entered.refreshToken(), now)) {
        throw AuthError.badRequest("flow_state_already_used", "State has already been used");
      }
      return new Ended.Coded();
    }
    if (!OAuthFlows.end(tx, flow)) {
      throw AuthError.badRequest("flow_state_already_used", "State has already been used");
    }
    return new Ended.In(parts.signIns().begin(tx, user, "oauth", device));
  }

  /// Asks the provider who came.
  private Provider.Entered enter(Map<String, String> answer, OAuthFlows.Flow flow) {
    var refusal = answer.getOrDefault("error", "");
    if (!refusal.isEmpty()) {
      throw AuthError.oauth(refusal, answer.getOrDefault("error_description", ""));
    }
    var code = answer.getOrDefault("code", "");
    if (code.isEmpty()) {
      throw AuthError.badRequest(
          "bad_oauth_callback", "OAuth callback with missing authorization code missing");
    }
    var provider = provider(flow.provider(), "oauth_provider_not_supported");
    var verifier = verifier(flow, provider);
    try {
      var tokens = provider.exchange(callback(), code, verifier);
      return named(entered(provider, tokens), provider, answer.getOrDefault("user", ""));
    } catch (ProviderFailure e) {
      var shown = code.substring(0, Math.min(SHOWN_CODE_CHARS, code.length()));
      throw AuthError.internal("Unable to exchange external code: " + shown, e);
    }
  }

  private static Provider.Entered entered(
      Provider provider, tools.jackson.databind.JsonNode tokens) {
    try {
      return provider.enter(tokens);
    } catch (ProviderFailure e) {
      throw AuthError.internal("Error getting user profile from external provider", e);
    }
  }

  /// Apple tells a User's name once, beside its token.
  private static Provider.Entered named(Provider.Entered entered, Provider provider, String user) {
    return provider.name().equals("apple") && !user.isEmpty()
        ? ExternalAccounts.withAppleName(entered, user)
        : entered;
  }

  private String verifier(OAuthFlows.Flow flow, Provider provider) {
    var id = flow.clientState();
    if (id == null) {
      if (provider.wantsPkce()) {
        throw AuthError.badRequest("oauth_invalid_state", "OAuth PKCE code verifier missing");
      }
      return "";
    }
    var kept =
        parts
            .database()
            .run(tx -> OAuthFlows.takeClientState(tx, id))
            .orElseThrow(() ->
                AuthError.unprocessable("oauth_client_state_not_found", "OAuth state not found"));
    if (!kept.provider().equals(flow.provider())) {
      throw AuthError.badRequest("oauth_invalid_state", "OAuth provider mismatch");
    }
    if (parts.clock().instant().isAfter(kept.createdAt().plus(OAuthFlows.CLIENT_STATE_VALID))) {
      throw AuthError.unprocessable("oauth_client_state_expired", "OAuth state expired");
    }
    return kept.verifier();
  }

  private Provider provider(String name, String code) {
    try {
      return parts.providers().named(name);
    } catch (ProviderRefused e) {
      throw AuthError.badRequest(code, "Unsupported provider: " + e.text());
    }
  }

  private String callback() {
    return parts.settings().issuer() + "/callback";
  }

  private String newVerifier() {
    var bytes = new byte[VERIFIER_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private void publish(String provider, Throwable why) {
    parts.events().publish(new AuthEvent.ProviderFailed(provider, String.valueOf(why)));
  }
}
