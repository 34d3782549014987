package dev.freehold;

import static dev.freehold.testing.Eventually.until;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.Freehold;
import dev.freehold.testing.S3Rver;
import dev.freehold.testing.TinyExport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/// An app's files through everything that happens to them: a server killed in the middle of every
/// kind of upload, and bytes that go to a bucket and come back.
class StorageJourneyTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int MEGABYTE = 1 << 20;
  private static final int WHOLE = 24 * MEGABYTE;
  private static final int SENT = 20 * MEGABYTE;
  private static final String TUS = "/storage/v1/upload/resumable";

  private final HttpClient http = HttpClient.newHttpClient();
  private Freehold freehold;
  private URI address;

  @BeforeEach
  void deploy() {
    var export = TinyExport.create();
    export.write(
        "supabase/migrations/20260102000000_files.sql",
        "insert into storage.buckets (id, name) values ('files', 'files');\n");
    freehold = Freehold.fresh();
    var live = URI.create(freehold.deploy(export.root(), "tiny"));
    address = URI.create("http://127.0.0.1:" + live.getPort());
  }

  @AfterEach
  void end() {
    freehold.close();
    http.close();
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private HttpResponse<byte[]> send(String method, String path, byte[] body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(address.resolve(path))
            .header("Authorization", "Bearer " + freehold.keys("tiny").api().serviceRole())
            .header("apikey", freehold.keys("tiny").api().serviceRole())
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /// A request whose body comes to its end never.
  private Socket half(String method, String path, byte[] begun, String... headers)
      throws IOException {
    var key = freehold.keys("tiny").api().serviceRole();
    var head =
        new StringBuilder("%s %s HTTP/1.1\r\nHost: %s\r\n".formatted(method, path, authority()))
            .append("Authorization: Bearer %s\r\napikey: %s\r\n".formatted(key, key))
            .append("Content-Length: " + WHOLE + "\r\n");
    for (int i = 0; i < headers.length; i += 2) {
      head.append(headers[i]).append(": ").append(headers[i + 1]).append("\r\n");
    }
    var socket = new Socket(InetAddress.getLoopbackAddress(), address.getPort());
    socket.getOutputStream().write((head + "\r\n").getBytes(US_ASCII));
    socket.getOutputStream().write(begun);
    socket.getOutputStream().write(random(SENT));
    socket.getOutputStream().flush();
    return socket;
  }

  private String authority() {
    return address.getHost() + ":" + address.getPort();
  }

  private S3Client s3() {
    var keys = freehold.run("storage", "s3", "tiny", "--json").json();
    return S3Client.builder()
        .region(Region.of("local"))
        .endpointOverride(URI.create("http://127.0.0.1:" + address.getPort() + "/storage/v1/s3"))
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    keys.path("access_key_id").asString(),
                    keys.path("secret_access_key").asString())))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private void killAndStartAgain() throws Exception {
    var server = ProcessHandle.of(freehold.serverPid()).orElseThrow();
    server.destroyForcibly();
    server.onExit().get(30, TimeUnit.SECONDS);
    freehold.run("up");
  }

  private Path files(String name) {
    return freehold.data().resolve("storage/tiny.production").resolve(name);
  }

  private long bytesIn(String name) throws IOException {
    if (!Files.exists(files(name))) {
      return 0;
    }
    try (var all = Files.walk(files(name))) {
      return all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  @Test
  void aServerKilledInTheMiddleOfEveryKindOfUploadLosesNothingAndShowsNothingHalf()
      throws Exception {
    var kept = random(100_000);
    assertThat(send("POST", "/storage/v1/object/files/kept", kept).statusCode()).isEqualTo(200);
    var place = resumable();
    var s3 = s3();
    var upload = s3.createMultipartUpload(ask -> ask.bucket("files").key("parts")).uploadId();
    var part = random(6 * MEGABYTE);
    var first =
        s3.uploadPart(
            ask -> ask.bucket("files").key("parts").uploadId(upload).partNumber(1),
            RequestBody.fromBytes(part));
    var open = new ArrayList<Socket>();
    open.add(half("POST", "/storage/v1/object/files/raw", new byte[0]));
    open.add(
        half(
            "POST",
            "/storage/v1/object/files/form",
            form(),
            "Content-Type",
            "multipart/form-data; boundary=edge"));
    open.add(
        half(
            "PATCH",
            place,
            new byte[0],
            "Tus-Resumable",
            "1.0.0",
            "Upload-Offset",
            "0",
            "Content-Type",
            "application/offset+octet-stream"));
    // Two whole uploads that are 20 MB on, and a resumable one that has marked 16 of its 20.
    until(
        PATIENCE,
        () -> bytesIn("incoming") > 39L * MEGABYTE && bytesIn("resumable") > 19L * MEGABYTE);

    killAndStartAgain();
    for (var socket : open) {
      socket.close();
    }
    assertOnlyKeptIsThere(kept);
    var state = send("HEAD", place, new byte[0], "Tus-Resumable", "1.0.0");
    int offset = Integer.parseInt(state.headers().firstValue("Upload-Offset").orElseThrow());
    assertThat(offset).isBetween(16 * MEGABYTE, SENT);
    assertResumes(place, offset);
    var sole = CompletedPart.builder().partNumber(1).eTag(first.eTag()).build();
    s3.completeMultipartUpload(ask ->
        ask.bucket("files")
            .key("parts")
            .uploadId(upload)
            .multipartUpload(all -> all.parts(List.of(sole))));
    assertThat(send("GET", "/storage/v1/object/files/parts", new byte[0]).body()).isEqualTo(part);
    s3.close();
    assertSweepLeavesNoOrphan();
  }

  private String resumable() throws Exception {
    var begun =
        send(
            "POST",
            TUS,
            new byte[0],
            "Tus-Resumable",
            "1.0.0",
            "Upload-Length",
            "" + WHOLE,
            "Upload-Metadata",
            "bucketName ZmlsZXM=,objectName cGllY2Vz");
    assertThat(begun.statusCode()).isEqualTo(201);
    return URI.create(begun.headers().firstValue("Location").orElseThrow()).getPath();
  }

  private static byte[] form() {
    return """
    --edge
    Content-Disposition: form-data; name=""; filename="f"
    Content-Type: application/octet-stream

    """
        .replace("\n", "\r\n")
        .getBytes(US_ASCII);
  }

  private void assertOnlyKeptIsThere(byte[] kept) throws Exception {
    until(
        PATIENCE,
        () -> {
          try {
            return send("GET", "/storage/v1/object/files/kept", new byte[0]).statusCode() == 200;
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(send("GET", "/storage/v1/object/files/kept", new byte[0]).body()).isEqualTo(kept);
    var listed =
        new String(
            send(
                    "POST",
                    "/storage/v1/object/list/files",
                    "{\"prefix\":\"\"}".getBytes(US_ASCII),
                    "Content-Type",
                    "application/json")
                .body(),
            US_ASCII);
    assertThat(listed).contains("\"kept\"").doesNotContain("raw", "form", "pieces", "parts");
    for (var name : List.of("raw", "form", "pieces", "parts")) {
      assertThat(send("GET", "/storage/v1/object/files/" + name, new byte[0]).statusCode())
          .isEqualTo(400);
    }
  }

  private void assertResumes(String place, int offset) throws Exception {
    var whole = java.util.Arrays.copyOf(random(SENT), WHOLE);
    var rest = java.util.Arrays.copyOfRange(whole, offset, WHOLE);
    var added =
        send(
            "PATCH",
            place,
            rest,
            "Tus-Resumable",
            "1.0.0",
            "Upload-Offset",
            "" + offset,
            "Content-Type",
            "application/offset+octet-stream");
    assertThat(added.statusCode()).isEqualTo(204);
    assertThat(send("GET", "/storage/v1/object/files/pieces", new byte[0]).body()).isEqualTo(whole);
  }

  /// What the killed uploads left is swept once it is old enough.
  private void assertSweepLeavesNoOrphan() throws Exception {
    assertThat(bytesIn("incoming")).isPositive();
    try (var left = Files.list(files("incoming"))) {
      for (var file : left.toList()) {
        Files.setLastModifiedTime(
            file, java.nio.file.attribute.FileTime.from(java.time.Instant.EPOCH));
      }
    }
    var swept = freehold.run("storage", "verify", "tiny", "--read", "--sweep", "--json").json();
    assertThat(swept.path("clean").asBoolean()).as(swept.toString()).isTrue();
    assertThat(swept.path("swept").asInt()).as(swept.toString()).isEqualTo(2);
    assertThat(bytesIn("incoming")).isZero();
    assertThat(swept.path("objects").asInt()).isEqualTo(3);
    assertThat(bytesIn("objects")).isEqualTo(100_000L + WHOLE + 6 * MEGABYTE);
  }

  @Test
  void bytesGoToABucketAndComeBack() throws Exception {
    try (var bucket = S3Rver.start()) {
      var bytes = random(300_000);
      assertThat(send("POST", "/storage/v1/object/files/a", bytes).statusCode()).isEqualTo(200);
      assertThat(freehold.run("storage", "bucket", "show", "tiny").out()).contains("no bucket");
      var refused = set(bucket, "--access-key-id", "nobody");
      assertThat(refused.exit()).isNotZero();
      assertThat(refused.err()).contains("HTTP 403", "InvalidAccessKeyId").doesNotContain("S3RVER");
      assertThat(set(bucket, "--access-key-id", S3Rver.KEY).exit()).isZero();
      var shown = freehold.run("storage", "bucket", "show", "tiny").out();
      assertThat(shown).contains("tiny.production/", "New files:     bucket");
      assertThat(freehold.run("storage", "bucket", "test", "tiny").out()).contains("keeps");
      assertThat(send("POST", "/storage/v1/object/files/b", bytes).statusCode()).isEqualTo(200);
      assertThat(bytesIn("objects")).isEqualTo(300_000);

      assertThat(freehold.run("storage", "move", "tiny", "--to", "bucket").out())
          .contains("1 files moved, 300000 bytes");
      assertThat(bytesIn("objects")).isZero();
      killAndStartAgain();
      until(PATIENCE, () -> freehold.tryTo("storage", "verify", "tiny", "--read").exit() == 0);
      assertThat(send("GET", "/storage/v1/object/files/a", new byte[0]).body()).isEqualTo(bytes);
      assertThat(freehold.tryTo("storage", "bucket", "unset", "tiny").err())
          .contains("storage-bucket-holds-files");

      assertThat(freehold.run("storage", "move", "tiny", "--to", "disk").out())
          .contains("2 files moved, 600000 bytes");
      assertThat(freehold.run("storage", "bucket", "unset", "tiny").exit()).isZero();
      assertThat(bytesIn("objects")).isEqualTo(600_000);
    }
    assertThat(send("GET", "/storage/v1/object/files/b", new byte[0]).statusCode()).isEqualTo(200);
  }

  private Freehold.Said set(S3Rver bucket, String... more) {
    var words =
        new ArrayList<>(
            List.of(
                "storage",
                "bucket",
                "set",
                "tiny",
                "--bucket",
                S3Rver.BUCKET,
                "--path-style",
                "--endpoint",
                bucket.endpoint().toString()));
    words.addAll(List.of(more));
    return freehold.withInput("S3RVER\n", words.toArray(String[]::new));
  }
}
