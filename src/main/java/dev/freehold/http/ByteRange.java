package dev.freehold.http;

import org.jspecify.annotations.Nullable;

/// Which bytes of a representation a client asks for (RFC 9110 §14). Several ranges at once, other
/// units and nonsense count as no range at all, which the standard allows.
public sealed interface ByteRange {
  ByteRange WHOLE = new Whole();

  record Whole() implements ByteRange {}

  /// @param first index of the first byte
  /// @param length at least 1
  record Part(long first, long length) implements ByteRange {}

  record Unsatisfiable() implements ByteRange {}

  static ByteRange parse(@Nullable String header, long size) {
    if (header == null || !header.startsWith("bytes=") || header.indexOf(',') >= 0) {
      return WHOLE;
    }
    var spec = header.substring("bytes=".length()).strip();
    int dash = spec.indexOf('-');
    if (dash < 0) {
      return WHOLE;
    }
    try {
      if (dash == 0) {
        return suffix(number(spec.substring(1)), size);
      }
      long first = number(spec.substring(0, dash));
      var lastText = spec.substring(dash + 1);
      long last = lastText.isEmpty() ? Long.MAX_VALUE : number(lastText);
      if (last < first) {
        return WHOLE;
      }
      return first >= size
          ? new Unsatisfiable()
          : new Part(first, Math.min(last, size - 1) - first + 1);
    } catch (NumberFormatException nonsense) {
      return WHOLE;
    }
  }

  private static ByteRange suffix(long length, long size) {
    if (length == 0 || size == 0) {
      return new Unsatisfiable();
    }
    return new Part(Math.max(0, size - length), Math.min(length, size));
  }

  private static long number(String digits) {
    if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new NumberFormatException(digits);
    }
    return Long.parseLong(digits);
  }
}
