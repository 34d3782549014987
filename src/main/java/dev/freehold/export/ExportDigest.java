package dev.freehold.export;

import dev.freehold.digest.Digest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;

/// The digest of an Export: SHA-256 over one line for each file, sorted by path. A line is the
/// path, a NUL, `x` or `-` for the owner's right to execute, and the SHA-256 of the content. Times,
/// owners and empty folders do not count.
final class ExportDigest {
  private ExportDigest() {}

  /// A file that counts.
  record Entry(String path, Path file, boolean executable, long bytes) {}

  static String of(List<Entry> files) {
    var whole = Digest.SHA_256.start();
    for (var entry : files.stream().sorted(Comparator.comparing(Entry::path)).toList()) {
      whole.update(entry.path().getBytes(StandardCharsets.UTF_8));
      whole.update((byte) 0);
      whole.update((byte) (entry.executable() ? 'x' : '-'));
      whole.update(content(entry.file()));
    }
    return HexFormat.of().formatHex(whole.digest());
  }

  private static byte[] content(Path file) {
    try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return Digest.SHA_256.of(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
