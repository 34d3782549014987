package dev.freehold.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.problem.ProblemException;
import dev.freehold.testing.BadLine;
import dev.freehold.testing.S3Rver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bytes in a bucket of a real S3 server, over a line that is good, cut, slow or dead.
class BucketStoreTest {
  private static final int MEGABYTE = 1 << 20;
  private static S3Rver server;

  @TempDir Path folder = Path.of("");
  private BadLine line;
  private BucketStore store;

  @BeforeAll
  static void serve() throws IOException {
    server = S3Rver.start();
  }

  @AfterAll
  static void end() {
    server.close();
  }

  @BeforeEach
  void open() throws IOException {
    line = new BadLine(server.port());
    store = new BucketStore(address(S3Rver.KEY), "me");
  }

  @AfterEach
  void close() throws IOException {
    line.dead(false);
    store.clear();
    store.close();
    line.close();
  }

  private BucketAddress address(String key) {
    return new BucketAddress(
        "http://127.0.0.1:" + line.port(),
        "us-east-1",
        S3Rver.BUCKET,
        "files",
        true,
        key,
        S3Rver.KEY);
  }

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("part-" + bytes.length), bytes);
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private byte[] read(Version version) throws IOException {
    try (var bytes = store.open(version).orElseThrow().stream()) {
      return bytes.readAllBytes();
    }
  }

  private Version kept(byte[] bytes) throws IOException {
    var version = Version.fresh();
    store.keep(file(bytes), version);
    return version;
  }

  @Test
  void whatIsKeptIsReadWholeAndInParts() throws IOException {
    var bytes = random(300_000);
    var file = file(bytes);
    var version = Version.fresh();
    store.keep(file, version);
    assertThat(file).doesNotExist();
    assertThat(read(version)).isEqualTo(bytes);
    assertThat(read(kept(new byte[0]))).isEmpty();
    var remote = (Stored.Remote) store.open(version).orElseThrow();
    try (var part = remote.reader().read(1000, 5)) {
      assertThat(part.readAllBytes()).isEqualTo(java.util.Arrays.copyOfRange(bytes, 1000, 1005));
    }
    assertThat(store.open(Version.fresh())).isEmpty();
  }

  @Test
  void largeOnesGoInPartsAndComeBackWhole() throws IOException {
    var bytes = random(35 * MEGABYTE);
    assertThat(read(kept(bytes))).isEqualTo(bytes);
  }

  @Test
  void copiesOutliveTheirOriginal() throws IOException {
    var bytes = random(1000);
    var version = kept(bytes);
    var copy = Version.fresh();
    assertThat(store.copy(version, copy)).isTrue();
    store.delete(version);
    store.delete(version);
    assertThat(store.open(version)).isEmpty();
    assertThat(read(copy)).isEqualTo(bytes);
    assertThat(store.copy(version, Version.fresh())).isFalse();
  }

  @Test
  void everyVersionIsListedAndNothingElse() throws IOException {
    var versions = new ArrayList<Version>();
    for (int i = 1; i <= 5; i++) {
      versions.add(kept(random(i)));
    }
    var found = new ArrayList<Version>();
    var sizes = new ArrayList<Long>();
    store.each(each -> {
      found.add(each.version());
      sizes.add(each.size());
    });
    assertThat(found).containsExactlyInAnyOrderElementsOf(versions);
    assertThat(sizes).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void anotherAppsPlaceIsRefused() throws IOException {
    kept(random(10));
    try (var other = new BucketStore(address(S3Rver.KEY), "somebody else")) {
      var file = file(random(11));
      assertThatThrownBy(() -> other.keep(file, Version.fresh()))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> assertThat(e.problem().code()).isEqualTo("storage-bucket-taken"));
      assertThat(file).exists();
      assertThatThrownBy(() -> other.each(found -> {})).isInstanceOf(ProblemException.class);
    }
  }

  @Test
  void theProofPassesAndLeavesNothing() {
    store.prove(folder.resolve("proof"));
    store.each(found -> {
      throw new AssertionError("something is left: " + found);
    });
  }

  @Test
  void wrongKeysSayWhatIsWrong() {
    try (var stranger = new BucketStore(address("stranger"), "me")) {
      assertThatThrownBy(() -> stranger.prove(folder.resolve("proof")))
          .isInstanceOfSatisfying(
              ProblemException.class,
              e -> {
                assertThat(e.problem().detail().orElse(""))
                    .contains("HTTP 403", "InvalidAccessKeyId")
                    .doesNotContain(S3Rver.KEY);
                assertThat(e.problem().hint().orElse("")).contains("do the keys belong");
              });
    }
  }

  @Test
  void aLineThatIsCutInAnUploadIsTriedAgain() throws IOException {
    kept(random(1));
    line.cutUpAfter(3 * MEGABYTE, 2);
    var bytes = random(20 * MEGABYTE);
    var version = kept(bytes);
    assertThat(line.cutsLeft()).isZero();
    assertThat(read(version)).isEqualTo(bytes);
  }

  @Test
  void aLineThatIsAlwaysCutFailsInTheEndAndLosesNothing() throws IOException {
    kept(random(1));
    line.cutUpAfter(3 * MEGABYTE, Integer.MAX_VALUE);
    var file = file(random(20 * MEGABYTE));
    var version = Version.fresh();
    assertThatThrownBy(() -> store.keep(file, version)).isInstanceOf(ProblemException.class);
    line.cutUpAfter(0, 0);
    assertThat(file).exists();
    assertThat(store.open(version)).isEmpty();
    store.keep(file, version);
    assertThat(store.open(version).orElseThrow().size()).isEqualTo(20L * MEGABYTE);
  }

  @Test
  void aDownloadThatIsCutGoesOnWhereItWas() throws IOException {
    var bytes = random(12 * MEGABYTE);
    var version = kept(bytes);
    line.cutDownAfter(2 * MEGABYTE, 4);
    assertThat(read(version)).isEqualTo(bytes);
    assertThat(line.cutsLeft()).isZero();
  }

  @Test
  void aSlowLineIsOnlySlow() throws IOException {
    line.slow(10);
    var bytes = random(2 * MEGABYTE);
    assertThat(read(kept(bytes))).isEqualTo(bytes);
  }

  @Test
  void aDeadServerIsSaidToBeAwayAndNotEmpty() throws IOException {
    var version = kept(random(10));
    line.dead(true);
    assertThatThrownBy(() -> store.open(version))
        .isInstanceOfSatisfying(
            ProblemException.class,
            e -> assertThat(e.problem().hint().orElse("")).contains("can this machine reach it"));
    assertThatThrownBy(() -> store.each(found -> {})).isInstanceOf(ProblemException.class);
    line.dead(false);
    assertThat(read(version)).hasSize(10);
  }

  @Test
  void aServerThatCannotListUploadsIsNotAskedForMore() {
    assertThat(store.sweep(java.time.Instant.MAX)).isZero();
  }
}
