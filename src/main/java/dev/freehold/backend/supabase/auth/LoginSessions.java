package dev.freehold.backend.supabase.auth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/// Reads, makes and ends sessions.
final class LoginSessions {
  /// Sessions of one User that are looked at for the newest.
  private static final int MAX_COMPARED = 1_000;

  private static final String INSERT =
      """
      insert into auth.sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
      values (?, ?, ?, ?, 'aal1', nullif(?, ''), nullif(?, '')::inet)
      """;
  private static final String COLUMNS =
      """
      select id, user_id, created_at, not_after, refreshed_at at time zone 'utc' as refreshed_at,
             aal::text
        from auth.sessions
      """;
  private static final String BY_ID = COLUMNS + "where id = ?";
  private static final String OF_USER =
      COLUMNS + "where user_id = ? order by created_at desc limit " + MAX_COMPARED;
  private static final String METHODS =
      """
      select authentication_method, updated_at from auth.mfa_amr_claims
       where session_id = ? order by updated_at desc
      """;
  private static final String ADD_METHOD =
      """
      insert into auth.mfa_amr_claims
          (id, session_id, created_at, updated_at, authentication_method)
      values (?, ?, ?, ?, ?)
      on conflict on constraint mfa_amr_claims_session_id_authentication_method_pkey
      do update set updated_at = excluded.updated_at
      """;
  private static final String REFRESHED =
      """
      update auth.sessions set refreshed_at = ?::timestamptz at time zone 'utc',
          updated_at = ?, user_agent = nullif(?, ''), ip = nullif(?, '')::inet
       where id = ?
      """;
  private static final String END_ALL = "delete from auth.sessions where user_id = ?";
  private static final String END_ONE = "delete from auth.sessions where id = ?";
  private static final String END_OTHERS =
      "delete from auth.sessions where user_id = ? and id <> ?";

  private LoginSessions() {}

  static UUID create(Transaction tx, UUID user, String method, Device device, Instant now) {
    var id = UUID.randomUUID();
    tx.run(INSERT, id, user, now, now, device.userAgent(), device.address());
    addMethod(tx, id, method, now);
    return id;
  }

  static void addMethod(Transaction tx, UUID session, String method, Instant now) {
    tx.run(ADD_METHOD, UUID.randomUUID(), session, now, now, method);
  }

  static Optional<LoginSession> byId(Transaction tx, UUID id) {
    return tx.one(BY_ID, LoginSessions::read, id)
        .map(session ->
            new LoginSession(
                session.id(),
                session.userId(),
                session.createdAt(),
                session.notAfter(),
                session.refreshedAt(),
                session.aal(),
                tx.all(METHODS, LoginSessions::readMethod, id)));
  }

  /// The User's sessions, newest first, without how they were proved.
  static List<LoginSession> ofUser(Transaction tx, UUID user) {
    return tx.all(OF_USER, LoginSessions::read, user);
  }

  static void refreshed(Transaction tx, UUID session, Device device, Instant now) {
    tx.run(REFRESHED, now, now, device.userAgent(), device.address(), session);
  }

  static void endAll(Transaction tx, UUID user) {
    tx.run(END_ALL, user);
  }

  static void end(Transaction tx, UUID session) {
    tx.run(END_ONE, session);
  }

  static void endOthers(Transaction tx, UUID user, UUID session) {
    tx.run(END_OTHERS, user, session);
  }

  private static LoginSession read(ResultSet row) throws SQLException {
    return new LoginSession(
        row.getObject("id", UUID.class),
        row.getObject("user_id", UUID.class),
        Objects.requireNonNullElse(Users.time(row, "created_at"), Instant.EPOCH),
        Users.time(row, "not_after"),
        Users.time(row, "refreshed_at"),
        Objects.requireNonNullElse(row.getString("aal"), "aal1"),
        List.of());
  }

  private static LoginSession.Method readMethod(ResultSet row) throws SQLException {
    return new LoginSession.Method(
        row.getString("authentication_method"),
        Objects.requireNonNull(Users.time(row, "updated_at")));
  }
}
