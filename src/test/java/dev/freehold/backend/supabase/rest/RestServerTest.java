package dev.freehold.backend.supabase.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.Verified;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.postgres.wire.LaneLimits;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What holds across requests: reloading, a database that goes away, settings, isolation.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestServerTest {
  private static final LaneLimits LIMITS = new LaneLimits(4, Duration.ofSeconds(3));

  private RestFixture fixture;

  @BeforeAll
  void open() {
    fixture = new RestFixture(RestFixture.SETTINGS);
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  @Test
  void aNotificationMakesItReadTheSchemaAgain() throws Exception {
    assertThat(fixture.get("/clients?select=id,tasks(id)").status()).isEqualTo(400);
    TestPostgres.execute(
        fixture.database,
        """
        create table public.late (id int primary key, client_id int references public.clients);
        grant all on public.late to anon;
        notify pgrst, 'reload schema';
        """);
    awaitStatus("/clients?select=id,late(id)", 200);
  }

  @Test
  void aTableMadeWithoutNotifyingIsFoundOnceTheCacheIsASecondOld() throws Exception {
    assertThat(fixture.get("/clients").status()).isEqualTo(200);
    TestPostgres.execute(
        fixture.database,
        "create table public.unannounced (id int); grant all on public.unannounced to anon");
    Thread.sleep(Schemas.TRUSTED_FOR.plusMillis(50));
    assertThat(fixture.get("/unannounced").status()).isEqualTo(200);
  }

  @Test
  void whatWasLearnedOfAStatementIsNotHeldAgainstAChangedColumn() throws Exception {
    TestPostgres.execute(
        fixture.database,
        """
        create table public.learned (id int);
        insert into public.learned values (1);
        grant all on public.learned to anon;
        notify pgrst, 'reload schema';
        """);
    awaitStatus("/learned?id=eq.1", 200);
    for (int round = 0; round < 6; round++) {
      assertThat(RestFixture.text(fixture.get("/learned?id=eq.1"))).isEqualTo("[{\"id\":1}]");
    }
    TestPostgres.execute(
        fixture.database, "alter table public.learned alter column id type text using 'x' || id");
    assertThat(RestFixture.text(fixture.get("/learned?id=eq.x1"))).isEqualTo("[{\"id\":\"x1\"}]");
    assertThat(RestFixture.text(fixture.get("/learned?id=eq.1"))).isEqualTo("[]");
  }

  @Test
  void connectionsThatWereKilledAreReplaced() throws Exception {
    for (int round = 0; round < 3; round++) {
      assertThat(fixture.get("/clients").status()).isEqualTo(200);
      TestPostgres.execute(
          fixture.database,
          "select pg_terminate_backend(pid) from pg_stat_activity"
              + " where datname = current_database() and usename = 'authenticator'");
      awaitStatus("/clients", 200);
    }
    TestPostgres.execute(
        fixture.database,
        "create table public.afterwards (id int); grant all on public.afterwards to anon");
    Thread.sleep(Schemas.TRUSTED_FOR.plusMillis(50));
    assertThat(fixture.get("/afterwards").status()).isEqualTo(200);
  }

  @Test
  void rolesAndClaimsNeverLeakBetweenRequests() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers =
          IntStream.range(0, 300).mapToObj(i -> threads.submit(() -> own(i % 3))).toList();
      for (var answer : answers) {
        assertThat(answer.get()).isTrue();
      }
    }
  }

  private boolean own(int who) {
    var token = List.of("authenticated:u1", "authenticated:u2", "anon:u3").get(who);
    var body =
        RestFixture.text(fixture.get("/notes?select=note", "Authorization", "Bearer " + token));
    var failed = fixture.get("/secrets", "Authorization", "Bearer " + token).status();
    return failed >= 401
        && body.equals(List.of("[{\"note\":\"mine\"}]", "[{\"note\":\"theirs\"}]", "[]").get(who));
  }

  @Test
  void aWriteThatIsRefusedLeavesNothingBehind() {
    fixture.send("DELETE", "/logs?at=gt.0", "", "Prefer", "handling=strict, max-affected=1");
    assertThat(RestFixture.text(fixture.get("/logs?select=at&order=at")))
        .isEqualTo("[{\"at\":1}, \n {\"at\":2}]");
  }

  @Test
  void noMoreThanMaxRowsAreReadAtAnyLevel() {
    var settings = new RestSettings(List.of("public"), List.of(), "anon", 1, false);
    try (var server = new RestServer(settings, fixture.pool, LIMITS, _ -> bad(), Events.NONE)) {
      var answer = server.handle(request("/clients", "select=id,projects(id)&order=id&limit=5"));
      assertThat(RestFixture.text(answer)).isEqualTo("[{\"id\":1,\"projects\":[{\"id\": 1}]}]");
      assertThat(answer.headers().has("Content-Profile")).isFalse();
    }
  }

  @Test
  void aggregatesWorkWhenTheyAreAllowed() {
    var settings = new RestSettings(List.of("public"), List.of(), "anon", 0, true);
    try (var server = new RestServer(settings, fixture.pool, LIMITS, _ -> bad(), Events.NONE)) {
      var all = server.handle(request("/tasks", "select=count(),id.sum(),top:id.max()::text"));
      assertThat(RestFixture.text(all)).isEqualTo("[{\"count\":4,\"sum\":10,\"top\":\"4\"}]");
      var grouped = server.handle(request("/tasks", "select=project_id,count()&order=project_id"));
      assertThat(RestFixture.text(grouped))
          .isEqualTo(
              "[{\"project_id\":1,\"count\":2}, \n {\"project_id\":2,\"count\":1}, \n"
                  + " {\"project_id\":3,\"count\":1}]");
      var embedded = server.handle(request("/clients", "select=name,projects(id.sum())&order=id"));
      assertThat(RestFixture.text(embedded))
          .isEqualTo(
              "[{\"name\":\"Microsoft\",\"projects\":[{\"sum\": 3}]}, \n"
                  + " {\"name\":\"Apple\",\"projects\":[{\"sum\": 7}]}]");
    }
  }

  @Test
  void withoutAnAnonymousRoleATokenIsNeeded() {
    var settings = new RestSettings(List.of("public"), List.of(), "", 0, false);
    try (var server = new RestServer(settings, fixture.pool, LIMITS, _ -> bad(), Events.NONE)) {
      var answer = server.handle(request("/clients", ""));
      assertThat(answer.status()).isEqualTo(401);
      assertThat(RestFixture.text(answer)).contains("PGRST302", "Anonymous access is disabled");
      assertThat(answer.headers().first("WWW-Authenticate")).contains("Bearer");
    }
  }

  @Test
  void aDatabaseThatIsDownIsNoSchemaCache() throws IOException {
    int port;
    try (var socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    var nowhere = new Database("127.0.0.1", port, "none", "none", "");
    var limits = new PoolLimits(1, Duration.ofMillis(300));
    try (var pool = Pool.open(nowhere, limits);
        var server = new RestServer(RestFixture.SETTINGS, pool, LIMITS, _ -> bad(), Events.NONE)) {
      var answer = server.handle(request("/clients", ""));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(RestFixture.text(answer)).contains("PGRST002");
    }
  }

  private void awaitStatus(String target, int status) throws InterruptedException {
    int seen = 0;
    for (int attempt = 0; attempt < 100 && seen != status; attempt++) {
      seen = fixture.get(target).status();
      if (seen != status) {
        Thread.sleep(50);
      }
    }
    assertThat(seen).isEqualTo(status);
  }

  private static Verified bad() {
    return new Verified.Bad(Verified.Why.MALFORMED, "Expected 3 parts in JWT; got 1");
  }

  private static Request request(String path, String query) {
    return new Request(
        "GET", path, query, "http", "app.localhost", "127.0.0.1", Headers.EMPTY, new byte[0]);
  }
}
