package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.auth.hook.HookSettings;
import dev.freehold.backend.supabase.auth.provider.ExternalSettings;
import dev.freehold.backend.supabase.auth.provider.Providers;
import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.telemetry.Event;
import dev.freehold.testing.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An auth server on a real database, with a clock the test moves and a mailbox it reads.
final class AuthFixture implements AutoCloseable {
  private static final String ROLES =
      """
      do $$
      declare
        wanted text;
      begin
        perform pg_advisory_lock(4711);
        foreach wanted in array array['anon', 'authenticated', 'service_role', 'postgres',
            'dashboard_user', 'supabase_auth_admin'] loop
          if not exists (select from pg_roles where rolname = wanted) then
            execute format('create role %I login noinherit', wanted);
          end if;
        end loop;
        perform pg_advisory_unlock(4711);
      end
      $$
      """;
  private static final JsonMapper JSON = JsonMapper.shared();

  /// The number that no carrier reaches.
  static final String UNREACHABLE = "491999";

  final Database database = TestPostgres.create();
  final MovingClock clock = new MovingClock();
  final LocalMailbox mailbox = new LocalMailbox();
  final List<Event> events = Collections.synchronizedList(new ArrayList<>());
  final EnvironmentKeys keys = EnvironmentKeys.generate(clock);
  final List<TextMessage> texts = Collections.synchronizedList(new ArrayList<>());
  final AuthSettings settings;
  final Providers providers;
  final AuthServer server;
  private final Pool pool;

  AuthFixture(UnaryOperator<AuthSettings> change) {
    this(change, ExternalSettings.NONE);
  }

  AuthFixture(UnaryOperator<AuthSettings> change, ExternalSettings external) {
    this(change, external, HookSettings.NONE, Set.of(), Optional.empty());
  }

  /// @param mailer takes the mails instead of [#mailbox]
  AuthFixture(
      UnaryOperator<AuthSettings> change,
      ExternalSettings external,
      HookSettings hooks,
      Set<String> notices,
      Optional<Mailer> mailer) {
    providers = new Providers(external, clock);
    TestPostgres.execute(database, ROLES);
    TestPostgres.execute(database, schema());
    settings = change.apply(AuthSettings.at("https://shop.example.com"));
    pool = Pool.open(database.as("supabase_auth_admin", ""), PoolLimits.DEFAULT);
    server =
        new AuthServer(
            settings,
            new AuthServer.Additions(providers, hooks, notices, Optional.of(this::keep)),
            pool,
            keys.jwt(),
            mailer.orElse(mailbox),
            clock,
            events::add);
  }

  private String keep(TextMessage text) {
    if (text.phone().equals(UNREACHABLE)) {
      throw new TextFailed("nobody");
    }
    texts.addFirst(text);
    return "message-" + texts.size();
  }

  static AuthFixture withDefaults() {
    return new AuthFixture(settings -> settings);
  }

  /// Addresses must be confirmed by mail.
  static AuthFixture withConfirmation() {
    return new AuthFixture(
        settings -> settings.withAccounts(new AuthSettings.Accounts(false, true, false, false)));
  }

  static String schema() {
    try (var stream =
        AuthServer.class.getResourceAsStream("/dev/freehold/backend/supabase/auth.sql")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
    pool.close();
  }

  /// An answer, taken apart.
  record Answer(int status, Headers headers, String body) {
    JsonNode json() {
      return JSON.readTree(body);
    }

    String text(String pointer) {
      return json().at(pointer).asString("");
    }

    String location() {
      return headers.first("Location").orElse("");
    }
  }

  Answer post(String path, String body, String... headers) {
    return send("POST", path, body, headers);
  }

  Answer get(String path, String... headers) {
    return send("GET", path, "", headers);
  }

  Answer send(String method, String path, String body, String... headers) {
    int mark = path.indexOf('?');
    var request =
        new Request(
            method,
            mark < 0 ? path : path.substring(0, mark),
            mark < 0 ? "" : path.substring(mark + 1),
            "https",
            "shop.example.com",
            "127.0.0.1",
            Headers.of(headers),
            body.getBytes(StandardCharsets.UTF_8));
    return answer(server.handle(request));
  }

  private static Answer answer(Response response) {
    var text =
        switch (response.body()) {
          case Body.Bytes bytes -> new String(bytes.bytes(), StandardCharsets.UTF_8);
          case Body.Shared _, Body.Stream _, Body.File _, Body.Socket _ ->
              throw new IllegalStateException("bytes only here");
        };
    return new Answer(response.status(), response.headers(), text);
  }

  Answer signUp(String email, String password) {
    return post("/signup", "{\"email\":\"" + email + "\",\"password\":\"" + password + "\"}");
  }

  Answer signIn(String email, String password) {
    return post(
        "/token?grant_type=password",
        "{\"email\":\"" + email + "\",\"password\":\"" + password + "\"}");
  }

  Answer refresh(String token) {
    return post("/token?grant_type=refresh_token", "{\"refresh_token\":\"" + token + "\"}");
  }

  static String[] bearer(String token) {
    return new String[] {"Authorization", "Bearer " + token};
  }

  String[] admin() {
    return bearer(keys.api().serviceRole());
  }

  /// The first column of the first row.
  String value(String sql) {
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), database.properties());
        var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "";
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void execute(String sql) {
    TestPostgres.execute(database, sql);
  }

  /// Stands still until it is moved.
  static final class MovingClock extends Clock {
    private volatile Instant now = Instant.parse("2026-11-21T03:00:00Z");

    void advance(Duration by) {
      now = now.plus(by);
    }

    @Override
    public Instant instant() {
      return now;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
