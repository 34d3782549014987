package dev.freehold.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Zips a Vendor makes are unpacked; zips an attacker makes are refused, and nothing of them stays.
class ZipExportTest {
  private static final int SYMLINK = 0120777;
  private static final int CHARACTER_DEVICE = 0020666;

  private final Path folder;
  private final Path workspace;

  ZipExportTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.workspace = Files.createDirectory(folder.resolve("workspace"));
  }

  @Test
  void oneTopFolderIsTakenOff() throws IOException {
    var with =
        zip(
            "shop-main.zip",
            out -> {
              file(out, "shop-main/package.json", "{}");
              file(out, "shop-main/src/main.ts", "export {}");
              file(out, "__MACOSX/shop-main/._package.json", "junk");
            });
    var without =
        zip(
            "flat.zip",
            out -> {
              file(out, "package.json", "{}");
              file(out, "src/main.ts", "export {}");
              file(out, "node_modules/x/index.js", "left out");
            });

    var one = Exports.read(with.toString(), workspace);
    var other = Exports.read(without.toString(), workspace);

    assertThat(one.name()).isEqualTo("shop-main");
    assertThat(one.root().resolve("src/main.ts")).hasContent("export {}");
    assertThat(one.temporary()).isTrue();
    assertThat(one.files()).isEqualTo(2);
    assertThat(other.root().resolve("node_modules")).doesNotExist();
    assertThat(one.digest()).isEqualTo(other.digest());
  }

  @ParameterizedTest
  @CsvSource({
    "../evil.txt, export-path-escape",
    "a/../../evil.txt, export-path-escape",
    "/etc/evil, export-path-escape",
    "C:/evil, export-path-escape",
    "a\\b.txt, export-unsafe-name",
    "a//b.txt, export-unsafe-name",
    "./b.txt, export-unsafe-name"
  })
  void namesThatLeaveOrConfuseAreRefused(String name, String code) throws IOException {
    var problem = refusal(zip("bad.zip", out -> file(out, name, "x")));

    assertThat(problem.code()).isEqualTo(code);
    assertThat(problem.detail().orElse("")).contains(name);
  }

  @Test
  void controlCharactersAreRefusedAndShownHarmless() throws IOException {
    var problem = refusal(zip("bad.zip", out -> file(out, "a\u0000\u001b[2Jb", "x")));

    assertThat(problem.code()).isEqualTo("export-unsafe-name");
    assertThat(problem.detail().orElse("")).contains("\\u0000\\u001b[2Jb");
  }

  @Test
  void namesThatAreNotUtf8AreRefused() throws IOException {
    var file = folder.resolve("latin.zip");
    try (var out = new ZipArchiveOutputStream(file)) {
      out.setEncoding("ISO-8859-1");
      out.setUseLanguageEncodingFlag(false);
      file(out, "caf\u00e9.txt", "x");
    }

    assertThat(refusal(file).code()).isEqualTo("export-unsafe-name");
  }

  @Test
  void linksAndDevicesAreRefused() throws IOException {
    var link =
        refusal(
            zip(
                "link.zip",
                out -> {
                  file(out, "package.json", "{}");
                  entry(out, "passwd", "/etc/passwd", SYMLINK);
                }));
    var device = refusal(zip("device.zip", out -> entry(out, "null", "", CHARACTER_DEVICE)));

    assertThat(link.code()).isEqualTo("export-link");
    assertThat(link.detail()).hasValue("at passwd");
    assertThat(device.code()).isEqualTo("export-special-file");
  }

  @Test
  void namesThatFallTogetherAreRefused() throws IOException {
    var twice =
        zip(
            "twice.zip",
            out -> {
              file(out, "a.txt", "1");
              file(out, "a.txt", "2");
            });
    var byCase =
        zip(
            "case.zip",
            out -> {
              file(out, "src/App.tsx", "1");
              file(out, "src/app.tsx", "2");
            });
    var byFolder =
        zip(
            "folder.zip",
            out -> {
              file(out, "a", "1");
              file(out, "a/b", "2");
            });

    assertThat(refusal(twice).code()).isEqualTo("export-duplicate-entry");
    assertThat(refusal(byCase).detail().orElse("")).contains("src/App.tsx and src/app.tsx");
    assertThat(refusal(byFolder).code()).isEqualTo("export-duplicate-entry");
  }

  @Test
  void aBombIsStoppedWhileItInflates() throws IOException {
    var bomb = zip("bomb.zip", out -> file(out, "zeros", "\0".repeat(8 << 20)));

    assertThat(refusal(bomb).code()).isEqualTo("export-bomb");
  }

  @Test
  void aHeaderThatLiesAboutTheSizeIsNotBelieved() throws IOException {
    var text = "0123456789".repeat(100);
    var smaller = zip("liar.zip", out -> file(out, "a.txt", text));
    patchCentralHeader(smaller, 24, 10);

    assertThat(refusal(smaller).code()).isEqualTo("export-bomb");
  }

  @Test
  void aWrongChecksumIsRefused() throws IOException {
    var damaged = zip("damaged.zip", out -> file(out, "a.txt", "hello"));
    patchCentralHeader(damaged, 16, 42);

    assertThat(refusal(damaged).code()).isEqualTo("export-damaged");
  }

  @Test
  void anEncryptedEntryIsRefused() throws IOException {
    var secret = zip("secret.zip", out -> file(out, "a.txt", "hello"));
    patchCentralHeader(secret, 8, 0x00080801);

    assertThat(refusal(secret).code()).isEqualTo("export-encrypted");
  }

  @Test
  void tooManyEntriesAndTooDeepFoldersAreRefused() throws IOException {
    var many =
        zip(
            "many.zip",
            out -> {
              for (int i = 0; i <= ExportLimits.MAX_ENTRIES; i++) {
                stored(out, "f" + i);
              }
            });
    var deep = zip("deep.zip", out -> file(out, "d/".repeat(ExportLimits.MAX_DEPTH) + "f", "x"));

    assertThat(refusal(many).code()).isEqualTo("export-too-large");
    assertThat(refusal(deep).code()).isEqualTo("export-too-deep");
  }

  @Test
  void whatIsNoZipIsSaidToBeNone() throws IOException {
    var text = Files.writeString(folder.resolve("a.zip"), "hello");
    var cut = zip("cut.zip", out -> file(out, "a.txt", "hello"));
    Files.write(cut, java.util.Arrays.copyOf(Files.readAllBytes(cut), 40));

    assertThat(refusal(text).code()).isEqualTo("export-unreadable");
    assertThat(refusal(cut).code()).isEqualTo("export-unreadable");
  }

  private Problem refusal(Path zip) throws IOException {
    var thrown =
        catchThrowableOfType(ProblemException.class, () -> Exports.read(zip.toString(), workspace));
    assertThat(thrown).isNotNull();
    try (var left = Files.list(workspace)) {
      assertThat(left).isEmpty();
    }
    return thrown.problem();
  }

  private interface Filling {
    void fill(ZipArchiveOutputStream out) throws IOException;
  }

  private Path zip(String name, Filling filling) throws IOException {
    var path = folder.resolve(name);
    try (var out = new ZipArchiveOutputStream(path)) {
      filling.fill(out);
    }
    return path;
  }

  private static void file(ZipArchiveOutputStream out, String name, String text)
      throws IOException {
    entry(out, name, text, 0100644);
  }

  private static void entry(ZipArchiveOutputStream out, String name, String text, int mode)
      throws IOException {
    var entry = new RawName(name);
    entry.setUnixMode(mode);
    out.putArchiveEntry(entry);
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.closeArchiveEntry();
  }

  private static void stored(ZipArchiveOutputStream out, String name) throws IOException {
    var entry = new ZipArchiveEntry(name);
    entry.setMethod(ZipArchiveEntry.STORED);
    entry.setSize(0);
    entry.setCrc(new CRC32().getValue());
    out.putArchiveEntry(entry);
    out.closeArchiveEntry();
  }

  /// An entry whose name is written as it is; the library would repair backslashes.
  private static final class RawName extends ZipArchiveEntry {
    RawName(String name) {
      super("x");
      setUnixMode(0100644);
      setName(name, name.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    protected void setName(String name, byte[] raw) {
      super.setName(name, raw);
    }
  }

  /// Overwrites four bytes of the only central header.
  private static void patchCentralHeader(Path zip, int offset, int value) throws IOException {
    var bytes = ByteBuffer.wrap(Files.readAllBytes(zip)).order(ByteOrder.LITTLE_ENDIAN);
    int at = 0;
    while (bytes.getInt(at) != 0x02014b50) {
      at++;
    }
    bytes.putInt(at + offset, value);
    Files.write(zip, bytes.array());
  }
}
