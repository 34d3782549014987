package dev.freehold.backend.supabase.storage;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which bytes of an object a client asks for (RFC 9110 §14). Several ranges at once and nonsense
/// count as no range at all, which the standard allows.
sealed interface ByteRange {
  record Whole() implements ByteRange {}

  /// @param first index of the first byte
  /// @param length at least 1
  record Part(long first, long length) implements ByteRange {}

  record Unsatisfiable() implements ByteRange {}

  Pattern FORM = Pattern.compile("bytes=\\s*([0-9]{0,18})-([0-9]{0,18})\\s*");

  static ByteRange parse(@Nullable String header, long size) {
    var found = FORM.matcher(header == null ? "" : header);
    if (!found.matches() || (found.group(1).isEmpty() && found.group(2).isEmpty())) {
      return new Whole();
    }
    if (found.group(1).isEmpty()) {
      long suffix = Long.parseLong(found.group(2));
      return suffix == 0 || size == 0
          ? new Unsatisfiable()
          : new Part(Math.max(0, size - suffix), Math.min(suffix, size));
    }
    long first = Long.parseLong(found.group(1));
    long last = found.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(found.group(2));
    if (last < first) {
      return new Whole();
    }
    return first >= size
        ? new Unsatisfiable()
        : new Part(first, Math.min(last, size - 1) - first + 1);
  }
}
