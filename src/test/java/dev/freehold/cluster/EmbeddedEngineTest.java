package dev.freehold.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.problem.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.xz.XZCompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedEngineTest {
  private final Path folder;

  EmbeddedEngineTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void thePinIsTheJarTheTestsRunOn() throws Exception {
    var hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(TestEngine.jar()));
    assertThat(HexFormat.of().formatHex(hash)).isEqualTo(EmbeddedEngine.AMD64.digest());
  }

  @Test
  void isReadableByEveryUserAndHasTheStandIns() throws Exception {
    var engine = TestEngine.unpacked(folder);
    assertThat(engine.major()).isEqualTo(18);
    assertThat(mode(engine.bin().resolve("postgres"))).isEqualTo("rwxr-xr-x");
    assertThat(mode(engine.bin())).isEqualTo("rwxr-xr-x");
    var extensions = engine.bin().resolve("../share/postgresql/extension");
    assertThat(extensions.resolve("pg_cron.control")).content().contains("Freehold stand-in");
    assertThat(extensions.resolve("moddatetime.control")).content().contains("trusted = true");
    assertThat(mode(extensions.resolve("pg_net--1.0.sql"))).isEqualTo("rw-r--r--");
  }

  @Test
  void anEntryOutsideTheFolderEndsIt() throws IOException {
    var archive = archive(tar -> put(tar, new TarArchiveEntry("../evil"), "x"));
    assertThatThrownBy(() -> EngineArchive.unpack(archive, folder.resolve("in")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leaves its folder");
    assertThat(folder.resolve("evil")).doesNotExist();
  }

  @Test
  void aLinkThatPointsOutsideEndsIt() throws IOException {
    var link = new TarArchiveEntry("lib/passwd", TarConstants.LF_SYMLINK);
    link.setLinkName("../../../etc/passwd");
    var archive = archive(tar -> put(tar, link, ""));
    assertThatThrownBy(
            () -> EngineArchive.unpack(archive, Files.createDirectory(folder.resolve("in"))))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("leaves its folder");
  }

  @Test
  void aFolderWithoutServerIsSaid() {
    assertThatThrownBy(() -> PostgresEngine.at(folder))
        .isInstanceOf(ProblemException.class)
        .hasMessageContaining("engine-missing");
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private static ByteArrayInputStream archive(Consumer<TarArchiveOutputStream> content)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new XZCompressorOutputStream(bytes))) {
      content.accept(tar);
    }
    return new ByteArrayInputStream(bytes.toByteArray());
  }

  private static void put(TarArchiveOutputStream tar, TarArchiveEntry entry, String text) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    try {
      if (!entry.isSymbolicLink()) {
        entry.setSize(bytes.length);
      }
      tar.putArchiveEntry(entry);
      tar.write(bytes);
      tar.closeArchiveEntry();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
