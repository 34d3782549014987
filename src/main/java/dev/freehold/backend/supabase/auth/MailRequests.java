package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.Set;

/// `/recover`, `/otp`, `/magiclink`, `/resend`: Users ask for mail. The answer is `{}` whether the
/// address is known or not.
final class MailRequests {
  private static final Set<String> RESENDABLE =
      Set.of("signup", "email_change", "sms", "phone_change");

  private final Parts parts;
  private final Signup signup;
  private final PhonePages phones;

  MailRequests(Parts parts, Signup signup) {
    this.parts = parts;
    this.signup = signup;
    this.phones = new PhonePages(parts);
  }

  Response recover(Call call) {
    if (!parts.settings().accounts().emailEnabled()) {
      throw AuthError.badRequest("email_provider_disabled", "Email logins are disabled");
    }
    if (call.text("email").isEmpty()) {
      throw AuthError.validation("Password recovery requires an email");
    }
    var email = Addresses.email(call.text("email"));
    mail(call, email, "recovery");
    return Parts.nothing();
  }

  Response otp(Call call) {
    var email = call.text("email");
    var phone = call.text("phone");
    if (!email.isEmpty() && !phone.isEmpty()) {
      throw AuthError.validation("Only an email address or phone number should be provided");
    }
    if (!email.isEmpty() && !call.text("channel").isEmpty()) {
      throw AuthError.validation("Channel should only be specified with Phone OTP");
    }
    if (email.isEmpty() && phone.isEmpty()) {
      throw AuthError.validation("One of email or phone must be set");
    }
    call.challenge();
    if (email.isEmpty()) {
      refuseUnknownPhone(call);
      return phones.otp(call);
    }
    if (!call.flag("create_user", true)) {
      var audience = parts.callers().audience(call);
      var address = Addresses.email(email);
      if (parts.database().run(tx -> Users.byEmail(tx, address, audience)).isEmpty()) {
        throw AuthError.unprocessable("otp_disabled", "Signups not allowed for otp");
      }
    }
    return magicLink(call);
  }

  private void refuseUnknownPhone(Call call) {
    if (!call.flag("create_user", true)) {
      var phone = Addresses.phone(call.text("phone"));
      var audience = parts.callers().audience(call);
      if (parts.database().run(tx -> Users.byPhone(tx, phone, audience)).isEmpty()) {
        throw AuthError.unprocessable("otp_disabled", "Signups not allowed for otp");
      }
    }
  }

  Response magicLink(Call call) {
    if (!parts.settings().accounts().emailEnabled()) {
      throw AuthError.unprocessable("email_provider_disabled", "Email logins are disabled");
    }
    if (call.text("email").isEmpty()) {
      throw AuthError.unprocessable("validation_failed", "Password recovery requires an email");
    }
    var email = Addresses.email(call.text("email"));
    var audience = parts.callers().audience(call);
    var known = parts.database().run(tx -> Users.byEmail(tx, email, audience));
    if (known.isEmpty() || !known.get().isEmailConfirmed()) {
      register(call, email, audience);
      if (!parts.settings().accounts().autoconfirm()) {
        // The mail that confirms the address is the link already.
        return Parts.nothing();
      }
    }
    mail(call, email, "magiclink");
    return Parts.nothing();
  }

  private void register(Call call, String email, String audience) {
    signup.register(
        new Signup.Application(
            email,
            parts.passwords().unguessable(),
            call.object("data"),
            call.challenge(),
            audience,
            call.device(),
            parts.redirects().target(call)));
  }

  /// @param action `recovery` or `magiclink`
  private void mail(Call call, String email, String action) {
    var pkce = call.challenge();
    var audience = parts.callers().audience(call);
    parts
        .database()
        .run(tx -> {
          var user = Users.byEmail(tx, email, audience).orElse(null);
          if (user == null) {
            return action;
          }
          var now = parts.clock().instant();
          if (pkce.isPkce()) {
            FlowStates.begin(tx, user.id(), action, action, pkce, now);
          }
          AuditLog.userDid(tx, user, "user_recovery_requested", call.device(), now);
          parts.mails().recovery(tx, user, action, pkce.isPkce(), parts.redirects().target(call));
          return action;
        });
  }

  Response resend(Call call) {
    var type = call.text("type");
    if (!RESENDABLE.contains(type)) {
      throw AuthError.validation(
          "Missing one of these types: signup, email_change, sms, phone_change");
    }
    var email = call.text("email");
    var phone = call.text("phone");
    if (email.isEmpty() && type.equals("signup")) {
      throw AuthError.validation("Type provided requires an email address");
    }
    if (phone.isEmpty() && type.equals("sms")) {
      throw AuthError.validation("Type provided requires a phone number");
    }
    if (!email.isEmpty() && !phone.isEmpty()) {
      throw AuthError.validation("Only an email address or phone number should be provided.");
    }
    if (email.isEmpty() && phone.isEmpty()) {
      throw AuthError.validation("Missing email address or phone number");
    }
    if (email.isEmpty()) {
      return phones.resend(call, type);
    }
    if (!parts.settings().accounts().emailEnabled()) {
      throw AuthError.badRequest("email_provider_disabled", "Email logins are disabled");
    }
    var address = Addresses.email(email);
    var audience = parts.callers().audience(call);
    parts
        .database()
        .run(tx -> {
          Users.byEmail(tx, address, audience).ifPresent(user -> resend(tx, user, type, call));
          return type;
        });
    return Parts.nothing();
  }

  private void resend(Transaction tx, User user, String type, Call call) {
    var pkce = call.challenge();
    var now = parts.clock().instant();
    var target = parts.redirects().target(call);
    if (type.equals("signup") && !user.isEmailConfirmed()) {
      AuditLog.userDid(tx, user, "user_confirmation_requested", call.device(), now);
      if (pkce.isPkce()) {
        FlowStates.begin(tx, user.id(), "email/signup", "email/signup", pkce, now);
      }
      parts.mails().confirmation(tx, user, pkce.isPkce(), target);
    }
    if (type.equals("email_change") && !user.pending().newEmail().isEmpty()) {
      if (pkce.isPkce()) {
        FlowStates.begin(tx, user.id(), "email_change", "email_change", pkce, now);
      }
      parts.mails().emailChange(tx, user, user.pending().newEmail(), pkce.isPkce(), target);
    }
  }
}
