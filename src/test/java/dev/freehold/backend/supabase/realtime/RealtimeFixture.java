package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.RolePasswords;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.telemetry.Event;
import dev.freehold.testing.TestPostgres;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/// A Realtime server over a prepared database, on a port of its own.
final class RealtimeFixture implements AutoCloseable {
  static final RolePasswords PASSWORDS = new RolePasswords("p1", "p2", "p3", "p4", "p5");
  static final String ALICE = "11111111-1111-4111-8111-111111111111";
  static final String BOB = "22222222-2222-4222-8222-222222222222";

  final Database database;
  final EnvironmentKeys keys;
  final List<Event> events = new CopyOnWriteArrayList<>();
  private final HttpEngine engine;
  private final Pool pool;
  private final RealtimeServer server;
  private final Listener listener;

  private RealtimeFixture(
      Database database, EnvironmentKeys keys, RealtimeLimits limits, int replicationPort) {
    this.database = database;
    this.keys = keys;
    this.engine = HttpEngine.start(events::add);
    this.pool =
        Pool.open(database.as("authenticator", "p2"), new PoolLimits(4, Duration.ofSeconds(10)));
    this.server =
        new RealtimeServer(
            limits,
            new RealtimeServer.Ground(
                pool,
                log(database, replicationPort),
                keys.jwt().verifier(Clock.systemUTC()),
                keys.api(),
                Clock.systemUTC()),
            events::add);
    this.listener = engine.listen(ListenSpec.tcp("127.0.0.1", 0), server);
  }

  /// A new database with these tables of the app.
  static RealtimeFixture with(String sql) {
    return with(sql, RealtimeLimits.DEFAULT);
  }

  static RealtimeFixture with(String sql, RealtimeLimits limits) {
    return over(prepared(sql), EnvironmentKeys.generate(Clock.systemUTC()), limits);
  }

  static Database prepared(String sql) {
    var database = TestPostgres.create();
    Prelude.apply(database, PASSWORDS);
    if (!sql.isEmpty()) {
      TestPostgres.execute(Prelude.owner(database, PASSWORDS), sql);
    }
    return database;
  }

  static RealtimeFixture over(Database database, EnvironmentKeys keys, RealtimeLimits limits) {
    return new RealtimeFixture(database, keys, limits, database.port());
  }

  /// Whose way to the log leads over another port than the rest.
  static RealtimeFixture over(Database database, int replicationPort) {
    return new RealtimeFixture(
        database,
        EnvironmentKeys.generate(Clock.systemUTC()),
        RealtimeLimits.DEFAULT,
        replicationPort);
  }

  /// The way to a database's log.
  static Database log(Database database, int port) {
    return new Database(
        database.host(),
        port,
        database.name(),
        "supabase_replication_admin",
        "p5",
        Database.Tls.DISABLE);
  }

  static String endOfLog(Database database) {
    return TestPostgres.column(database, "select pg_current_wal_insert_lsn()").getFirst();
  }

  /// Whether the database may forget the log up to that position.
  static boolean confirms(Database database, String position) {
    var query =
        """
        select confirmed_flush_lsn >= '%s'::pg_lsn from pg_replication_slots
        where database = current_database()
        """;
    return TestPostgres.column(database, query.formatted(position)).equals(List.of("t"));
  }

  void sql(String sql) {
    TestPostgres.execute(database, sql);
  }

  int port() {
    return listener.port();
  }

  RealtimeServer server() {
    return server;
  }

  String anon() {
    return keys.api().anon();
  }

  String token(String user) {
    return token(user, Duration.ofHours(1));
  }

  String token(String user, Duration lifetime) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("sub", user);
    claims.put("role", "authenticated");
    claims.put("exp", Clock.systemUTC().instant().plus(lifetime).getEpochSecond());
    return keys.jwt().sign(claims);
  }

  RawSocket connect() {
    return RawSocket.open(port(), anon(), "2.0.0");
  }

  RawSocket connectOld() {
    return RawSocket.open(port(), anon(), "1.0.0");
  }

  @Override
  public void close() {
    server.close();
    listener.close();
    engine.close();
    pool.close();
  }
}
