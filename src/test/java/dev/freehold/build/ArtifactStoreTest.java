package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.github.luben.zstd.ZstdInputStream;
import dev.freehold.plan.BuildRecipe.Kind;
import dev.freehold.plan.BuildRecipe.Substitution;
import dev.freehold.plan.BuildRecipe.Value;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {
  private static final String OLD = "https://abcdefghijklmnopqrst.supabase.co";
  private static final List<Substitution> SUBSTITUTIONS =
      List.of(
          new Substitution("abcdefghijklmnopqrst", Value.PROJECT_ID),
          new Substitution(OLD, Value.PUBLIC_URL));
  private static final Map<Value, String> VALUES =
      Map.of(Value.PUBLIC_URL, "https://shop.example.com", Value.PROJECT_ID, "shop");

  private final Path folder;
  private final Path site;
  private final ArtifactStore store;

  ArtifactStoreTest(@TempDir Path folder) throws IOException {
    this.folder = folder.resolve("store");
    this.site = folder.resolve("site");
    this.store = ArtifactStore.open(this.folder);
    write("index.html", "<title>shop</title>" + "<p>hello</p>".repeat(100));
    write("assets/index-BxY12_ab.js", "const url='" + OLD + "';" + "call(url);".repeat(100));
    write("assets/vendor-Dq3fKx0a.js", "export const x = 1;".repeat(100));
    Files.write(site.resolve("logo.png"), noise());
  }

  @Test
  void whatWasBegunWhenWeWereKilledIsGoneAfterOpening() throws IOException {
    var artifact = store();
    var begun = folder.resolve("manifests/.abc.json.1.tmp");
    Files.writeString(begun, "{");
    assertThat(ArtifactStore.open(folder).load(artifact.digest())).isEqualTo(artifact);
    assertThat(begun).doesNotExist();
  }

  @Test
  void storesTheSameFolderAsTheSameArtifact() {
    var first = store();
    assertThat(store().digest()).isEqualTo(first.digest());
    assertThat(store.load(first.digest())).isEqualTo(first);
    assertThat(store.verify(first.digest())).isEqualTo(first);
    assertThat(first.files())
        .extracting(Artifact.Entry::path)
        .containsExactly(
            "assets/index-BxY12_ab.js", "assets/vendor-Dq3fKx0a.js", "index.html", "logo.png");
  }

  @Test
  void compressesTextThatStaysAndNothingElse() throws IOException {
    var entries = store().files();
    assertThat(entries.get(0).substituted()).isTrue();
    assertThat(entries.get(0).encodings()).isEmpty();
    assertThat(entries.get(1).encodings()).containsExactly("br", "gzip", "zstd");
    assertThat(entries.get(3).encodings()).isEmpty();
    var digest = entries.get(1).digest();
    for (var coding : entries.get(1).encodings()) {
      var variant = store.variant(digest, coding);
      assertThat(Files.size(variant)).isLessThan(entries.get(1).size() / 5);
      assertThat(unpacked(coding, variant)).isEqualTo(Files.readAllBytes(store.blob(digest)));
    }
  }

  @Test
  void rendersEachEnvironmentsOwnValues() throws IOException {
    var target = folder.resolve("../rendered");
    var placed = store.render(store(), VALUES, target);
    var script = placed.get(0);
    var text = Files.readString(script.file());
    assertThat(text).startsWith("const url='https://shop.example.com';").doesNotContain("supabase");
    assertThat(script.size()).isEqualTo(text.length());
    assertThat(script.digest()).isEqualTo(Digests.of(text));
    assertThat(script.immutable()).isFalse();
    assertThat(script.variants().keySet()).containsExactlyInAnyOrder("br", "gzip", "zstd");
    for (var variant : script.variants().entrySet()) {
      assertThat(unpacked(variant.getKey(), variant.getValue()))
          .isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(placed.get(1).immutable()).isTrue();
    assertThat(placed.get(1).file()).isEqualTo(store.blob(placed.get(1).digest()));
    assertThat(placed.get(2).immutable()).isFalse();
  }

  @Test
  void serverCodeIsNeverAmongWhatMayBeServed() throws IOException {
    var output = folder.resolve("../output");
    Files.createDirectories(output.resolve("server"));
    Files.createDirectories(output.resolve("public/assets"));
    Files.writeString(output.resolve("server/index.mjs"), "listen('" + OLD + "')");
    Files.writeString(output.resolve("public/assets/a.css"), "b{}");
    var artifact = store.store(Kind.NITRO_NODE, output, SUBSTITUTIONS, 22);
    assertThat(store.render(artifact, VALUES, folder.resolve("../rendered")))
        .extracting(PlacedFile::path)
        .containsExactly("assets/a.css");
    var tree = folder.resolve("../tree");
    store.materialise(artifact, VALUES, tree, path -> path.startsWith("server/"));
    assertThat(tree.resolve("server/index.mjs")).hasContent("listen('https://shop.example.com')");
    assertThat(tree.resolve("public")).doesNotExist();
  }

  @Test
  void materialisesLinksToReadOnlyBlobsAndKeepsWhatIsExecutable() throws IOException {
    write("run", "#!/bin/true\n");
    Files.setPosixFilePermissions(
        site.resolve("run"), PosixFilePermissions.fromString("rwxr-xr-x"));
    var artifact = store();
    var tree = folder.resolve("../tree");
    store.materialise(artifact, Map.of(), tree, path -> true);
    var page = artifact.files().get(2);
    assertThat(Files.isSameFile(tree.resolve("index.html"), store.blob(page.digest()))).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tree.resolve("run"))))
        .isEqualTo("r-xr-xr-x");
    assertThat(tree.resolve("assets/index-BxY12_ab.js")).content().contains(OLD);
    store.materialise(artifact, Map.of(), tree, path -> path.equals("index.html"));
    assertThat(tree.resolve("logo.png")).doesNotExist();
  }

  @Test
  void sweepsWhatNoReleaseNamesAndKeepsSharedBlobs() throws IOException {
    var old = store();
    write("index.html", "<title>new</title>");
    var kept = store();
    var manifest = folder.resolve("manifests").resolve(old.digest() + ".json");
    var hourAgo = Instant.now().minusSeconds(3_600);

    assertThat(store.sweep(Set.of(kept.digest()), hourAgo)).isZero();
    assertThat(store.find(old.digest())).as("too young to be swept").isPresent();

    Files.setLastModifiedTime(manifest, FileTime.from(hourAgo.minusSeconds(60)));
    assertThat(store.sweep(Set.of(kept.digest()), hourAgo)).isPositive();
    assertThat(store.find(old.digest())).isEmpty();
    assertThat(store.verify(kept.digest())).isEqualTo(kept);
    assertThat(store.blob(old.files().get(2).digest())).doesNotExist();
  }

  @Test
  void noticesADamagedBlob() throws IOException {
    var artifact = store();
    var blob = store.blob(artifact.files().get(3).digest());
    Files.delete(blob);
    Files.writeString(blob, "not the logo");
    assertThatThrownBy(() -> store.verify(artifact.digest()))
        .hasMessageContaining("artifact-damaged")
        .hasMessageContaining("logo.png");
  }

  @Test
  void isNotFoundByAnotherName() {
    assertThat(store.find("0".repeat(64))).isEmpty();
    assertThatThrownBy(() -> store.find("../../etc/passwd"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aKillInTheMiddleLeavesNoHalfArtifact() throws Exception {
    for (int i = 0; i < 150; i++) {
      write("many/page" + i + ".html", ("<p>" + i + "</p>").repeat(3_000));
    }
    var other = folder.resolve("../killed");
    var child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Storing.class.getName(),
                other.toString(),
                site.toString())
            .inheritIO()
            .start();
    var incoming = other.resolve("incoming");
    while (child.isAlive() && files(incoming) < 20) {
      Thread.sleep(2);
    }
    child.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    assertThat(files(incoming)).as("it was killed in the middle").isGreaterThanOrEqualTo(20);

    var reopened = ArtifactStore.open(other);
    assertThat(reopened.digests()).isEmpty();
    assertThat(files(other)).isZero();
    assertThat(reopened.verify(reopened.store(Kind.STATIC, site, List.of(), 22).digest()).files())
        .hasSize(154);
  }

  /// What the child of the test above runs.
  static final class Storing {
    private Storing() {}

    static void main(String[] args) {
      ArtifactStore.open(Path.of(args[0])).store(Kind.STATIC, Path.of(args[1]), List.of(), 22);
    }
  }

  private Artifact store() {
    return store.store(Kind.STATIC, site, SUBSTITUTIONS, 22);
  }

  private void write(String path, String text) throws IOException {
    var file = site.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static long files(Path folder) throws IOException {
    try (Stream<Path> all = Files.exists(folder) ? Files.walk(folder) : Stream.empty()) {
      return all.filter(Files::isRegularFile).count();
    }
  }

  private static byte[] unpacked(String coding, Path file) throws IOException {
    Brotli4jLoader.ensureAvailability();
    InputStream packed = Files.newInputStream(file);
    try (var in =
        switch (coding) {
          case "br" -> new BrotliInputStream(packed);
          case "zstd" -> new ZstdInputStream(packed);
          default -> new GZIPInputStream(packed);
        }) {
      return in.readAllBytes();
    }
  }

  private static byte[] noise() {
    var bytes = new byte[4_000];
    new Random(1).nextBytes(bytes);
    return bytes;
  }
}
