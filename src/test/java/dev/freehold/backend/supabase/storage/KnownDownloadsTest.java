package dev.freehold.backend.supabase.storage;

import static dev.freehold.testing.Eventually.until;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.RolePasswords;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.objectstore.FolderStore;
import dev.freehold.objectstore.GrowingFiles;
import dev.freehold.objectstore.Staging;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Downloads from memory: the same answers as with the database asked, and never of a state that a
/// writer was told is over.
class KnownDownloadsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String SMALL = "/object/public/b/small.txt";
  private static final String LARGE = "/object/public/b/large.bin";

  /// Above what is held in memory.
  private static final int LARGE_BYTES = 600_000;

  @TempDir Path folder = Path.of("");
  private final Database database = TestPostgres.create();
  private final EnvironmentKeys keys = EnvironmentKeys.generate(Clock.systemUTC());
  private final HttpClient http = HttpClient.newHttpClient();
  private final KnownObjects known = new KnownObjects(Ticker.systemTicker());
  private HttpEngine engine;
  private Pool pool;
  private ChangeWatch watch;
  private StorageDatabase rows;
  private Listener listener;

  @BeforeEach
  void start() throws Exception {
    Prelude.apply(database, new RolePasswords("", "", "", "", ""));
    sql("insert into storage.buckets (id, name, public) values ('b', 'b', true)");
    engine = HttpEngine.start(event -> {});
    pool = Pool.open(database.as("supabase_storage_admin", ""), PoolLimits.DEFAULT);
    watch = new ChangeWatch(pool, known);
    rows = new StorageDatabase(pool, known);
    var server =
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
    put("/object/b/small.txt", "0");
    put("/object/b/large.bin", "x".repeat(LARGE_BYTES));
    until(
        PATIENCE, () -> get(SMALL).statusCode() == 200 && known.find("b", "small.txt").isPresent());
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
  void whatIsKnownIsAnsweredAsTheDatabaseWouldHaveIt() throws Exception {
    var link =
        keys.jwt()
            .signLegacy(
                java.util.Map.of(
                    "url", "b/small.txt", "scope", "storage:download", "exp", 4_000_000_000L));
    var etag = get(SMALL).headers().firstValue("ETag").orElseThrow();
    var dated = get(SMALL).headers().firstValue("Last-Modified").orElseThrow();
    var paths =
        List.of(
            SMALL,
            LARGE,
            "/object/b/small.txt",
            "/object/authenticated/b/large.bin",
            SMALL + "?download",
            LARGE + "?download=n%C3%A4me.txt",
            "/object/sign/b/small.txt?token=" + link,
            "/object/sign/b/small.txt?token=no",
            "/object/sign/b/large.bin?token=" + link,
            "/object/public/b/none",
            "/object/public/none/small.txt",
            "/object/public/b/sm%61ll.txt",
            "/object/public/b%2Fsmall.txt");
    var conditions =
        List.of(
            List.<String>of(),
            List.of("Range", "bytes=0-0"),
            List.of("Range", "bytes=-1"),
            List.of("Range", "bytes=700000-"),
            List.of("If-None-Match", etag),
            List.of("If-None-Match", "\"other\""),
            List.of("If-Modified-Since", dated),
            List.of("Range", "bytes=0-0", "If-Range", etag),
            List.of("Range", "bytes=0-0", "If-Range", "\"other\""));
    int compared = 0;
    for (var path : paths) {
      for (var condition : conditions) {
        for (var method : List.of("GET", "HEAD")) {
          var fields = new ArrayList<>(condition);
          known.off();
          var asked = shown(send(method, path, "", fields));
          known.on();
          send(method, path, "", fields);
          var remembered = shown(send(method, path, "", fields));
          assertThat(remembered).as(method + " " + path + " " + fields).isEqualTo(asked);
          compared++;
        }
      }
    }
    assertThat(compared).isEqualTo(paths.size() * conditions.size() * 2);
    assertThat(get(SMALL + "?download").headers().firstValue("Content-Disposition"))
        .hasValue("attachment;");
    assertThat(send("GET", SMALL, "", List.of("If-None-Match", etag)).statusCode()).isEqualTo(304);
  }

  private static String shown(HttpResponse<String> answer) {
    var headers = new java.util.TreeMap<>(answer.headers().map());
    headers.remove("date");
    return answer.statusCode() + " " + headers + " " + answer.body().hashCode();
  }

  @Test
  void noReadAfterTheAnswerToAWriterSeesWhatWasReplaced() throws Exception {
    for (var name : List.of("small.txt", "large.bin")) {
      var filler = name.equals("large.bin") ? " ".repeat(LARGE_BYTES) : " ";
      put("/object/b/" + name, 0 + filler);
      var told = new AtomicInteger();
      raced(
          "/object/public/b/" + name,
          told,
          (least, answer) ->
              answer.statusCode() == 200
                  && Integer.parseInt(answer.body().substring(0, answer.body().indexOf(' ')))
                      >= least,
          () -> {
            for (int i = 1; i <= 60; i++) {
              put("/object/b/" + name, i + filler);
              told.set(i);
            }
          });
    }
  }

  /// Even numbers say that the file may be had, odd ones that it may not.
  @Test
  void noReadAfterTheAnswerToAWriterFindsWhatIsPrivateOrGone() throws Exception {
    var told = new AtomicInteger();
    raced(
        SMALL,
        told,
        (least, answer) -> least % 2 == 0 || answer.statusCode() == 400 || told.get() != least,
        () -> {
          for (int i = 1; i <= 60; i += 2) {
            change("PUT", "/bucket/b", "{\"public\":false}");
            told.set(i);
            Thread.sleep(5);
            told.set(i + 1);
            change("PUT", "/bucket/b", "{\"public\":true}");
            Thread.sleep(5);
          }
        });
    raced(
        SMALL,
        told,
        (least, answer) -> least % 2 == 0 || answer.statusCode() == 400 || told.get() != least,
        () -> {
          for (int i = 101; i <= 160; i += 2) {
            assertThat(send("DELETE", "/object/b/small.txt", "", List.of()).statusCode())
                .isEqualTo(200);
            told.set(i);
            Thread.sleep(5);
            told.set(i + 1);
            put("/object/b/small.txt", "again");
            Thread.sleep(5);
          }
        });
    change(
        "POST",
        "/object/move",
        "{\"bucketId\":\"b\",\"sourceKey\":\"small.txt\",\"destinationKey\":\"other.txt\"}");
    assertThat(get(SMALL).statusCode()).isEqualTo(400);
    assertThat(get("/object/public/b/other.txt").body()).isEqualTo("again");
    until(
        PATIENCE,
        () ->
            get("/object/public/b/other.txt").statusCode() == 200
                && known.find("b", "other.txt").isPresent());
    change("POST", "/bucket/b/empty", "{}");
    assertThat(get("/object/public/b/other.txt").statusCode()).isEqualTo(400);
  }

  private interface Rule {
    /// @param least what writers had been told before the read began
    boolean allows(int least, HttpResponse<String> answer);
  }

  private interface Writing {
    void run() throws Exception;
  }

  /// Reads as fast as it can while somebody writes.
  private void raced(String path, AtomicInteger told, Rule rule, Writing writing) throws Exception {
    var end = new AtomicBoolean();
    var reads = new AtomicInteger();
    Queue<String> wrong = new ConcurrentLinkedQueue<>();
    var readers =
        IntStream.range(0, 4)
            .mapToObj(n ->
                Thread.ofVirtual()
                    .start(() -> {
                      while (!end.get()) {
                        int least = told.get();
                        try {
                          var answer = get(path);
                          if (!rule.allows(least, answer)) {
                            wrong.add(
                                least + ": " + answer.statusCode() + " " + answer.body().strip());
                          }
                          reads.incrementAndGet();
                        } catch (IOException | InterruptedException e) {
                          wrong.add(e.toString());
                        }
                      }
                    }))
            .toList();
    try {
      writing.run();
    } finally {
      end.set(true);
      for (var reader : readers) {
        reader.join();
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(reads.get()).isGreaterThan(100);
  }

  @Test
  void whatSqlChangesCountsAsSoonAsTheDatabaseTellsOfIt() throws Exception {
    sql("update storage.buckets set public = false where id = 'b'");
    until(PATIENCE, () -> get(SMALL).statusCode() == 400);
    sql("update storage.buckets set public = true where id = 'b'");
    until(
        PATIENCE, () -> get(SMALL).statusCode() == 200 && known.find("b", "small.txt").isPresent());
    sql("update storage.objects set metadata = metadata || '{\"mimetype\":\"text/x\"}'");
    until(PATIENCE, () -> typeOf(SMALL).equals("text/x; charset=utf-8"));
    until(
        PATIENCE, () -> get(SMALL).statusCode() == 200 && known.find("b", "small.txt").isPresent());
    // As restores and replication run.
    sql(
        "set session_replication_role = replica;"
            + " update storage.objects set name = 'moved \"[1].txt' where name = 'small.txt'");
    until(PATIENCE, () -> get(SMALL).statusCode() == 400);
    assertThat(get("/object/public/b/moved%20%22%5B1%5D.txt").body()).isEqualTo("0");
    until(
        PATIENCE,
        () ->
            get("/object/public/b/moved%20%22%5B1%5D.txt").statusCode() == 200
                && known.find("b", "moved \"[1].txt").isPresent());
    sql("set storage.allow_delete_query = 'true'; delete from storage.objects");
    until(PATIENCE, () -> get("/object/public/b/moved%20%22%5B1%5D.txt").statusCode() == 400);
  }

  private String typeOf(String path) throws IOException, InterruptedException {
    return get(path).headers().firstValue("Content-Type").orElse("");
  }

  @Test
  void whileNobodyListensTheDatabaseIsAskedEachTime() throws Exception {
    sql("alter table storage.buckets disable trigger freehold_buckets_changed");
    sql(
        "select pg_terminate_backend(pid) from pg_stat_activity"
            + " where application_name = 'freehold listener'"
            + " and datname = current_database()");
    until(PATIENCE, () -> known.find("b", "small.txt").isEmpty());
    for (int i = 0; i < 20; i++) {
      // Unheard, as the trigger is off: only asking can tell.
      sql("update storage.buckets set public = %s where id = 'b'".formatted(i % 2 != 0));
      assertThat(get(SMALL).statusCode()).isEqualTo(i % 2 != 0 ? 200 : 400);
      assertThat(known.find("b", "small.txt")).isEmpty();
    }
    assertThat(get(SMALL).statusCode()).isEqualTo(200);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path, "", List.of());
  }

  private void put(String path, String body) throws IOException, InterruptedException {
    assertThat(send("PUT", path, body, List.of("Content-Type", "text/plain")).statusCode())
        .isEqualTo(200);
  }

  private void change(String method, String path, String json)
      throws IOException, InterruptedException {
    var answer = send(method, path, json, List.of("Content-Type", "application/json"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  private HttpResponse<String> send(String method, String path, String body, List<String> fields)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + path))
            .header("Authorization", "Bearer " + keys.api().serviceRole())
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    for (int i = 0; i < fields.size(); i += 2) {
      request.header(fields.get(i), fields.get(i + 1));
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private void sql(String text) {
    TestPostgres.execute(database, text);
  }
}
