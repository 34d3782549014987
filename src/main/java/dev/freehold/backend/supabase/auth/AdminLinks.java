package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/invite` and `/admin/generate_link`: the App's own server asks for a mail, or for the link to
/// send by itself.
final class AdminLinks {
  private static final String TAKEN = "A user with this email address has already been registered";
  private static final Set<String> TYPES =
      Set.of(
          "signup", "invite", "magiclink", "recovery", "email_change_current", "email_change_new");

  private final Parts parts;
  private final Signup signup;

  AdminLinks(Parts parts, Signup signup) {
    this.parts = parts;
    this.signup = signup;
  }

  Response invite(Call call) {
    var role = parts.callers().admin(call);
    var email = Addresses.email(call.text("email"));
    var audience = parts.callers().audience(call);
    var data = call.object("data");
    var id = UUID.randomUUID();
    signup.askBefore(id, email, audience, data, call.device());
    var invited =
        parts
            .database()
            .run(tx -> {
              var user = invited(tx, id, email, audience, data);
              AuditLog.adminDid(
                  tx, role, user, "user_invited", call.device(), parts.clock().instant());
              parts.mails().invite(tx, user, parts.redirects().target(call));
              return Users.reload(tx, user.id());
            });
    tellOfNew(invited, id, call);
    return Parts.json(invited.toJson());
  }

  Response generate(Call call) {
    var role = parts.callers().admin(call);
    var email = Addresses.email(call.text("email"));
    var asked = call.text("type");
    if (!TYPES.contains(asked)) {
      throw AuthError.validation("Invalid email action link type requested: " + asked);
    }
    var target =
        parts.redirects().isAllowed(call.text("redirect_to"))
            ? call.text("redirect_to")
            : parts.redirects().target(call);
    var audience = parts.callers().audience(call);
    var known = parts.database().run(tx -> Users.byEmail(tx, email, audience)).orElse(null);
    var type = type(asked, known);
    var hash = known == null && type.equals("signup") ? hash(call, asked) : "";
    var code = parts.mails().newCode(email, false);
    var id = UUID.randomUUID();
    if (known == null) {
      signup.askBefore(id, email, audience, call.object("data"), call.device());
    }
    var order = new Order(id, type, email, audience, call.object("data"), hash, code);
    record Made(User user, Mails.Code code) {}
    var made =
        parts
            .database()
            .run(tx -> {
              var shown = order.code();
              var user = known == null ? newUser(tx, order) : known;
              if (type.startsWith("email_change")) {
                shown = storeEmailChange(tx, user, order, call.text("new_email"));
              } else {
                store(tx, user, order);
              }
              AuditLog.adminDid(
                  tx, role, user, action(type), call.device(), parts.clock().instant());
              return new Made(Users.reload(tx, user.id()), shown);
            });
    tellOfNew(made.user(), id, call);
    var verify = type.startsWith("email_change") ? "email_change" : type;
    var fields = made.user().toJson();
    fields.put("action_link", parts.mails().link(made.code().hash(), verify, target));
    fields.put("email_otp", made.code().digits());
    fields.put("hashed_token", made.code().hash());
    fields.put("verification_type", type);
    fields.put("redirect_to", target);
    return Parts.json(fields);
  }

  /// What a link is to be made of.
  private record Order(
      UUID id,
      String type,
      String email,
      String audience,
      Map<String, Object> data,
      String passwordHash,
      Mails.Code code) {
    @Override
    public String toString() {
      return type + " for " + email;
    }
  }

  /// A magic link for someone new registers them.
  private static String type(String asked, @Nullable User known) {
    if (known != null) {
      return asked;
    }
    return switch (asked) {
      case "magiclink" -> "signup";
      case "recovery", "email_change_current", "email_change_new" ->
          throw AuthError.notFound("user_not_found", "User with this email not found");
      default -> asked;
    };
  }

  private String hash(Call call, String asked) {
    if (asked.equals("magiclink")) {
      return parts.passwords().hash(parts.passwords().unguessable());
    }
    var password = call.text("password");
    if (password.isEmpty()) {
      throw AuthError.validation("Signup requires a valid password");
    }
    parts.passwords().check(password);
    return parts.passwords().hash(password);
  }

  private User newUser(Transaction tx, Order order) {
    return signup.createLinked(
        tx, order.id(), order.audience(), order.email(), order.passwordHash(), order.data());
  }

  private void store(Transaction tx, User user, Order order) {
    switch (order.type()) {
      case "signup" -> {
        refuseConfirmed(user);
        parts.changes(tx).userMetadata(Users.reload(tx, user.id()), order.data());
        parts.mails().storeConfirmation(tx, user, order.code());
      }
      case "invite" -> {
        refuseConfirmed(user);
        parts.mails().storeInvite(tx, user, order.code());
      }
      default -> parts.mails().storeRecovery(tx, user, order.code());
    }
  }

  private Mails.Code storeEmailChange(Transaction tx, User user, Order order, String wanted) {
    var newEmail = Addresses.email(wanted);
    if (Users.byAnyEmail(tx, newEmail, user.aud(), user).isPresent()) {
      throw AuthError.unprocessable("email_exists", TAKEN);
    }
    boolean isCurrent = order.type().equals("email_change_current");
    if (isCurrent && !parts.settings().mail().secureEmailChange()) {
      throw AuthError.validation("Enable secure email change to generate link for current email");
    }
    var code = isCurrent ? order.code() : parts.mails().newCode(newEmail, false);
    parts
        .mails()
        .storeEmailChange(tx, user, newEmail, isCurrent ? null : code, isCurrent ? code : null);
    return code;
  }

  private void tellOfNew(User user, UUID id, Call call) {
    if (user.id().equals(id)) {
      parts.hooks().afterUserCreated(user, call.device());
    }
  }

  private User invited(
      Transaction tx, UUID id, String email, String audience, Map<String, Object> data) {
    var known = Users.byEmail(tx, email, audience);
    known.ifPresent(AdminLinks::refuseConfirmed);
    return known.orElseGet(() -> signup.createLinked(tx, id, audience, email, "", data));
  }

  private static void refuseConfirmed(User user) {
    if (user.isEmailConfirmed()) {
      throw AuthError.unprocessable("email_exists", TAKEN);
    }
  }

  private static String action(String type) {
    return switch (type) {
      case "invite" -> "user_invited";
      case "signup" -> "user_confirmation_requested";
      case "magiclink", "recovery" -> "user_recovery_requested";
      default -> "user_modified";
    };
  }
}
