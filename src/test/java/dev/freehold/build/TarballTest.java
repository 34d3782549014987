package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarballTest {
  private final Path folder;

  TarballTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void unpacksFilesReadOnlyAndLinksNotAtAll() throws IOException {
    var link = new TarArchiveEntry("package/link", TarConstants.LF_SYMLINK);
    link.setLinkName("/etc/passwd");
    var target = folder.resolve("tool");
    Tarball.unpack(
        tarball(List.of(file("package/bin/tool", 0755), file("package/a", 0644), link)), target);
    assertThat(target.resolve("bin/tool")).isExecutable().hasContent("x");
    assertThat(Files.isExecutable(target.resolve("a"))).isFalse();
    assertThat(Files.getPosixFilePermissions(target.resolve("a"))).hasSize(3);
    assertThat(Files.exists(target.resolve("link"), java.nio.file.LinkOption.NOFOLLOW_LINKS))
        .isFalse();
  }

  @Test
  void refusesAPathThatLeadsOutside() throws IOException {
    var tarball = tarball(List.of(file("package/../../escaped", 0644)));
    assertThatThrownBy(() -> Tarball.unpack(tarball, folder.resolve("tool")))
        .hasMessageContaining("archive-refused");
    assertThat(folder.resolve("escaped")).doesNotExist();
  }

  @Test
  void aToolThatCannotBeFetchedLeavesNothing() {
    var nowhere = new PackageRegistry(URI.create("http://127.0.0.1:1"));
    var toolchains = new Toolchains(folder.resolve("toolchains"), nowhere);
    assertThatThrownBy(() -> toolchains.node(22, line -> {}))
        .hasMessageContaining("download-failed");
    assertThatThrownBy(() -> toolchains.node(7, line -> {}))
        .hasMessageContaining("toolchain-unknown");
    assertThat(folder.resolve("toolchains").toFile().list()).isEmpty();
  }

  @Test
  void everyPinHoldsAWholeDigest() {
    assertThat(ToolchainPin.ALL).allMatch(pin -> pin.sha512().length() == 128);
    assertThat(ToolchainPin.ALL)
        .filteredOn(pin -> pin.arch().equals("amd64"))
        .extracting(ToolchainPin::tool)
        .contains("node20", "node22", "node24", "bun", "bun-baseline");
  }

  private static TarArchiveEntry file(String path, int mode) {
    var entry = new TarArchiveEntry(path);
    entry.setMode(mode);
    entry.setSize(1);
    return entry;
  }

  private Path tarball(List<TarArchiveEntry> entries) throws IOException {
    var file = folder.resolve("tool.tgz");
    try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(file)))) {
      for (var entry : entries) {
        tar.putArchiveEntry(entry);
        if (entry.isFile() && !entry.isSymbolicLink()) {
          tar.write("x".getBytes(StandardCharsets.US_ASCII));
        }
        tar.closeArchiveEntry();
      }
    }
    return file;
  }
}
