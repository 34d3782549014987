package dev.freehold.backend.supabase.auth;

import dev.freehold.postgres.PostgresException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Writes Users: one statement for each kind of change, so that a change never writes columns it
/// does not mean. All run as the auth server's role, which lets the App's triggers on `auth.users`
/// do their work in the same transaction.
final class UserChanges {
  private static final String INSERT =
      """
      insert into auth.users (instance_id, id, aud, role, email, phone, encrypted_password,
          raw_app_meta_data, raw_user_meta_data, is_anonymous, created_at, updated_at,
          confirmation_token, recovery_token, email_change_token_current, email_change_token_new,
          email_change, phone_change, phone_change_token, reauthentication_token)
      values (?, ?, ?, '', nullif(?, ''), nullif(?, ''), ?, ?::jsonb, ?::jsonb, ?, ?, ?,
          '', '', '', '', '', '', '', '')
      """;
  private static final String ROLE = "update auth.users set role = ?, updated_at = ? where id = ?";
  private static final String EMAIL =
      "update auth.users set email = nullif(?, ''), updated_at = ? where id = ?";
  private static final String PHONE =
      "update auth.users set phone = nullif(?, ''), updated_at = ? where id = ?";
  private static final String PASSWORD =
      """
      update auth.users set encrypted_password = nullif(?, ''), confirmation_token = '',
          confirmation_sent_at = null, recovery_token = '', recovery_sent_at = null,
          email_change_token_current = '', email_change_token_new = '',
          email_change_sent_at = null, phone_change_token = '', phone_change_sent_at = null,
          reauthentication_token = '', reauthentication_sent_at = null, updated_at = ?
       where id = ?
      """;
  private static final String USER_METADATA =
      "update auth.users set raw_user_meta_data = ?::jsonb, updated_at = ? where id = ?";
  private static final String APP_METADATA =
      "update auth.users set raw_app_meta_data = ?::jsonb, updated_at = ? where id = ?";
  private static final String CONFIRM =
      """
      update auth.users set confirmation_token = '', email_confirmed_at = ?, updated_at = ?
       where id = ?
      """;
  private static final String CONFIRM_PHONE =
      """
      update auth.users set confirmation_token = '', phone_confirmed_at = ?, updated_at = ?
       where id = ?
      """;
  private static final String CONFIRM_EMAIL_CHANGE =
      """
      update auth.users set email = email_change, email_change = '',
          email_change_token_current = '', email_change_token_new = '',
          email_change_confirm_status = 0, is_anonymous = false, updated_at = ?
       where id = ?
      """;
  private static final String CONFIRM_PHONE_CHANGE =
      """
      update auth.users set phone = ?, phone_change = '', phone_change_token = '',
          phone_confirmed_at = ?, updated_at = ?
       where id = ?
      """;
  private static final String WITHOUT_PASSWORD =
      "update auth.users set encrypted_password = null, updated_at = ? where id = ?";
  private static final String UNCONFIRM =
      "update auth.users set email_confirmed_at = null, updated_at = ? where id = ?";
  private static final String UNCONFIRM_PHONE =
      "update auth.users set phone_confirmed_at = null, updated_at = ? where id = ?";
  private static final String FORGET_PENDING =
      """
      update auth.users set confirmation_token = '', confirmation_sent_at = null,
          recovery_token = '', recovery_sent_at = null, email_change = '',
          email_change_token_current = '', email_change_token_new = '',
          email_change_sent_at = null, email_change_confirm_status = 0, phone_change = '',
          phone_change_token = '', phone_change_sent_at = null, reauthentication_token = '',
          reauthentication_sent_at = null, updated_at = ?
       where id = ?
      """;
  private static final String RECOVERED =
      "update auth.users set recovery_token = '', updated_at = ? where id = ?";
  private static final String REAUTHENTICATED =
      "update auth.users set reauthentication_token = '', updated_at = ? where id = ?";
  private static final String SIGNED_IN =
      "update auth.users set last_sign_in_at = ?, updated_at = ? where id = ?";
  private static final String BAN =
      "update auth.users set banned_until = ?, updated_at = ? where id = ?";
  private static final String NOT_ANONYMOUS =
      "update auth.users set is_anonymous = false, updated_at = ? where id = ?";
  private static final String HALF_CHANGED_CURRENT =
      """
      update auth.users set email_change_confirm_status = 1, email_change_token_current = '',
          updated_at = ?
       where id = ?
      """;
  private static final String HALF_CHANGED_NEW =
      """
      update auth.users set email_change_confirm_status = 1, email_change_token_new = '',
          updated_at = ?
       where id = ?
      """;
  private static final String SOFT_DELETE =
      """
      update auth.users set email = nullif(?, ''), phone = nullif(?, ''), email_change = ?,
          phone_change = ?, encrypted_password = null, confirmation_token = '',
          recovery_token = '', email_change_token_current = '', email_change_token_new = '',
          phone_change_token = '', raw_user_meta_data = '{}', raw_app_meta_data = '{}',
          deleted_at = ?, updated_at = ?
       where id = ?
      """;
  private static final String SOFT_DELETE_IDENTITIES =
      """
      update auth.identities set identity_data = '{}',
          provider_id = encode(sha256(convert_to(user_id || provider_id, 'UTF8')), 'hex')
       where user_id = ?
      """;
  private static final String DELETE_FACTORS = "delete from auth.mfa_factors where user_id = ?";
  private static final String DELETE = "delete from auth.users where id = ?";
  private static final String PROVIDERS =
      """
      select provider from auth.identities where user_id = ?
       group by provider order by min(created_at), provider
      """;

  private final Transaction tx;
  private final Instant now;

  UserChanges(Transaction tx, Instant now) {
    this.tx = tx;
    this.now = now;
  }

  /// What a new User is made of.
  ///
  /// @param passwordHash empty when there is no password
  record NewUser(
      UUID id,
      String aud,
      String email,
      String phone,
      String passwordHash,
      Map<String, Object> appMetadata,
      Map<String, Object> userMetadata,
      boolean anonymous) {}

  /// Inserts the row, then sets its role as GoTrue does: an App's triggers see an insert without a
  /// role and an update that sets it.
  ///
  /// @throws AuthError 500 "Database error saving new user" when the database or a trigger of the
  ///   App refuses the row
  User create(NewUser user, String role) {
    try {
      tx.run(
          INSERT,
          Users.INSTANCE,
          user.id(),
          user.aud(),
          user.email().toLowerCase(Locale.ROOT),
          user.phone(),
          user.passwordHash(),
          user.appMetadata(),
          user.userMetadata(),
          user.anonymous(),
          now,
          now);
    } catch (PostgresException e) {
      throw AuthError.internal("Database error saving new user", e);
    }
    try {
      tx.run(ROLE, role, now, user.id());
    } catch (PostgresException e) {
      throw AuthError.internal("Database error updating user", e);
    }
    return Users.reload(tx, user.id());
  }

  void role(UUID user, String role) {
    tx.run(ROLE, role.strip(), now, user);
  }

  void email(UUID user, String email) {
    tx.run(EMAIL, email, now, user);
  }

  void phone(UUID user, String phone) {
    tx.run(PHONE, phone, now, user);
  }

  /// Sets the password and forgets every mailed token: who changes a password may no longer trust
  /// what was asked for under the old one.
  void password(UUID user, String hash) {
    tx.run(PASSWORD, hash, now, user);
    OneTimeTokens.clear(tx, user);
  }

  /// Merges the data in; a null removes its key.
  void userMetadata(User user, Map<String, Object> updates) {
    tx.run(USER_METADATA, merged(user.userMetadata(), updates), now, user.id());
  }

  /// Merges the data in; a null removes its key.
  void appMetadata(User user, Map<String, Object> updates) {
    tx.run(APP_METADATA, merged(user.appMetadata(), updates), now, user.id());
  }

  /// Writes the providers of the User's identities into its app metadata.
  void appMetadataProviders(UUID user) {
    var providers = tx.all(PROVIDERS, row -> row.getString(1), user);
    var updates = new LinkedHashMap<String, Object>();
    updates.put("providers", providers);
    if (!providers.isEmpty()) {
      updates.put("provider", providers.getFirst());
    }
    appMetadata(Users.reload(tx, user), updates);
  }

  void confirm(User user) {
    tx.run(CONFIRM, now, now, user.id());
    userMetadata(Users.reload(tx, user.id()), Map.of("email_verified", true));
    OneTimeTokens.clear(tx, user.id());
  }

  void confirmPhone(User user) {
    tx.run(CONFIRM_PHONE, now, now, user.id());
    OneTimeTokens.clear(tx, user.id());
  }

  /// The pending address becomes the User's.
  void confirmEmailChange(User user) {
    tx.run(CONFIRM_EMAIL_CHANGE, now, user.id());
    OneTimeTokens.clear(tx, user.id());
    if (!user.isEmailConfirmed()) {
      confirm(user);
    }
  }

  /// The number becomes the User's.
  void confirmPhoneChange(UUID user, String phone) {
    tx.run(CONFIRM_PHONE_CHANGE, phone, now, now, user);
    OneTimeTokens.clear(tx, user);
  }

  void recovered(UUID user) {
    tx.run(RECOVERED, now, user);
    OneTimeTokens.clear(tx, user);
  }

  void reauthenticated(UUID user) {
    tx.run(REAUTHENTICATED, now, user);
    OneTimeTokens.clear(tx, user);
  }

  /// Nobody enters by a password any more.
  void withoutPassword(UUID user) {
    tx.run(WITHOUT_PASSWORD, now, user);
  }

  /// What was mailed before no longer opens anything.
  void forgetPending(UUID user) {
    tx.run(FORGET_PENDING, now, user);
    OneTimeTokens.clear(tx, user);
  }

  void unconfirm(User user) {
    tx.run(UNCONFIRM, now, user.id());
    userMetadata(user, Map.of("email_verified", false));
  }

  void unconfirmPhone(UUID user) {
    tx.run(UNCONFIRM_PHONE, now, user);
  }

  void signedIn(UUID user) {
    tx.run(SIGNED_IN, now, now, user);
  }

  void notAnonymous(UUID user) {
    tx.run(NOT_ANONYMOUS, now, user);
  }

  /// @param until null lifts the ban
  void ban(UUID user, @Nullable Instant until) {
    tx.run(BAN, until, now, user);
  }

  /// One of two addresses of an e-mail change is confirmed.
  void emailChangeHalfConfirmed(UUID user, boolean isCurrent) {
    tx.run(isCurrent ? HALF_CHANGED_CURRENT : HALF_CHANGED_NEW, now, user);
  }

  /// Keeps the row for the App's foreign keys, with what identifies the person obscured.
  void softDelete(User user, BiFunction<User, String, String> obscured) {
    tx.run(
        SOFT_DELETE,
        obscured.apply(user, user.email()),
        obscured.apply(user, user.phone()),
        obscured.apply(user, user.pending().newEmail()),
        obscured.apply(user, user.pending().newPhone()),
        now,
        now,
        user.id());
    tx.run(SOFT_DELETE_IDENTITIES, user.id());
    tx.run(DELETE_FACTORS, user.id());
    OneTimeTokens.clear(tx, user.id());
  }

  void delete(UUID user) {
    tx.run(DELETE, user);
  }

  private static Map<String, Object> merged(
      Map<String, Object> before, Map<String, Object> updates) {
    var after = new LinkedHashMap<>(before);
    updates.forEach((key, value) -> {
      if (value == null) {
        after.remove(key);
      } else {
        after.put(key, value);
      }
    });
    return after;
  }
}
