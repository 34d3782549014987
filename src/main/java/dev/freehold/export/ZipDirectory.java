package dev.freehold.export;

import dev.freehold.problem.Problem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Bounds a zip's central directory before anything parses it.
///
/// A reader of zips keeps the whole directory in memory, and the counts in its trailer may lie. But
/// no reader can find more headers than there are header signatures in the file, nor more text in
/// them than their length fields say; so both are summed over the raw bytes. Signatures that occur
/// by chance inside of packed data are rare (one in 4 GB) and only make the bound stricter.
final class ZipDirectory {
  /// Largest zip, in bytes.
  static final long MAX_ZIP_BYTES = 1L << 30;

  /// Largest sum of names, extra fields and comments, in bytes.
  private static final long MAX_DIRECTORY_TEXT_BYTES = 64L << 20;

  /// APPNOTE.TXT 4.3.12: a central header begins with these four bytes, little-endian ...
  private static final int SIGNATURE = 0x02014b50;

  /// ... and has the three lengths in bytes 28 to 33.
  private static final int LENGTHS_END = 34;

  private static final int BUFFER_BYTES = 1 << 20;

  private ZipDirectory() {}

  static void bound(Path zip) {
    try {
      if (Files.size(zip) > MAX_ZIP_BYTES) {
        throw ExportLimits.refuse(
            "export-too-large", "the zip is over " + (MAX_ZIP_BYTES >> 20) + " MB", name(zip));
      }
      scan(zip);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void scan(Path zip) throws IOException {
    int headers = 0;
    long text = 0;
    try (var in = new BufferedInputStream(Files.newInputStream(zip), BUFFER_BYTES)) {
      int window = 0;
      int first = in.read();
      if (first != 'P') {
        throw Problem.of("export-unreadable", "The file is not a zip")
            .detail(name(zip))
            .hint("give a folder, a .zip file or a Git address")
            .raise();
      }
      for (int b = first; b >= 0; b = in.read()) {
        window = (window >>> 8) | (b << 24);
        if (window == SIGNATURE) {
          in.mark(LENGTHS_END);
          var header = in.readNBytes(LENGTHS_END - 4);
          in.reset();
          ExportLimits.count(++headers, name(zip));
          for (int at = 24; header.length > 29 && at < 30; at += 2) {
            text += (header[at] & 0xff) | (header[at + 1] & 0xff) << 8;
          }
          if (text > MAX_DIRECTORY_TEXT_BYTES) {
            throw ExportLimits.refuse("export-too-large", "its directory is too large", name(zip));
          }
        }
      }
    }
  }

  private static String name(Path zip) {
    return String.valueOf(zip.getFileName());
  }
}
