package dev.freehold.export;

import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;

/// How much an Export may hold. The largest real export seen has about a thousand files and 60 MB;
/// these bounds are far above that, and far below what would hurt the machine.
final class ExportLimits {
  /// Most entries, files and folders together.
  static final int MAX_ENTRIES = 50_000;

  /// Largest single file, in bytes.
  static final long MAX_FILE_BYTES = 256L << 20;

  /// Largest sum of all files, in bytes.
  static final long MAX_TOTAL_BYTES = 2L << 30;

  /// How many times larger than its compressed form an entry may be, once it is over
  /// [#RATIO_FREE_BYTES]. Text rarely reaches 20; deflate cannot pass about 1030.
  static final long MAX_RATIO = 200;

  /// Below this size, in bytes, the ratio is not looked at.
  static final long RATIO_FREE_BYTES = 1L << 20;

  /// Most folders one in another.
  static final int MAX_DEPTH = 40;

  /// Longest path below the root, in characters.
  static final int MAX_PATH_CHARS = 1024;

  private ExportLimits() {}

  static void count(int entries, String entry) {
    if (entries > MAX_ENTRIES) {
      throw refuse("export-too-large", "it has more than " + MAX_ENTRIES + " entries", entry);
    }
  }

  static void size(long bytes, long total, String entry) {
    if (bytes > MAX_FILE_BYTES) {
      throw refuse("export-too-large", "a file is larger than " + mb(MAX_FILE_BYTES), entry);
    }
    if (total > MAX_TOTAL_BYTES) {
      throw refuse("export-too-large", "all files exceed " + mb(MAX_TOTAL_BYTES), entry);
    }
  }

  /// A refusal that names the entry. What it says of the entry holds no control characters.
  static ProblemException refuse(String code, String why, String entry) {
    return Problem.of(code, "The export is refused: " + why)
        .detail("at " + printable(entry))
        .raise();
  }

  static String printable(String text) {
    var shown = text.length() > MAX_PATH_CHARS ? text.substring(0, MAX_PATH_CHARS) + "…" : text;
    var safe = new StringBuilder();
    shown
        .codePoints()
        .forEach(c -> {
          if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
            safe.append("\\u%04x".formatted(c));
          } else {
            safe.appendCodePoint(c);
          }
        });
    return safe.toString();
  }

  private static String mb(long bytes) {
    return (bytes >> 20) + " MB";
  }
}
