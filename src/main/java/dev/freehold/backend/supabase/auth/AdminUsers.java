package dev.freehold.backend.supabase.auth;

import dev.freehold.digest.Digest;
import dev.freehold.http.Response;
import dev.freehold.postgres.PostgresException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `/admin/users`: whoever holds the service_role key lists, makes, changes and deletes Users.
final class AdminUsers {
  private static final String TAKEN = "A user with this email address has already been registered";

  private final Parts parts;

  AdminUsers(Parts parts) {
    this.parts = parts;
  }

  Response list(Call call) {
    parts.callers().admin(call);
    var page = Paging.of(call);
    var audience = parts.callers().audience(call);
    var filter = call.query("filter");
    record Listing(List<User> users, long count) {}
    var listing =
        parts
            .database()
            .run(tx ->
                new Listing(
                    Users.page(tx, audience, filter, page.size(), page.offset()),
                    Users.count(tx, audience, filter)));
    var fields = new LinkedHashMap<String, Object>();
    fields.put("users", listing.users().stream().map(User::toJson).toList());
    fields.put("aud", audience);
    return page.headers(Parts.json(fields), "/admin/users", call, listing.count());
  }

  Response get(Call call, String id) {
    parts.callers().admin(call);
    return Parts.json(parts.database().run(tx -> load(tx, id)).toJson());
  }

  Response create(Call call) {
    var role = parts.callers().admin(call);
    var email = call.text("email").isEmpty() ? "" : Addresses.email(call.text("email"));
    var phone = call.text("phone").isEmpty() ? "" : Addresses.phone(call.text("phone"));
    if (email.isEmpty() && phone.isEmpty()) {
      throw AuthError.validation("Cannot create a user without either an email or phone");
    }
    if (call.has("password") && !call.text("password_hash").isEmpty()) {
      throw AuthError.validation("Only a password or a password hash should be provided");
    }
    var id = newId(call);
    var ban = ban(call);
    var audience = call.text("aud").isEmpty() ? parts.callers().audience(call) : call.text("aud");
    refuseTaken(email, phone, audience, null);
    var hash = passwordHash(call);
    try {
      var user =
          parts
              .database()
              .run(tx -> {
                create(tx, call, id, audience, email, phone, hash);
                ban.ifPresent(until -> ban(tx, id, until));
                var made = Users.reload(tx, id);
                AuditLog.adminDid(tx, role, made, "user_signedup", call.device(), now());
                return made;
              });
      return Parts.json(user.toJson());
    } catch (PostgresException e) {
      throw AuthError.internal("Database error creating new user", e);
    }
  }

  Response update(Call call, String id) {
    var role = parts.callers().admin(call);
    var user = parts.database().run(tx -> load(tx, id));
    var email = call.text("email").isEmpty() ? "" : Addresses.email(call.text("email"));
    var phone = call.text("phone").isEmpty() ? "" : Addresses.phone(call.text("phone"));
    var ban = ban(call);
    refuseTaken(email, phone, user.aud(), user);
    var password = call.text("password");
    if (call.has("password")) {
      parts.passwords().check(password);
    }
    var hash = password.isEmpty() ? "" : parts.passwords().hash(password);
    try {
      var changed =
          parts
              .database()
              .run(tx -> {
                change(tx, call, user, email, phone, hash);
                ban.ifPresent(until -> ban(tx, user.id(), until));
                AuditLog.adminDid(tx, role, user, "user_modified", call.device(), now());
                return Users.reload(tx, user.id());
              });
      return Parts.json(changed.toJson());
    } catch (PostgresException e) {
      throw AuthError.internal("Error updating user", e);
    }
  }

  Response delete(Call call, String id) {
    var role = parts.callers().admin(call);
    boolean isSoft = call.hasBody() && call.flag("should_soft_delete", false);
    try {
      parts
          .database()
          .run(tx -> {
            var user = load(tx, id);
            AuditLog.adminDid(tx, role, user, "user_deleted", call.device(), now());
            if (isSoft) {
              softDelete(tx, user);
            } else {
              parts.changes(tx).delete(user.id());
            }
            return id;
          });
    } catch (PostgresException e) {
      throw AuthError.internal("Database error deleting user", e);
    }
    return Parts.nothing();
  }

  static User load(Transaction tx, String id) {
    var uuid = Callers.uuid(id);
    if (uuid == null) {
      throw AuthError.notFound("validation_failed", "user_id must be an UUID");
    }
    return Users.byId(tx, uuid)
        .orElseThrow(() -> AuthError.notFound("user_not_found", "User not found"));
  }

  private void create(
      Transaction tx,
      Call call,
      UUID id,
      String audience,
      String email,
      String phone,
      String hash) {
    var providers = new ArrayList<String>();
    if (!email.isEmpty()) {
      providers.add(Identities.EMAIL);
    }
    if (!phone.isEmpty()) {
      providers.add(Identities.PHONE);
    }
    var app = new LinkedHashMap<String, Object>();
    app.put("provider", providers.getFirst());
    app.put("providers", providers);
    var role = call.text("role").isEmpty() ? Callers.DEFAULT_AUDIENCE : call.text("role");
    var changes = parts.changes(tx);
    var user =
        changes.create(
            new UserChanges.NewUser(
                id, audience, email, phone, hash, app, call.object("user_metadata"), false),
            role);
    if (!email.isEmpty()) {
      Identities.create(tx, id, Identities.EMAIL, Identities.emailData(id, email, false), now());
    }
    if (!phone.isEmpty()) {
      Identities.create(tx, id, Identities.PHONE, Identities.phoneData(id, phone, false), now());
    }
    if (call.has("app_metadata")) {
      changes.appMetadata(user, call.object("app_metadata"));
    }
    confirm(tx, call, user);
  }

  private void confirm(Transaction tx, Call call, User user) {
    if (call.flag("email_confirm", false)) {
      parts.changes(tx).confirm(user);
    }
    if (call.flag("phone_confirm", false)) {
      parts.changes(tx).confirmPhone(user);
    }
  }

  private void change(
      Transaction tx, Call call, User user, String email, String phone, String hash) {
    var changes = parts.changes(tx);
    if (!call.text("role").isEmpty()) {
      changes.role(user.id(), call.text("role"));
    }
    confirm(tx, call, user);
    if (!hash.isEmpty()) {
      changes.password(user.id(), hash);
      LoginSessions.endAll(tx, user.id());
    }
    if (!email.isEmpty()) {
      changeEmail(tx, user, email, call.flag("email_confirm", false));
    }
    if (!phone.isEmpty()) {
      changePhone(tx, user, phone, call.flag("phone_confirm", false));
    }
    if (call.has("app_metadata")) {
      changes.appMetadata(Users.reload(tx, user.id()), call.object("app_metadata"));
    }
    if (call.has("user_metadata")) {
      changes.userMetadata(Users.reload(tx, user.id()), call.object("user_metadata"));
    }
  }

  private void changeEmail(Transaction tx, User user, String email, boolean isConfirmed) {
    var identity = Identities.of(user, Identities.EMAIL);
    if (identity.isPresent()) {
      Identities.update(
          tx, identity.get(), Map.of("email", email, "email_verified", isConfirmed), now());
    } else {
      Identities.create(
          tx,
          user.id(),
          Identities.EMAIL,
          Identities.emailData(user.id(), email, isConfirmed),
          now());
    }
    parts.changes(tx).email(user.id(), email);
    if (user.isAnonymous() && isConfirmed) {
      parts.changes(tx).notAnonymous(user.id());
    }
  }

  private void changePhone(Transaction tx, User user, String phone, boolean isConfirmed) {
    var identity = Identities.of(user, Identities.PHONE);
    if (identity.isPresent()) {
      Identities.update(
          tx, identity.get(), Map.of("phone", phone, "phone_verified", isConfirmed), now());
    } else {
      Identities.create(
          tx,
          user.id(),
          Identities.PHONE,
          Identities.phoneData(user.id(), phone, isConfirmed),
          now());
    }
    parts.changes(tx).phone(user.id(), phone);
    if (user.isAnonymous() && isConfirmed) {
      parts.changes(tx).notAnonymous(user.id());
    }
  }

  /// Keeps the row, without anything that tells who it was.
  private void softDelete(Transaction tx, User user) {
    if (user.at().deleted() != null) {
      return;
    }
    parts.changes(tx).softDelete(user, AdminUsers::obscured);
    LoginSessions.endAll(tx, user.id());
  }

  private static String obscured(User user, String value) {
    if (value.isEmpty()) {
      return "";
    }
    var digest = Digest.SHA_256.of(user.id() + value);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
  }

  private void refuseTaken(String email, String phone, String audience, @Nullable User own) {
    parts
        .database()
        .run(tx -> {
          var byEmail =
              email.isEmpty() ? Optional.<User>empty() : Users.byAnyEmail(tx, email, audience, own);
          if (byEmail.isPresent() && !isSame(byEmail.get(), own)) {
            throw AuthError.unprocessable("email_exists", TAKEN);
          }
          var byPhone =
              phone.isEmpty() ? Optional.<User>empty() : Users.byPhone(tx, phone, audience);
          if (byPhone.isPresent() && !isSame(byPhone.get(), own)) {
            throw AuthError.unprocessable(
                "phone_exists", "Phone number already registered by another user");
          }
          return audience;
        });
  }

  private static boolean isSame(User one, @Nullable User other) {
    return other != null && one.id().equals(other.id());
  }

  private String passwordHash(Call call) {
    var hash = call.text("password_hash");
    if (!hash.isEmpty()) {
      if (!PasswordHash.isKnown(hash)) {
        throw AuthError.validation("The password hash is of no known kind");
      }
      return hash;
    }
    var password = call.text("password");
    if (password.getBytes(StandardCharsets.UTF_8).length > Passwords.MAX_BYTES) {
      throw AuthError.validation("Password cannot be longer than 72 characters");
    }
    return parts.passwords().hash(password.isEmpty() ? parts.passwords().unguessable() : password);
  }

  private static UUID newId(Call call) {
    if (call.text("id").isEmpty()) {
      return UUID.randomUUID();
    }
    var id = Callers.uuid(call.text("id"));
    if (id == null) {
      throw AuthError.validation("ID must conform to the uuid v4 format");
    }
    if (id.equals(Users.INSTANCE)) {
      throw AuthError.validation("ID cannot be a nil uuid");
    }
    return id;
  }

  /// Until when the User is to be banned: the epoch lifts a ban; empty when nothing is asked.
  private Optional<Instant> ban(Call call) {
    var text = call.text("ban_duration");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(text.equals("none") ? Instant.EPOCH : now().plus(GoDuration.parse(text)));
  }

  private void ban(Transaction tx, UUID user, Instant until) {
    parts.changes(tx).ban(user, until.equals(Instant.EPOCH) ? null : until);
  }

  private Instant now() {
    return parts.clock().instant();
  }
}
