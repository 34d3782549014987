package dev.freehold.backend.supabase.auth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds Users and reads their rows. Writing is with what is written: [UserChanges].
final class Users {
  /// The instance of every row; GoTrue once served many.
  static final UUID INSTANCE = new UUID(0, 0);

  private static final String COLUMNS =
      """
      select id, aud, role, email, phone, encrypted_password, created_at, updated_at, invited_at,
             email_confirmed_at, phone_confirmed_at, confirmed_at, confirmation_sent_at,
             recovery_sent_at, email_change_sent_at, phone_change_sent_at,
             reauthentication_sent_at, last_sign_in_at, banned_until, deleted_at,
             confirmation_token, recovery_token, email_change_token_current,
             email_change_token_new, email_change_confirm_status, reauthentication_token,
             email_change, phone_change, phone_change_token, raw_app_meta_data,
             raw_user_meta_data, is_sso_user, is_anonymous
        from auth.users
      """;
  private static final String BY_ID = COLUMNS + " where instance_id = ? and id = ?";
  private static final String BY_EMAIL =
      COLUMNS
          + " where instance_id = ? and lower(email) = ? and aud = ? and is_sso_user = false"
          + " order by created_at limit 1";
  private static final String BY_PHONE =
      COLUMNS
          + " where instance_id = ? and phone = ? and aud = ? and is_sso_user = false"
          + " order by created_at limit 1";
  private static final String BY_PHONE_CHANGE =
      COLUMNS
          + " where instance_id = ? and phone_change = ? and aud = ? and is_sso_user = false"
          + " order by phone_change_sent_at desc nulls last limit 1";
  private static final String LOCK = "select 1 from auth.users where id = ? for update skip locked";
  private static final String BY_ONE_TIME_TOKEN =
      """
      select user_id from auth.one_time_tokens
       where token_hash = ? and token_type::text = any (string_to_array(?, ','))
       limit 1
      """;
  private static final String IDENTITIES =
      """
      select id, provider_id, user_id, identity_data, provider, last_sign_in_at, created_at,
             updated_at, email
        from auth.identities where user_id = any (?) order by created_at, provider
      """;
  private static final String FACTORS =
      """
      select id, user_id, status::text, friendly_name, factor_type::text, phone,
             last_challenged_at, created_at, updated_at
        from auth.mfa_factors where user_id = any (?) order by created_at
      """;
  private static final String OWNER_OF_EMAIL =
      """
      select u.id
        from auth.identities i join auth.users u on u.id = i.user_id
       where i.email = ? and u.aud = ? and i.provider not like 'sso:%' and u.id <> ?
       order by u.created_at limit 1
      """;
  private static final String PAGE =
      COLUMNS
          + """
           where instance_id = ? and aud = ?
             and (? = '' or email like ? or raw_user_meta_data->>'full_name' ilike ?)
           order by created_at desc, id limit ? offset ?
          """;
  private static final String AFTER =
      COLUMNS + " where instance_id = ? and id > ? order by id limit ?";
  private static final String COUNT =
      """
      select count(*) from auth.users
       where instance_id = ? and aud = ?
         and (? = '' or email like ? or raw_user_meta_data->>'full_name' ilike ?)
      """;

  private Users() {}

  static Optional<User> byId(Transaction tx, UUID id) {
    return tx.one(BY_ID, Users::read, INSTANCE, id).map(user -> complete(tx, user));
  }

  /// The same User as the row is now. Fails when it is gone.
  static User reload(Transaction tx, UUID id) {
    return byId(tx, id).orElseThrow(() -> AuthError.internal("Database error loading user"));
  }

  /// Whether the row could be locked until the transaction ends.
  static boolean lock(Transaction tx, UUID id) {
    return tx.one(LOCK, row -> row.getInt(1), id).isPresent();
  }

  static Optional<User> byEmail(Transaction tx, String email, String aud) {
    return tx.one(BY_EMAIL, Users::read, INSTANCE, email.toLowerCase(Locale.ROOT), aud)
        .map(user -> complete(tx, user));
  }

  static Optional<User> byPhone(Transaction tx, String phone, String aud) {
    return tx.one(BY_PHONE, Users::read, INSTANCE, phone, aud).map(user -> complete(tx, user));
  }

  /// Who asked last for that number to become theirs.
  static Optional<User> byPhoneChange(Transaction tx, String phone, String aud) {
    return tx.one(BY_PHONE_CHANGE, Users::read, INSTANCE, phone, aud)
        .map(user -> complete(tx, user));
  }

  /// Whose one-time token this is.
  ///
  /// @param types of `auth.one_time_token_type`
  static Optional<User> byOneTimeToken(Transaction tx, String hash, List<String> types) {
    return tx.one(
            BY_ONE_TIME_TOKEN, row -> row.getObject(1, UUID.class), hash, String.join(",", types))
        .flatMap(id -> byId(tx, id));
  }

  /// Whose e-mail address this is, by identity or by row.
  ///
  /// @param but a User who may have it, when there is one
  static Optional<User> byAnyEmail(Transaction tx, String email, String aud, @Nullable User but) {
    var lower = email.toLowerCase(Locale.ROOT);
    var own = but == null ? INSTANCE : but.id();
    var owner = tx.one(OWNER_OF_EMAIL, row -> row.getObject(1, UUID.class), lower, aud, own);
    return owner.flatMap(id -> byId(tx, id)).or(() -> byEmail(tx, lower, aud));
  }

  /// One page of Users, newest first.
  static List<User> page(Transaction tx, String aud, String filter, int limit, long offset) {
    var like = "%" + filter + "%";
    return complete(
        tx, tx.all(PAGE, Users::read, INSTANCE, aud, filter, like, like, limit, offset));
  }

  /// The Users behind that id, by id.
  static List<User> after(Transaction tx, UUID id, int limit) {
    return complete(tx, tx.all(AFTER, Users::read, INSTANCE, id, limit));
  }

  static long count(Transaction tx, String aud, String filter) {
    var like = "%" + filter + "%";
    return tx.one(COUNT, row -> row.getLong(1), INSTANCE, aud, filter, like, like).orElse(0L);
  }

  private static User complete(Transaction tx, User user) {
    return complete(tx, List.of(user)).getFirst();
  }

  /// Adds the identities and factors, in two statements however many Users there are.
  private static List<User> complete(Transaction tx, List<User> users) {
    var ids = users.stream().map(User::id).toArray(UUID[]::new);
    var identities =
        tx.all(IDENTITIES, Users::readIdentity, (Object) ids).stream()
            .collect(Collectors.groupingBy(Identity::userId));
    var factors =
        tx.all(FACTORS, Users::readFactor, (Object) ids).stream()
            .collect(Collectors.groupingBy(Factor::userId));
    return users.stream()
        .map(user ->
            user.with(
                identities.getOrDefault(user.id(), List.of()),
                factors.getOrDefault(user.id(), List.of())))
        .toList();
  }

  private static User read(ResultSet row) throws SQLException {
    return new User(
        row.getObject("id", UUID.class),
        text(row, "aud"),
        text(row, "role"),
        text(row, "email"),
        text(row, "phone"),
        text(row, "encrypted_password"),
        readMoments(row),
        new User.Pending(
            text(row, "confirmation_token"),
            text(row, "recovery_token"),
            text(row, "email_change_token_current"),
            text(row, "email_change_token_new"),
            row.getInt("email_change_confirm_status"),
            text(row, "reauthentication_token"),
            text(row, "email_change"),
            text(row, "phone_change"),
            text(row, "phone_change_token")),
        json(row, "raw_app_meta_data"),
        json(row, "raw_user_meta_data"),
        row.getBoolean("is_sso_user"),
        row.getBoolean("is_anonymous"),
        List.of(),
        List.of());
  }

  private static User.Moments readMoments(ResultSet row) throws SQLException {
    return new User.Moments(
        time(row, "created_at"),
        time(row, "updated_at"),
        time(row, "invited_at"),
        time(row, "email_confirmed_at"),
        time(row, "phone_confirmed_at"),
        time(row, "confirmed_at"),
        time(row, "confirmation_sent_at"),
        time(row, "recovery_sent_at"),
        time(row, "email_change_sent_at"),
        time(row, "phone_change_sent_at"),
        time(row, "reauthentication_sent_at"),
        time(row, "last_sign_in_at"),
        time(row, "banned_until"),
        time(row, "deleted_at"));
  }

  private static Identity readIdentity(ResultSet row) throws SQLException {
    return new Identity(
        row.getObject("id", UUID.class),
        text(row, "provider_id"),
        row.getObject("user_id", UUID.class),
        json(row, "identity_data"),
        text(row, "provider"),
        time(row, "last_sign_in_at"),
        time(row, "created_at"),
        time(row, "updated_at"),
        text(row, "email"));
  }

  private static Factor readFactor(ResultSet row) throws SQLException {
    return new Factor(
        row.getObject("id", UUID.class),
        row.getObject("user_id", UUID.class),
        text(row, "status"),
        text(row, "friendly_name"),
        text(row, "factor_type"),
        text(row, "phone"),
        time(row, "last_challenged_at"),
        Objects.requireNonNull(time(row, "created_at")),
        Objects.requireNonNull(time(row, "updated_at")));
  }

  private static String text(ResultSet row, String column) throws SQLException {
    return Objects.requireNonNullElse(row.getString(column), "");
  }

  private static Map<String, Object> json(ResultSet row, String column) throws SQLException {
    return Json.object(row.getString(column));
  }

  static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    var at = row.getObject(column, OffsetDateTime.class);
    return at == null ? null : at.toInstant();
  }
}
