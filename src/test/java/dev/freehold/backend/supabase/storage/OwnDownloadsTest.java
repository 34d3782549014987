package dev.freehold.backend.supabase.storage;

import static dev.freehold.testing.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.RolePasswords;
import dev.freehold.http.Headers;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.http.Request;
import dev.freehold.objectstore.FolderStore;
import dev.freehold.objectstore.GrowingFiles;
import dev.freehold.objectstore.Staging;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.testing.TestPostgres;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Downloads that policies have a say in, asked many on one connection without a thread that waits:
/// each caller is told his own, each time anew, whatever becomes of connections and statements.
class OwnDownloadsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ANNA = "6f0f7f0e-0000-4000-8000-00000000000a";
  private static final String BERT = "6f0f7f0e-0000-4000-8000-00000000000b";
  private static final int CONNECTIONS = 2;
  private static final Duration WAIT = Duration.ofMillis(400);

  /// All connections of the server's but the one that listens.
  private static final String CUT =
      "select pg_terminate_backend(pid) from pg_stat_activity where"
          + " usename = 'supabase_storage_admin' and datname = current_database()"
          + " and application_name <> 'freehold listener'";

  @TempDir Path folder = Path.of("");
  private final Database database = TestPostgres.create();
  private final EnvironmentKeys keys = EnvironmentKeys.generate(Clock.systemUTC());
  private final HttpClient http = HttpClient.newHttpClient();
  private final KnownObjects known = new KnownObjects(Ticker.systemTicker());
  private HttpEngine engine;
  private Pool pool;
  private ChangeWatch watch;
  private StorageDatabase rows;
  private StorageServer server;
  private Listener listener;

  @BeforeEach
  void start() throws Exception {
    Prelude.apply(database, new RolePasswords("", "", "", "", ""));
    sql(
        """
        insert into storage.buckets (id, name) values ('p', 'p');
        create table public.doors (name text primary key, open boolean not null);
        grant select on public.doors to authenticated;
        insert into public.doors values ('hall', true);
        create policy own on storage.objects for select to authenticated
          using (owner_id = (select auth.uid()::text) and not starts_with(name, 'door'));
        create policy door on storage.objects for select to authenticated
          using (name = 'door-table' and exists (select from public.doors where open));
        create policy word on storage.objects for select to authenticated using (
          name = 'door-word' and current_setting('request.headers')::json ->> 'x-word' = 'sesame');
        """);
    engine = HttpEngine.start(event -> {});
    pool = Pool.open(database.as("supabase_storage_admin", ""), new PoolLimits(CONNECTIONS, WAIT));
    watch = new ChangeWatch(pool, known);
    rows = new StorageDatabase(pool, known);
    server =
        new StorageServer(
            StorageSettings.DEFAULT,
            rows,
            new StorageServer.Memory(known, watch, engine.files()),
            keys.jwt(),
            S3Credentials.of(keys.jwt(), keys.api()),
            new FolderStore(folder.resolve("objects")),
            new Staging(folder.resolve("incoming")),
            new GrowingFiles(folder.resolve("resumable")),
            Optional.empty(),
            Clock.systemUTC(),
            event -> {});
    listener = engine.listen(ListenSpec.tcp("127.0.0.1", 0), server);
    for (var name : List.of("anna", "bert", "door-table", "door-word")) {
      put(name, name + "'s");
    }
    sql("update storage.objects set owner_id = '%s' where name = 'anna'".formatted(ANNA));
    sql("update storage.objects set owner_id = '%s' where name = 'bert'".formatted(BERT));
  }

  @AfterEach
  void stop() {
    listener.close();
    watch.close();
    engine.close();
    rows.close();
    pool.close();
    http.close();
  }

  @Test
  void manyCallersShareConnectionsAndEachIsToldHisOwn() throws Exception {
    untilQuick("anna", ANNA);
    untilQuick("bert", BERT);
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    var readers =
        IntStream.range(0, 8)
            .mapToObj(n -> Thread.ofVirtual().start(() -> read(n % 2 == 0, 150, wrong)))
            .toList();
    for (var reader : readers) {
      reader.join();
    }
    assertThat(wrong).isEmpty();
    var large = get("/object/p/anna", ANNA, "Range", "bytes=90-");
    assertThat(large.statusCode()).isEqualTo(400);
    assertThat(get("/object/p/anna", ANNA, "Range", "bytes=0-1").body()).isEqualTo("an");
    assertThat(get("/object/authenticated/p/anna", "").statusCode()).isEqualTo(400);
    assertThat(get("/object/p/anna", "").statusCode()).isEqualTo(400);
  }

  private void read(boolean anna, int times, Queue<String> wrong) {
    try {
      for (int i = 0; i < times; i++) {
        var own = get("/object/p/" + (anna ? "anna" : "bert"), anna ? ANNA : BERT);
        if (own.statusCode() != 200 || !own.body().equals(anna ? "anna's" : "bert's")) {
          wrong.add("own: " + own.statusCode() + " " + own.body());
        }
        var other = get("/object/authenticated/p/" + (anna ? "bert" : "anna"), anna ? ANNA : BERT);
        if (other.statusCode() != 400 || !other.body().contains("NoSuchKey")) {
          wrong.add("other's: " + other.statusCode() + " " + other.body());
        }
      }
    } catch (Exception e) {
      wrong.add(e.toString());
    }
  }

  @Test
  void policiesAreAskedEachTime() throws Exception {
    sql("update storage.objects set owner_id = '%s' where name = 'door-word'".formatted(ANNA));
    untilQuick("door-table", ANNA);
    for (int i = 0; i < 20; i++) {
      sql("update public.doors set open = " + (i % 2 == 0));
      assertThat(get("/object/p/door-table", ANNA).statusCode()).isEqualTo(i % 2 == 0 ? 200 : 400);
    }
    untilKnown("door-word");
    for (int i = 0; i < 20; i++) {
      var word = i % 2 == 0 ? "sesame" : "barley";
      assertThat(get("/object/p/door-word", ANNA, "x-word", word).statusCode())
          .isEqualTo(i % 2 == 0 ? 200 : 400);
    }
  }

  @Test
  void noReaderHearsOfConnectionsThatAreCut() throws Exception {
    untilQuick("anna", ANNA);
    var end = new AtomicBoolean();
    var reads = new AtomicInteger();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    var reader =
        Thread.ofVirtual()
            .start(() -> {
              while (!end.get()) {
                try {
                  var answer = get("/object/p/anna", ANNA);
                  reads.incrementAndGet();
                  if (answer.statusCode() != 200) {
                    wrong.add(answer.statusCode() + " " + answer.body());
                  }
                } catch (Exception e) {
                  wrong.add(e.toString());
                }
              }
            });
    for (int i = 0; i < 15; i++) {
      sql(CUT);
      Thread.sleep(30);
    }
    end.set(true);
    reader.join();
    assertThat(wrong).isEmpty();
    assertThat(reads.get()).isGreaterThan(15);
    untilQuick("anna", ANNA);
    assertThat(get("/object/p/anna", ANNA).statusCode()).isEqualTo(200);
  }

  @Test
  void aQuestionInTheMiddleOfWhichTheConnectionIsCutIsAskedAgain() throws Exception {
    untilQuick("anna", ANNA);
    sql(
        """
        create sequence public.asked;
        grant usage on sequence public.asked to authenticated;
        create function public.slow_at_first() returns boolean language plpgsql volatile as
          $$ begin if nextval('public.asked') = 1 then perform pg_sleep(20); end if; return true; end $$;
        create policy slow on storage.objects as restrictive for select to authenticated
          using (public.slow_at_first());
        """);
    var answer = CompletableFuture.supplyAsync(() -> anna());
    sql(
        """
        do $$ begin
          while not exists (select from pg_stat_activity where wait_event = 'PgSleep') loop
            perform pg_sleep(0.01), pg_stat_clear_snapshot();
          end loop;
        end $$
        """);
    sql(CUT);
    assertThat(answer.get(15, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void statementsOutliveChangesOfTheirTable() throws Exception {
    untilQuick("anna", ANNA);
    sql("alter table storage.objects alter column version type varchar(200)");
    assertThat(anna().statusCode()).isEqualTo(200);
    sql("alter table storage.objects add column more text");
    assertThat(anna().statusCode()).isEqualTo(200);
    sql("drop policy own on storage.objects");
    assertThat(anna().body()).contains("NoSuchKey");
    sql("create policy own on storage.objects for select to authenticated using (true)");
    assertThat(anna().statusCode()).isEqualTo(200);
    sql("alter table storage.objects rename column version to version_1");
    assertThat(anna().body()).contains("DatabaseSchemaMismatch");
    sql("alter table storage.objects rename column version_1 to version");
    assertThat(anna().statusCode()).isEqualTo(200);
  }

  @Test
  void slowPoliciesHoldUpNobodyElseAndWaitNoLongerThanTheyMay() throws Exception {
    untilQuick("anna", ANNA);
    put("slow", "slow");
    sql(
        """
        create policy slow on storage.objects for select to authenticated
          using (name = 'slow' and pg_sleep(2) is not null);
        """);
    untilKnown("slow");
    var slow =
        IntStream.range(0, 6)
            .mapToObj(_ -> CompletableFuture.supplyAsync(() -> send("/object/p/slow", ANNA)))
            .toList();
    var statuses = new ArrayList<Integer>();
    for (var answer : slow) {
      statuses.add(answer.get(30, TimeUnit.SECONDS).statusCode());
    }
    assertThat(statuses).contains(200, 429).containsOnly(200, 429);
    assertThat(anna().statusCode()).isEqualTo(200);
  }

  /// Until a download is answered without a thread.
  private void untilQuick(String name, String user) throws Exception {
    var head =
        new Request(
            "GET",
            "/object/p/" + name,
            "",
            "http",
            "x",
            "",
            Headers.of("Authorization", "Bearer " + token(user)),
            new byte[0]);
    until(
        PATIENCE,
        () ->
            get("/object/p/" + name, user).statusCode() == 200
                && server.atOnce(head, Runnable::run) != null);
  }

  private void untilKnown(String name) throws Exception {
    until(
        PATIENCE,
        () -> {
          send("/object/p/" + name, "none");
          return known.find("p", name).isPresent();
        });
  }

  private HttpResponse<String> anna() {
    return send("/object/p/anna", ANNA);
  }

  private HttpResponse<String> get(String path, String user, String... fields) {
    return send(path, user, fields);
  }

  private String token(String user) {
    return keys.jwt()
        .signLegacy(Map.of("role", "authenticated", "sub", user, "exp", 4_000_000_000L));
  }

  private HttpResponse<String> send(String path, String user, String... fields) {
    var request = HttpRequest.newBuilder(uri(path));
    if (!user.isEmpty()) {
      request.header("Authorization", "Bearer " + token(user));
    }
    if (fields.length > 0) {
      request.headers(fields);
    }
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void put(String name, String body) throws Exception {
    var request =
        HttpRequest.newBuilder(uri("/object/p/" + name))
            .header("Authorization", "Bearer " + keys.api().serviceRole())
            .POST(HttpRequest.BodyPublishers.ofString(body));
    assertThat(http.send(request.build(), HttpResponse.BodyHandlers.ofString()).statusCode())
        .isEqualTo(200);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + listener.port() + path);
  }

  private void sql(String text) {
    TestPostgres.execute(database, text);
  }
}
