package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What `/signup`, `/otp`, `/resend` and `/verify` do when they are asked with a phone number.
final class PhonePages {
  private static final String CODE_EXPIRED = "Token has expired or is invalid";

  private final Parts parts;

  PhonePages(Parts parts) {
    this.parts = parts;
  }

  /// What became of an application.
  private sealed interface Outcome {
    record Entered(SignedIn session) implements Outcome {}

    record Awaits(User user) implements Outcome {}

    record Taken(User user) implements Outcome {}
  }

  /// `POST /signup` with a phone number and a password that is strong enough.
  Response signUp(Call call, String password) {
    if (!call.text("code_challenge").isEmpty()) {
      throw AuthError.validation("PKCE not supported for phone signups");
    }
    var channel = Phones.channel(call);
    parts.phones().requireChannel(channel);
    return Parts.json(register(call, password, channel));
  }

  private Map<String, Object> register(Call call, String password, String channel) {
    if (!rules().enabled()) {
      throw AuthError.badRequest("phone_provider_disabled", "Phone signups are disabled");
    }
    var phone = Addresses.phone(call.text("phone"));
    var audience = parts.callers().audience(call);
    var data = call.object("data");
    var hash = parts.passwords().hash(password);
    var outcome =
        parts
            .database()
            .run(tx -> {
              var known = Users.byPhone(tx, phone, audience);
              if (known.isPresent() && known.get().isPhoneConfirmed()) {
                audit(tx, known.get(), "user_repeated_signup", Map.of("provider", "phone"), call);
                return new Outcome.Taken(known.get());
              }
              var user = known.orElseGet(() -> create(tx, call, phone, hash, data));
              return enter(tx, call, user, phone, channel);
            });
    return switch (outcome) {
      case Outcome.Entered entered -> entered.session().toJson();
      case Outcome.Awaits awaits -> awaits.user().toJson();
      case Outcome.Taken taken -> taken(phone, audience, data);
    };
  }

  private Outcome enter(Transaction tx, Call call, User user, String phone, String channel) {
    var provider = Map.<String, Object>of("provider", "phone");
    if (!rules().autoconfirm()) {
      audit(tx, user, "user_confirmation_requested", provider, call);
      parts.phones().send(tx, user, phone, Phones.About.CONFIRMATION, channel);
      return new Outcome.Awaits(Users.reload(tx, user.id()));
    }
    audit(tx, user, "user_signedup", Map.of("provider", "phone", "channel", channel), call);
    parts.changes(tx).confirmPhone(user);
    audit(tx, user, "login", provider, call);
    return new Outcome.Entered(
        parts.signIns().begin(tx, Users.reload(tx, user.id()), "password", call.device()));
  }

  private User create(
      Transaction tx, Call call, String phone, String hash, Map<String, Object> data) {
    var id = UUID.randomUUID();
    var audience = parts.callers().audience(call);
    var newcomer = new Newcomer(id, audience, Identities.PHONE, "", phone, data);
    parts.hooks().beforeUserCreated(tx, newcomer, call.device());
    var app = new LinkedHashMap<String, Object>();
    app.put("provider", Identities.PHONE);
    app.put("providers", List.of(Identities.PHONE));
    var user =
        parts
            .changes(tx)
            .create(
                new UserChanges.NewUser(id, audience, "", phone, hash, app, data, false),
                Callers.DEFAULT_AUDIENCE);
    var identity = new LinkedHashMap<String, Object>();
    identity.put("sub", id.toString());
    identity.put("email_verified", false);
    identity.put("phone_verified", false);
    data.forEach(identity::putIfAbsent);
    Identities.create(tx, id, Identities.PHONE, identity, parts.clock().instant());
    parts.changes(tx).userMetadata(user, identity);
    var made = Users.reload(tx, id);
    tx.afterCommit(() -> parts.hooks().afterUserCreated(made, call.device()));
    return made;
  }

  private Map<String, Object> taken(String phone, String audience, Map<String, Object> data) {
    if (parts.settings().accounts().autoconfirm() || rules().autoconfirm()) {
      throw AuthError.unprocessable("user_already_exists", "User already registered");
    }
    var now = Json.time(parts.clock().instant());
    var fields = new LinkedHashMap<String, Object>();
    fields.put("id", UUID.randomUUID().toString());
    fields.put("aud", audience);
    fields.put("role", "");
    fields.put("email", "");
    fields.put("phone", phone);
    fields.put("confirmation_sent_at", now);
    fields.put("app_metadata", Map.of("provider", "phone", "providers", List.of("phone")));
    fields.put("user_metadata", data);
    fields.put("identities", List.of());
    fields.put("created_at", now);
    fields.put("updated_at", now);
    fields.put("is_anonymous", false);
    return fields;
  }

  /// `POST /otp`: a code for whoever has the number; registers who is new.
  Response otp(Call call) {
    if (!rules().enabled()) {
      throw AuthError.badRequest("phone_provider_disabled", "Unsupported phone provider");
    }
    var channel = Phones.channel(call);
    var phone = Addresses.phone(call.text("phone"));
    parts.phones().requireChannel(channel);
    var audience = parts.callers().audience(call);
    var known = parts.database().run(tx -> Users.byPhone(tx, phone, audience));
    if (known.isEmpty() || !known.get().isPhoneConfirmed()) {
      if (parts.settings().accounts().signupDisabled()) {
        throw AuthError.unprocessable("signup_disabled", "Signups not allowed for this instance");
      }
      register(call, parts.passwords().unguessable(), channel);
      if (!rules().autoconfirm()) {
        return Parts.nothing();
      }
    }
    var id =
        parts
            .database()
            .run(tx -> {
              var user = Users.byPhone(tx, phone, audience).orElseThrow(PhonePages::expired);
              audit(tx, user, "user_recovery_requested", Map.of("channel", channel), call);
              return parts.phones().send(tx, user, phone, Phones.About.CONFIRMATION, channel);
            });
    return sent(id);
  }

  /// `POST /resend` of `sms` or `phone_change`; also with an e-mail's type, which sends nothing.
  Response resend(Call call, String type) {
    if (!rules().enabled()) {
      throw AuthError.badRequest("phone_provider_disabled", "Phone logins are disabled");
    }
    var phone = Addresses.phone(call.text("phone"));
    var audience = parts.callers().audience(call);
    return sent(
        parts
            .database()
            .run(tx ->
                Users.byPhone(tx, phone, audience)
                    .map(user -> resend(tx, call, user, type))
                    .orElse("")));
  }

  private String resend(Transaction tx, Call call, User user, String type) {
    if (type.equals("sms") && !user.isPhoneConfirmed()) {
      audit(tx, user, "user_recovery_requested", Map.of(), call);
      return parts.phones().send(tx, user, user.phone(), Phones.About.CONFIRMATION, Phones.SMS);
    }
    if (type.equals("phone_change") && !user.pending().newPhone().isEmpty()) {
      return parts
          .phones()
          .send(tx, user, user.pending().newPhone(), Phones.About.PHONE_CHANGE, Phones.SMS);
    }
    return "";
  }

  /// `POST /verify` with a phone number and a code.
  Response verify(Call call, String type, String code) {
    var phone = Addresses.phone(call.text("phone"));
    var audience = parts.callers().audience(call);
    var session =
        parts
            .database()
            .run(tx -> {
              var user = holder(tx, type, phone, audience).orElseThrow(PhonePages::expired);
              if (user.isBanned(parts.clock().instant())) {
                throw AuthError.forbidden("user_banned", "User is banned");
              }
              if (!parts.phones().isTestCode(phone, code) && !isValid(user, type, phone, code)) {
                throw expired();
              }
              confirm(tx, call, user, type, phone);
              parts.changes(tx).appMetadataProviders(user.id());
              return parts.signIns().begin(tx, Users.reload(tx, user.id()), "otp", call.device());
            });
    return Parts.json(session.toJson());
  }

  private static Optional<User> holder(Transaction tx, String type, String phone, String audience) {
    return switch (type) {
      case "sms" -> Users.byPhone(tx, phone, audience);
      case "phone_change" -> Users.byPhoneChange(tx, phone, audience);
      default -> Optional.empty();
    };
  }

  private boolean isValid(User user, String type, String phone, String code) {
    boolean isChange = type.equals("phone_change");
    var stored = isChange ? user.pending().phoneChange() : user.pending().confirmation();
    var sent = isChange ? user.at().phoneChangeSent() : user.at().confirmationSent();
    return sent != null
        && !parts.clock().instant().isAfter(sent.plus(rules().lifetime()))
        && Verification.same(OneTimeTokens.hash(phone, code), stored);
  }

  private void confirm(Transaction tx, Call call, User user, String type, String phone) {
    if (type.equals("sms")) {
      audit(tx, user, "user_signedup", Map.of("provider", "phone"), call);
      parts.changes(tx).confirmPhone(user);
    } else {
      change(tx, call, user, phone);
    }
    if (user.isAnonymous()) {
      parts.changes(tx).notAnonymous(user.id());
    }
  }

  /// The number becomes the User's.
  void change(Transaction tx, Call call, User user, String phone) {
    var now = parts.clock().instant();
    audit(tx, user, "user_modified", Map.of(), call);
    var identity = Identities.of(user, Identities.PHONE);
    if (identity.isPresent()) {
      Identities.update(tx, identity.get(), Map.of("phone", phone, "phone_verified", true), now);
    } else {
      Identities.create(
          tx, user.id(), Identities.PHONE, Identities.phoneData(user.id(), phone, true), now);
    }
    parts.changes(tx).confirmPhoneChange(user.id(), phone);
    var old = Map.of("old_phone", user.phone());
    parts.mails().notice(tx, user, "phone_changed", user.email(), old);
  }

  private PhoneRules rules() {
    return parts.settings().phone();
  }

  private void audit(
      Transaction tx, User user, String action, Map<String, Object> traits, Call call) {
    AuditLog.userDid(tx, user, action, traits, call.device(), parts.clock().instant());
  }

  static Response sent(String id) {
    return id.isEmpty() ? Parts.nothing() : Parts.json(Map.of("message_id", id));
  }

  private static AuthError expired() {
    return AuthError.forbidden("otp_expired", CODE_EXPIRED);
  }
}
