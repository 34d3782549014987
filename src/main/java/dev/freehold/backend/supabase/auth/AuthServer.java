package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.JwtKeys;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import dev.freehold.backend.supabase.auth.provider.Providers;
import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.telemetry.Events;
import java.time.Clock;

/// Answers GoTrue's wire for one Environment, out of its own database.
///
/// Mounted at `/auth/v1`; sees paths without it. The pool must enter as `supabase_auth_admin`,
/// whose rights let an App's triggers on `auth.users` run as they did at Supabase. Holds no state
/// that matters between requests: any number of these may serve one database; only the count of
/// mails an hour is each server's own.
public final class AuthServer implements Handler {
  private final Events events;
  private final Routes routes;

  /// @param database entered as `supabase_auth_admin`, with `auth.sql` applied
  /// @param keys sign the tokens and verify them
  /// @param mailer takes the mails
  public AuthServer(
      AuthSettings settings,
      Pool database,
      JwtKeys keys,
      Mailer mailer,
      Clock clock,
      Events events) {
    this(
        settings,
        new Providers(ExternalSettings.NONE, clock),
        database,
        keys,
        mailer,
        clock,
        events);
  }

  /// With text messages lying where mails lie.
  public AuthServer(
      AuthSettings settings,
      Providers providers,
      Pool database,
      JwtKeys keys,
      Mailer mailer,
      Clock clock,
      Events events) {
    this(settings, providers, database, keys, mailer, textsAsMails(mailer), clock, events);
  }

  /// @param providers where Users may sign in elsewhere; may change while the server answers
  /// @param texts takes the text messages
  public AuthServer(
      AuthSettings settings,
      Providers providers,
      Pool database,
      JwtKeys keys,
      Mailer mailer,
      TextSender texts,
      Clock clock,
      Events events) {
    this.events = events;
    var callers = new Callers(keys.verifier(clock), clock);
    var parts =
        new Parts(
            settings,
            new Transactions(database),
            keys,
            clock,
            new Passwords(settings.passwords(), events),
            new SignIns(settings, keys, clock),
            callers,
            new Redirects(settings),
            new Mails(settings, clock, mailer, events),
            new Phones(settings.phone(), clock, texts),
            new RateLimiter(settings.limits(), clock),
            new Captcha(settings.captcha(), callers),
            providers,
            events);
    this.routes = routes(parts);
  }

  /// Without a carrier, messages lie where mails lie.
  private static TextSender textsAsMails(Mailer mailer) {
    return text -> {
      mailer.send(
          new AuthMail(text.at(), "sms_" + text.action(), text.phone(), text.code(), "", "", ""));
      return "";
    };
  }

  private static Routes routes(Parts parts) {
    var pages = new SettingsPages(parts);
    var user = new UserPages(parts);
    var signup = new Signup(parts);
    var mail = new MailRequests(parts, signup);
    var verify = new Verify(parts);
    var users = new AdminUsers(parts);
    var links = new AdminLinks(parts, signup);
    var adminFactors = new AdminFactors(parts);
    var factors = new FactorPages(parts);
    var proofs = new FactorProofs(parts);
    var external = new ExternalPages(parts);
    var routes = new Routes();
    routes
        .on("GET", "/health", pages::health)
        .on("GET", "/settings", pages::settings)
        .on("GET", "/.well-known/jwks.json", pages::keys)
        .on("POST", "/signup", signup::post)
        .on("POST", "/token", new Token(parts)::post)
        .on("POST", "/logout", new Logout(parts)::post)
        .on("GET", "/user", user::get)
        .on("PUT", "/user", user::put)
        .on("GET", "/reauthenticate", user::reauthenticate)
        .on("POST", "/recover", guarded(parts, RateLimiter.Route.RECOVER, mail::recover))
        .on("POST", "/otp", guarded(parts, RateLimiter.Route.OTP, mail::otp))
        .on("POST", "/magiclink", guarded(parts, RateLimiter.Route.MAGIC_LINK, mail::magicLink))
        .on("POST", "/resend", guarded(parts, RateLimiter.Route.RESEND, mail::resend))
        .on("GET", "/verify", limited(parts, RateLimiter.Route.VERIFY, verify::get))
        .on("POST", "/verify", limited(parts, RateLimiter.Route.VERIFY, verify::post))
        .on("POST", "/invite", links::invite)
        .on("POST", "/admin/generate_link", links::generate)
        .on("GET", "/admin/users", users::list)
        .on("POST", "/admin/users", users::create)
        .onName("GET", "/admin/users/{id}", users::get)
        .onName("PUT", "/admin/users/{id}", users::update)
        .onName("DELETE", "/admin/users/{id}", users::delete)
        .onName("GET", "/admin/users/{id}/factors", adminFactors::list)
        .onNames("PUT", "/admin/users/{id}/factors/{factor}", adminFactors::update)
        .onNames("DELETE", "/admin/users/{id}/factors/{factor}", adminFactors::delete)
        .on("GET", "/admin/audit", new AdminAudit(parts)::list)
        .on("POST", "/factors", factors::enroll)
        .onName("POST", "/factors/{id}/challenge", proofs::challenge)
        .onName("POST", "/factors/{id}/verify", proofs::verify)
        .onName("DELETE", "/factors/{id}", factors::unenroll)
        .on("GET", "/authorize", external::authorize)
        .on("GET", "/callback", external::callback)
        .on("POST", "/callback", external::callback)
        .on("GET", "/user/identities/authorize", external::link)
        .onName("DELETE", "/user/identities/{id}", new IdentityPages(parts)::unlink)
        .off("POST", "/sso", Disabled::saml)
        .off("GET", "/sso/saml/metadata", Disabled::saml)
        .off("POST", "/sso/saml/acs", Disabled::saml);
    PasskeyRoutes.add(routes, parts);
    OAuthRoutes.add(routes, parts);
    return routes;
  }

  private static Routes.Endpoint limited(
      Parts parts, RateLimiter.Route route, Routes.Endpoint endpoint) {
    return call -> {
      parts.limiter().take(route, call);
      return endpoint.answer(call);
    };
  }

  /// Limited, and for people only where a captcha is asked for.
  private static Routes.Endpoint guarded(
      Parts parts, RateLimiter.Route route, Routes.Endpoint endpoint) {
    return limited(
        parts,
        route,
        call -> {
          parts.captcha().check(call);
          return endpoint.answer(call);
        });
  }

  @Override
  public Response handle(Request request) {
    try {
      return routes.answer(new Call(request));
    } catch (AuthError e) {
      if (e.status() >= 500) {
        publish(request, e);
      }
      return ErrorAnswers.render(e, request);
    } catch (PostgresException e) {
      publish(request, e);
      return ErrorAnswers.render(unexpected(e), request);
    }
  }

  /// Nothing of the database's words reaches the caller; a fault that may pass is a 5xx that
  /// clients retry without giving up their session.
  private static AuthError unexpected(PostgresException failure) {
    boolean mayPass =
        switch (failure.failure()) {
          case PostgresFailure.Refused refused -> refused.sqlState().matches("(08|53|57P|40).*");
          case PostgresFailure.Unreachable _,
              PostgresFailure.Broken _,
              PostgresFailure.PoolFull _ ->
              true;
          case PostgresFailure.NotAdmitted _ -> false;
        };
    return mayPass
        ? AuthError.of(503, "unexpected_failure", "The database is not reachable right now")
        : AuthError.internal(
            "Unexpected failure, please check server logs for more information", failure);
  }

  private void publish(Request request, RuntimeException failure) {
    var cause = failure.getCause() == null ? failure : failure.getCause();
    events.publish(
        new AuthEvent.Failed(request.method() + " " + request.path(), String.valueOf(cause)));
  }
}
