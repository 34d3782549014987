package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.JwtKeys;
import dev.freehold.backend.supabase.auth.hook.HookSettings;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Answers GoTrue's wire for one Environment, out of its own database.
///
/// Mounted at `/auth/v1`; sees paths without it. The pool must enter as `supabase_auth_admin`,
/// whose rights let an App's triggers on `auth.users` run as they did at Supabase. Holds no state
/// that matters between requests: any number of these may serve one database; only the count of
/// mails an hour is each server's own.
public final class AuthServer implements Handler, AutoCloseable {
  private final Events events;
  private final Routes routes;
  private final Transactions database;
  private final Hooks hooks;

  /// What an App adds to the usual ways.
  ///
  /// @param providers where Users may sign in elsewhere; may change while the server answers
  /// @param hooks the App's own code that is asked
  /// @param notices which notices are mailed: `password_changed`, `email_changed`, …
  /// @param texts takes the text messages; empty refuses to send any
  public record Additions(
      Providers providers, HookSettings hooks, Set<String> notices, Optional<TextSender> texts) {

    public Additions {
      notices = Set.copyOf(notices);
    }

    /// Nothing.
    public static Additions none(Clock clock) {
      return of(new Providers(ExternalSettings.NONE, clock));
    }

    /// Sign-in elsewhere alone.
    public static Additions of(Providers providers) {
      return new Additions(providers, HookSettings.NONE, Set.of(), Optional.empty());
    }
  }

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
    this(settings, Additions.none(clock), database, keys, mailer, clock, events);
  }

  /// @param additions what the App adds
  public AuthServer(
      AuthSettings settings,
      Additions additions,
      Pool database,
      JwtKeys keys,
      Mailer mailer,
      Clock clock,
      Events events) {
    this.events = events;
    var transactions = new Transactions(database);
    this.database = transactions;
    this.hooks = new Hooks(additions.hooks(), transactions, clock);
    var texts = additions.texts().orElse(AuthServer::noCarrier);
    var callers = new Callers(keys.verifier(clock), transactions, clock);
    var parts =
        new Parts(
            settings,
            transactions,
            keys,
            clock,
            new Passwords(settings.passwords(), events),
            new SignIns(settings, keys, clock, hooks),
            callers,
            new Redirects(settings),
            new Mails(settings, clock, mailer, hooks, additions.notices(), events),
            hooks,
            new Phones(settings.phone(), clock, texts, hooks),
            new RateLimiter(settings.limits(), clock),
            new Captcha(settings.captcha(), callers),
            additions.providers(),
            events);
    this.routes = routes(parts);
  }

  private static String noCarrier(TextMessage message) {
    throw new TextFailed("no carrier of text messages is set");
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

  /// Every route that is answered: `GET /admin/users/{id}`.
  List<String> routes() {
    return routes.names();
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

  /// One page of Users for a file of them all, by id.
  ///
  /// @param after the id the page before ended with; empty for the first
  /// @param most how many
  /// @param withHashes whether each has its `encrypted_password`
  public List<Map<String, Object>> export(String after, int most, boolean withHashes) {
    var id = Callers.uuid(after);
    return database.run(tx -> Users.after(tx, id == null ? new UUID(0, 0) : id, most)).stream()
        .map(user -> {
          var fields = user.toJson();
          if (withHashes && user.hasPassword()) {
            fields.put("encrypted_password", user.encryptedPassword());
          }
          return fields;
        })
        .toList();
  }

  /// Ends what hooks are asked; requests under way may fail.
  @Override
  public void close() {
    hooks.close();
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
