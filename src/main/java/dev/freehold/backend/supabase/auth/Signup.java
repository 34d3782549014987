package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.supabase.auth.hook.HookName;
import dev.freehold.http.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// `POST /signup`: registers a User, with an e-mail address or anonymously.
///
/// Where addresses are confirmed by mail, an address that is taken gets the same answer as a new
/// one, with an invented User, so that nobody can ask which addresses are registered.
final class Signup {
  static final String DEFAULT_ROLE = "authenticated";

  private final Parts parts;
  private final PhonePages phones;

  Signup(Parts parts) {
    this.parts = parts;
    this.phones = new PhonePages(parts);
  }

  /// What a User registers with.
  record Application(
      String email,
      String password,
      Map<String, Object> data,
      FlowStates.Challenge pkce,
      String audience,
      Device device,
      String redirectTo) {
    @Override
    public String toString() {
      return "Application[" + email + "]";
    }
  }

  /// What became of an application.
  private sealed interface Outcome {
    record Entered(SignedIn session) implements Outcome {}

    record Awaits(User user) implements Outcome {}

    record Taken(User user) implements Outcome {}
  }

  Response post(Call call) {
    parts.captcha().check(call);
    if (call.text("email").isEmpty() && call.text("phone").isEmpty()) {
      return anonymously(call);
    }
    parts.limiter().take(RateLimiter.Route.SIGNUP, call);
    refuseWhenClosed();
    var password = call.text("password");
    if (password.isEmpty()) {
      throw AuthError.validation("Signup requires a valid password");
    }
    parts.passwords().check(password);
    if (!call.text("email").isEmpty() && !call.text("phone").isEmpty()) {
      throw AuthError.validation(
          "Only an email address or phone number should be provided on signup.");
    }
    if (call.text("email").isEmpty()) {
      return phones.signUp(call, password);
    }
    var application =
        new Application(
            call.text("email"),
            password,
            call.object("data"),
            call.challenge(),
            parts.callers().audience(call),
            call.device(),
            parts.redirects().target(call));
    return Parts.json(register(application));
  }

  /// Registers and returns what the caller gets: a session, or a User who has mail to read.
  Map<String, Object> register(Application application) {
    refuseWhenClosed();
    if (!parts.settings().accounts().emailEnabled()) {
      throw AuthError.badRequest("email_provider_disabled", "Email signups are disabled");
    }
    var email = Addresses.email(application.email());
    var hash = parts.passwords().hash(application.password());
    var id = UUID.randomUUID();
    askBefore(id, email, application.audience(), application.data(), application.device());
    var outcome = parts.database().run(tx -> decide(tx, application, id, email, hash));
    var user =
        switch (outcome) {
          case Outcome.Entered entered -> entered.session().user();
          case Outcome.Awaits awaits -> awaits.user();
          case Outcome.Taken taken -> taken.user();
        };
    if (user.id().equals(id)) {
      parts.hooks().afterUserCreated(user, application.device());
    }
    return switch (outcome) {
      case Outcome.Entered entered -> entered.session().toJson();
      case Outcome.Awaits awaits -> withoutInvitation(awaits.user());
      case Outcome.Taken taken -> taken(taken.user(), application);
    };
  }

  /// Lets the App's own hook refuse a User who would be new.
  void askBefore(UUID id, String email, String audience, Map<String, Object> data, Device device) {
    if (!parts.hooks().has(HookName.BEFORE_USER_CREATED)) {
      return;
    }
    if (email.isEmpty()
        || parts.database().run(tx -> Users.byAnyEmail(tx, email, audience, null)).isEmpty()) {
      var provider = email.isEmpty() ? "" : Identities.EMAIL;
      parts
          .hooks()
          .beforeUserCreated(null, new Newcomer(id, audience, provider, email, "", data), device);
    }
  }

  private Outcome decide(
      Transaction tx, Application application, UUID id, String email, String hash) {
    var known = Users.byAnyEmail(tx, email, application.audience(), null);
    if (known.isPresent() && known.get().isEmailConfirmed()) {
      AuditLog.userDid(
          tx, known.get(), "user_repeated_signup", application.device(), parts.clock().instant());
      return new Outcome.Taken(known.get());
    }
    // Who is not confirmed may be anybody: nothing of a known User is changed by a repetition.
    var user = known.orElseGet(() -> create(tx, application, id, email, hash));
    if (parts.settings().accounts().autoconfirm()) {
      AuditLog.userDid(tx, user, "user_signedup", application.device(), parts.clock().instant());
      parts.changes(tx).confirm(user);
      var confirmed = Users.reload(tx, user.id());
      return new Outcome.Entered(
          parts.signIns().begin(tx, confirmed, "password", application.device()));
    }
    AuditLog.userDid(
        tx, user, "user_confirmation_requested", application.device(), parts.clock().instant());
    if (application.pkce().isPkce()) {
      FlowStates.begin(
          tx,
          user.id(),
          Identities.EMAIL,
          "email/signup",
          application.pkce(),
          parts.clock().instant());
    }
    parts.mails().confirmation(tx, user, application.pkce().isPkce(), application.redirectTo());
    return new Outcome.Awaits(Users.reload(tx, user.id()));
  }

  private User create(Transaction tx, Application application, UUID id, String email, String hash) {
    return createUser(tx, id, application.audience(), email, hash, application.data());
  }

  /// A new, unconfirmed User with an e-mail identity. The User's metadata is what the identity
  /// says, as GoTrue leaves it, so that an App finds `sub` and `email` there too.
  User createUser(
      Transaction tx,
      UUID id,
      String audience,
      String email,
      String hash,
      Map<String, Object> data) {
    var changes = parts.changes(tx);
    var user = changes.create(newUser(id, audience, email, hash, data), DEFAULT_ROLE);
    var identity = Identities.emailData(id, email, false);
    data.forEach(identity::putIfAbsent);
    Identities.create(tx, id, Identities.EMAIL, identity, parts.clock().instant());
    changes.userMetadata(user, identity);
    return Users.reload(tx, id);
  }

  /// A User an administrator made by a link or an invitation: neither metadata nor identity hold
  /// more than they were given.
  User createLinked(
      Transaction tx,
      UUID id,
      String audience,
      String email,
      String hash,
      Map<String, Object> data) {
    parts.changes(tx).create(newUser(id, audience, email, hash, data), DEFAULT_ROLE);
    var identity = Identities.emailData(id, email, false);
    Identities.create(tx, id, Identities.EMAIL, identity, parts.clock().instant());
    return Users.reload(tx, id);
  }

  private static UserChanges.NewUser newUser(
      UUID id, String audience, String email, String hash, Map<String, Object> data) {
    var app = new LinkedHashMap<String, Object>();
    app.put("provider", Identities.EMAIL);
    app.put("providers", List.of(Identities.EMAIL));
    return new UserChanges.NewUser(id, audience, email, "", hash, app, data, false);
  }

  private Response anonymously(Call call) {
    if (!parts.settings().accounts().anonymousEnabled()) {
      throw AuthError.unprocessable(
          "anonymous_provider_disabled", "Anonymous sign-ins are disabled");
    }
    parts.limiter().take(RateLimiter.Route.ANONYMOUS, call);
    refuseWhenClosed();
    var audience = parts.callers().audience(call);
    var data = call.object("data");
    var id = UUID.randomUUID();
    askBefore(id, "", audience, data, call.device());
    var session =
        parts
            .database()
            .run(tx -> {
              var user =
                  parts
                      .changes(tx)
                      .create(
                          new UserChanges.NewUser(id, audience, "", "", "", Map.of(), data, true),
                          DEFAULT_ROLE);
              return parts.signIns().begin(tx, user, "anonymous", call.device());
            });
    parts.hooks().afterUserCreated(session.user(), call.device());
    return Parts.json(session.toJson());
  }

  private void refuseWhenClosed() {
    if (parts.settings().accounts().signupDisabled()) {
      throw AuthError.unprocessable("signup_disabled", "Signups not allowed for this instance");
    }
  }

  /// Who was invited must not show what the inviter wrote.
  private static Map<String, Object> withoutInvitation(User user) {
    var fields = user.toJson();
    if (user.at().invited() != null) {
      fields.put("user_metadata", Map.of());
      fields.put("identities", List.of());
    }
    return fields;
  }

  private Map<String, Object> taken(User user, Application application) {
    if (parts.settings().accounts().autoconfirm()) {
      throw AuthError.unprocessable("user_already_exists", "User already registered");
    }
    var now = Json.time(parts.clock().instant());
    var fields = new LinkedHashMap<String, Object>();
    fields.put("id", UUID.randomUUID().toString());
    fields.put("aud", application.audience());
    fields.put("role", "");
    fields.put("email", user.email());
    fields.put("phone", "");
    fields.put("confirmation_sent_at", now);
    fields.put(
        "app_metadata",
        Map.of("provider", Identities.EMAIL, "providers", List.of(Identities.EMAIL)));
    fields.put("user_metadata", application.data());
    fields.put("identities", List.of());
    fields.put("created_at", now);
    fields.put("updated_at", now);
    fields.put("is_anonymous", false);
    return fields;
  }
}
