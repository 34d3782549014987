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
import dev.freehold.objectstore.Version;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Uploads that end in the middle: nothing half is ever seen, what was acknowledged stays, and the
/// sweep leaves no byte without a row and no row without its bytes.
class StorageChaosTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration AT_ONCE = Duration.ZERO;
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path folder = Path.of("");
  private final Database database = TestPostgres.create();
  private final EnvironmentKeys keys = EnvironmentKeys.generate(Clock.systemUTC());
  private final HttpClient http = HttpClient.newHttpClient();
  private HttpEngine engine;
  private Pool pool;
  private ChangeWatch watch;
  private StorageDatabase rows;
  private Listener listener;
  private FolderStore store;
  private Staging staging;
  private GrowingFiles growing;

  @BeforeEach
  void start() throws Exception {
    Prelude.apply(database, new RolePasswords("", "", "", "", ""));
    TestPostgres.execute(database, "insert into storage.buckets (id, name) values ('b', 'b')");
    engine = HttpEngine.start(event -> {});
    pool = Pool.open(database.as("supabase_storage_admin", ""), PoolLimits.DEFAULT);
    store = new FolderStore(folder.resolve("objects"));
    staging = new Staging(folder.resolve("incoming"));
    growing = new GrowingFiles(folder.resolve("resumable"));
    var known = new KnownObjects(Ticker.systemTicker());
    watch = new ChangeWatch(pool, known);
    rows = new StorageDatabase(pool, known);
    var server =
        new StorageServer(
            StorageSettings.DEFAULT,
            rows,
            new StorageServer.Memory(known, watch, engine.files()),
            keys.jwt(),
            S3Credentials.of(keys.jwt(), keys.api()),
            store,
            staging,
            growing,
            Optional.empty(),
            Clock.systemUTC(),
            event -> {});
    listener = engine.listen(ListenSpec.tcp("127.0.0.1", 0), server);
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
  void anUploadThatBreaksOffIsNeverSeenAndLeavesNothing() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), listener.port())) {
      head(socket.getOutputStream(), "POST", "/object/b/half", 10 * MEGABYTE);
      socket.getOutputStream().write(new byte[3 * MEGABYTE]);
      socket.getOutputStream().flush();
      until(PATIENCE, () -> bytesBelow("incoming") > 0);
      assertThat(get("/object/b/half").statusCode()).isEqualTo(400);
    }
    until(PATIENCE, () -> bytesBelow("incoming") == 0);
    assertThat(get("/object/b/half").body()).contains("NoSuchKey");
    assertThat(bytesBelow("objects")).isZero();
  }

  @Test
  void whatAKilledServerLeftIsSweptAndWhatHasARowStays() throws Exception {
    assertThat(put("/object/b/kept", "kept").statusCode()).isEqualTo(200);
    // What is on disk when a server dies before the row, and in the middle of an upload.
    var orphan = Version.fresh();
    var half = staging.begin();
    half.write(new byte[MEGABYTE], 0, MEGABYTE);
    try (var staged = staging.begin()) {
      staged.write("lost".getBytes(StandardCharsets.UTF_8), 0, 4);
      staged.finish(store, orphan);
    }
    var swept = sweep().step(AT_ONCE);
    assertThat(swept.files()).isEqualTo(2);
    assertThat(swept.bytes()).isEqualTo(MEGABYTE + 4);
    assertThat(store.open(orphan)).isEmpty();
    assertThat(get("/object/b/kept").body()).isEqualTo("kept");
    assertThat(sweep().step(AT_ONCE).files()).isZero();
  }

  @Test
  void youngBytesWithoutARowAreLeftAlone() throws Exception {
    var version = Version.fresh();
    try (var staged = staging.begin()) {
      staged.write(new byte[1], 0, 1);
      staged.finish(store, version);
    }
    assertThat(sweep().step(Sweep.GRACE).files()).isZero();
    assertThat(store.open(version)).isPresent();
  }

  @Test
  void replacingCopyingAndDeletingLeaveNoOrphan() throws Exception {
    put("/object/b/one", "first");
    assertThat(put("/object/b/one", "second").statusCode()).isEqualTo(200);
    var copy = "{\"bucketId\":\"b\",\"sourceKey\":\"one\",\"destinationKey\":\"two\"}";
    assertThat(send("POST", "/object/copy", copy).statusCode()).isEqualTo(200);
    assertThat(send("DELETE", "/object/b/one", "").statusCode()).isEqualTo(200);
    assertThat(get("/object/b/two").body()).isEqualTo("second");
    assertThat(bytesBelow("objects")).isEqualTo("second".length());
    assertThat(sweep().step(AT_ONCE).files()).isZero();
  }

  @Test
  void aResumableUploadGoesOnWhereItsAcknowledgedBytesEnd() throws Exception {
    var id = Version.fresh();
    growing.create(id, "{}");
    var piece = new byte[MEGABYTE];
    Arrays.fill(piece, (byte) 1);
    growing.add(id, new java.io.ByteArrayInputStream(piece), Long.MAX_VALUE);
    // A server that died had written more than it had acknowledged.
    var bytes = folder.resolve("resumable").resolve(id + ".bytes");
    Files.write(bytes, new byte[500], java.nio.file.StandardOpenOption.APPEND);
    var after = new GrowingFiles(folder.resolve("resumable"));
    assertThat(after.find(id).orElseThrow().length()).isEqualTo(MEGABYTE);
    after.add(id, new java.io.ByteArrayInputStream(piece), Long.MAX_VALUE);
    after.finish(id, store);
    assertThat(store.open(id).orElseThrow().size()).isEqualTo(2L * MEGABYTE);
    var sum =
        Files.readAllBytes(
            folder.resolve("objects").resolve(id.text().substring(0, 2)).resolve(id.text()));
    assertThat(sum).containsOnly(1);
  }

  private Sweep sweep() {
    return new Sweep(rows, store, staging, growing, Duration.ofDays(1), Clock.systemUTC());
  }

  private void head(OutputStream out, String method, String path, int length) throws IOException {
    var head =
        "%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
            .formatted(method, path, keys.api().serviceRole(), length);
    out.write(head.getBytes(StandardCharsets.US_ASCII));
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send("GET", path, "");
  }

  private HttpResponse<String> put(String path, String body)
      throws IOException, InterruptedException {
    return send("PUT", path, body);
  }

  private HttpResponse<String> send(String method, String path, String body)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listener.port() + path))
            .header("Authorization", "Bearer " + keys.api().serviceRole())
            .method(
                method,
                body.isEmpty()
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .build();
    return http.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private long bytesBelow(String name) {
    try (var files = Files.walk(folder.resolve(name))) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
