package dev.freehold.backend.supabase.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.Prelude;
import dev.freehold.backend.supabase.RolePasswords;
import dev.freehold.http.Handler;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.objectstore.BucketAddress;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.problem.ProblemException;
import dev.freehold.testing.BadLine;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/// A storage server whose bytes lie in a bucket; the bucket is another storage server's, by its S3
/// endpoint.
class FilesInABucketTest {
  private static final int MEGABYTE = 1 << 20;

  @TempDir Path folder = Path.of("");
  private final HttpClient http = HttpClient.newHttpClient();
  private HttpEngine engine;
  private Side vendor;
  private Side app;
  private BadLine line;

  /// One storage server with its database.
  private final class Side {
    private final Database database = TestPostgres.create();
    private final EnvironmentKeys keys = EnvironmentKeys.generate(Clock.systemUTC());
    private final Pool pool;
    private final Path files;
    private StorageService service;
    private Listener listener;

    Side(String name) {
      Prelude.apply(database, new RolePasswords("", "", "", "", ""));
      TestPostgres.execute(
          database, "insert into storage.buckets (id, name) values ('b', 'b'), ('bytes', 'bytes')");
      pool = Pool.open(database.as("supabase_storage_admin", ""), PoolLimits.DEFAULT);
      files = folder.resolve(name);
      service = open(Optional.empty());
      Handler under =
          new Handler() {
            @Override
            public boolean streams(String method, String path) {
              return service.server().streams(method, below(path));
            }

            @Override
            public dev.freehold.http.Response handle(dev.freehold.http.Request request) {
              return service.server().handle(request.withPath(below(request.path())));
            }
          };
      listener = engine.listen(ListenSpec.tcp("127.0.0.1", 0), under);
    }

    private static String below(String path) {
      return path.startsWith("/storage/v1") ? path.substring("/storage/v1".length()) : path;
    }

    StorageService open(Optional<BucketUse> bucket) {
      return StorageService.open(
          StorageSettings.DEFAULT,
          new StorageService.Place(files, bucket, Optional.empty()),
          engine.files(),
          pool,
          keys.jwt(),
          S3Credentials.of(keys.jwt(), keys.api()),
          Clock.systemUTC(),
          event -> {});
    }

    void restart(Optional<BucketUse> bucket) {
      service.close();
      service = open(bucket);
    }

    void close() {
      listener.close();
      service.close();
      pool.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    engine = HttpEngine.start(event -> {});
    vendor = new Side("vendor");
    app = new Side("app");
    line = new BadLine(vendor.listener.port());
  }

  @AfterEach
  void stop() throws IOException {
    app.close();
    line.close();
    vendor.close();
    engine.close();
    http.close();
  }

  private BucketAddress address() {
    var keys = vendor.service.s3();
    return new BucketAddress(
        "http://127.0.0.1:" + line.port() + "/storage/v1/s3",
        "local",
        "bytes",
        "app.production",
        true,
        keys.accessKeyId(),
        keys.secret());
  }

  private BucketUse use(boolean keeps, boolean moving) {
    return new BucketUse(address(), keeps, moving);
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + app.listener.port() + path))
            .header("Authorization", "Bearer " + app.keys.api().serviceRole())
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private void put(String name, byte[] bytes) throws IOException, InterruptedException {
    assertThat(send("PUT", "/object/b/" + name, bytes).statusCode()).isEqualTo(200);
  }

  private byte[] get(String name) throws IOException, InterruptedException {
    var answer = send("GET", "/object/b/" + name, new byte[0]);
    assertThat(answer.statusCode()).as(new String(answer.body(), UTF_8)).isEqualTo(200);
    return answer.body();
  }

  private long onDisk() throws IOException {
    try (var files = Files.walk(app.files.resolve("objects"))) {
      return files.filter(Files::isRegularFile).count();
    }
  }

  private long inBucket() {
    // All but the mark that says whose they are.
    return vendor.service.check().usage().stream()
            .filter(bucket -> bucket.bucket().equals("bytes"))
            .mapToLong(StorageCheck.Usage::objects)
            .sum()
        - 1;
  }

  private StorageCheck.Findings verified() {
    var found = app.service.check().verify(true);
    assertThat(found.clean()).as(found.toString()).isTrue();
    return found;
  }

  private FilePlaces.Progress moved(boolean intoBucket) throws InterruptedException {
    app.service.places().move(intoBucket);
    return ended();
  }

  private FilePlaces.Progress ended() throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      var progress = app.service.places().progress().orElseThrow();
      if (!progress.running()) {
        return progress;
      }
      Thread.sleep(50);
    }
    throw new AssertionError("the move does not end");
  }

  @Test
  void filesAreWrittenReadCopiedAndRemoved() throws Exception {
    app.restart(Optional.of(use(true, false)));
    var small = random(100_000);
    var large = random(33 * MEGABYTE);
    put("small", small);
    put("large", large);
    put("empty", new byte[0]);
    assertThat(onDisk()).isZero();
    assertThat(inBucket()).isEqualTo(3);
    assertThat(get("small")).isEqualTo(small);
    assertThat(get("large")).isEqualTo(large);
    assertThat(get("empty")).isEmpty();
    var part = send("GET", "/object/b/large", new byte[0], "Range", "bytes=1000000-1000009");
    assertThat(part.statusCode()).isEqualTo(206);
    assertThat(part.body()).isEqualTo(Arrays.copyOfRange(large, 1_000_000, 1_000_010));
    var copy = "{\"bucketId\":\"b\",\"sourceKey\":\"small\",\"destinationKey\":\"copy\"}";
    assertThat(send("POST", "/object/copy", copy.getBytes(UTF_8)).statusCode()).isEqualTo(200);
    assertThat(send("DELETE", "/object/b/small", new byte[0]).statusCode()).isEqualTo(200);
    put("large", small);
    assertThat(get("copy")).isEqualTo(small);
    assertThat(get("large")).isEqualTo(small);
    assertThat(inBucket()).isEqualTo(3);
    assertThat(verified().objects()).isEqualTo(3);
  }

  @Test
  void uploadsInPiecesEndInTheBucket() throws Exception {
    app.restart(Optional.of(use(true, false)));
    var bytes = random(3 * MEGABYTE);
    var metadata = "bucketName Yg==,objectName cGllY2Vz";
    var begun =
        send(
            "POST",
            "/upload/resumable",
            new byte[0],
            "Tus-Resumable",
            "1.0.0",
            "Upload-Length",
            "" + bytes.length,
            "Upload-Metadata",
            metadata);
    var place = begun.headers().firstValue("Location").orElseThrow();
    for (int offset = 0; offset < bytes.length; offset += MEGABYTE) {
      var piece = Arrays.copyOfRange(bytes, offset, offset + MEGABYTE);
      var added =
          send(
              "PATCH",
              place,
              piece,
              "Tus-Resumable",
              "1.0.0",
              "Upload-Offset",
              "" + offset,
              "Content-Type",
              "application/offset+octet-stream");
      assertThat(added.statusCode()).isEqualTo(204);
    }
    assertThat(get("pieces")).isEqualTo(bytes);
    assertThat(inBucket()).isEqualTo(1);
    verified();
  }

  @Test
  void bytesMoveThereAndBackWhileTheyAreRead() throws Exception {
    var names = IntStream.range(0, 40).mapToObj(i -> "f" + i).toList();
    for (var name : names) {
      put(name, name.getBytes(UTF_8));
    }
    app.service.places().use(use(true, false));
    put("new", random(10));
    assertThat(onDisk()).isEqualTo(40);
    readsStayGoodWhile(names, () -> assertThat(moved(true).files()).isEqualTo(40));
    assertThat(onDisk()).isZero();
    assertThat(inBucket()).isEqualTo(41);
    verified();
    assertThatThrownBy(() -> app.service.places().leaveBucket())
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().code()).isEqualTo("storage-bucket-holds-files"));
    readsStayGoodWhile(names, () -> assertThat(moved(false).files()).isEqualTo(41));
    assertThat(onDisk()).isEqualTo(41);
    app.service.places().leaveBucket();
    assertThat(inBucket()).isEqualTo(-1);
    verified();
  }

  private interface Work {
    void run() throws Exception;
  }

  private void readsStayGoodWhile(List<String> names, Work work) throws Exception {
    var ended = new java.util.concurrent.atomic.AtomicBoolean();
    var reader =
        new java.util.concurrent.FutureTask<>(() -> {
          int rounds = 0;
          while (!ended.get() || rounds == 0) {
            for (var name : names) {
              assertThat(get(name)).isEqualTo(name.getBytes(UTF_8));
            }
            rounds++;
          }
          return rounds;
        });
    Thread.startVirtualThread(reader);
    try {
      work.run();
    } finally {
      ended.set(true);
    }
    assertThat(reader.get()).isPositive();
  }

  @Test
  void aMoveThatIsBrokenOffGoesOnAfterTheRestart() throws Exception {
    for (int i = 0; i < 30; i++) {
      put("f" + i, random(1000 + i));
    }
    line.slow(20);
    app.restart(Optional.of(use(true, true)));
    while (app.service.places().progress().orElseThrow().files() < 5) {
      Thread.sleep(10);
    }
    app.service.close();
    assertThat(onDisk()).isBetween(1L, 25L);
    line.slow(0);
    app.service = app.open(Optional.of(use(true, true)));
    assertThat(ended().failure()).isEmpty();
    assertThat(onDisk()).isZero();
    assertThat(inBucket()).isEqualTo(30);
    assertThat(verified().objects()).isEqualTo(30);
  }

  @Test
  void aBucketThatIsAwayFailsClearlyAndLosesNothing() throws Exception {
    app.restart(Optional.of(use(true, false)));
    put("kept", random(1000));
    line.dead(true);
    var refused = send("PUT", "/object/b/lost", random(10));
    assertThat(refused.statusCode()).isEqualTo(500);
    assertThat(send("GET", "/object/b/lost", new byte[0]).statusCode()).isEqualTo(400);
    assertThat(send("GET", "/object/b/kept", new byte[0]).statusCode()).isEqualTo(500);
    assertThat(moved(true).failure()).isEmpty();
    assertThatThrownBy(() -> app.service.check().verify(false))
        .isInstanceOf(ProblemException.class);
    // What a request could not remove the sweep removes.
    assertThat(send("DELETE", "/object/b/kept", new byte[0]).statusCode()).isEqualTo(200);
    line.dead(false);
    assertThat(inBucket()).isEqualTo(1);
    assertThat(sweep()).isEqualTo(1);
    assertThat(inBucket()).isZero();
    verified();
  }

  private S3Client s3() {
    var keys = AwsBasicCredentials.create(address().accessKeyId(), address().secretAccessKey());
    return S3Client.builder()
        .region(Region.of("local"))
        .endpointOverride(URI.create(address().endpoint()))
        .forcePathStyle(true)
        .credentialsProvider(StaticCredentialsProvider.create(keys))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private int sweep() {
    return app.service.sweep(Duration.ofSeconds(-5)).files();
  }

  @Test
  void whatAKilledUploadLeftInTheBucketIsGivenUp() throws Exception {
    app.restart(Optional.of(use(true, false)));
    put("kept", random(10));
    line.cutUpAfter(5 * MEGABYTE, Integer.MAX_VALUE);
    var large = random(40 * MEGABYTE);
    assertThat(send("PUT", "/object/b/large", large).statusCode()).isEqualTo(500);
    line.cutUpAfter(0, 0);
    // As a server that is killed leaves it: begun, with a part, and nobody to end it.
    try (var s3 = s3()) {
      var key = "app.production/" + dev.freehold.objectstore.Version.fresh();
      s3.createMultipartUpload(ask -> ask.bucket("bytes").key(key));
      s3.createMultipartUpload(ask -> ask.bucket("bytes").key("not/ours"));
      assertThat(sweep()).isEqualTo(1);
      assertThat(s3.listMultipartUploads(ask -> ask.bucket("bytes")).uploads())
          .singleElement()
          .satisfies(upload -> assertThat(upload.key()).isEqualTo("not/ours"));
    }
    verified();
  }

  @Test
  void aMissingBucketAndWrongKeysAreSaidToBeWhatTheyAre() {
    var keys = vendor.service.s3();
    var nowhere =
        new BucketAddress(
            address().endpoint(), "local", "nowhere", "", true, keys.accessKeyId(), keys.secret());
    assertThatThrownBy(() -> app.service.places().prove(nowhere))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> {
              assertThat(e.problem().detail().orElse("")).contains("HTTP 404", "NoSuchBucket");
              assertThat(e.problem().hint().orElse("")).contains("is the bucket there");
            });
    var guess =
        new BucketAddress(
            address().endpoint(), "local", "bytes", "", true, keys.accessKeyId(), "guess");
    assertThatThrownBy(() -> app.service.places().prove(guess))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e ->
                assertThat(e.problem().detail().orElse(""))
                    .contains("HTTP 403", "SignatureDoesNotMatch")
                    .doesNotContain("guess"));
    app.service.places().prove(address());
    assertThat(inBucket()).isZero();
  }
}
