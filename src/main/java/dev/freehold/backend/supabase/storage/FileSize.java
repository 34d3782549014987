package dev.freehold.backend.supabase.storage;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;
import java.util.regex.Pattern;

/// A bucket's size limit as clients write it: `20GB`, `20MB`, `30KB`, `3B`, in powers of ten.
final class FileSize {
  private static final Pattern FORM =
      Pattern.compile("([0-9]{1,12}(?:\\.[0-9]{1,12})?)(gb|mb|kb|b)");

  private FileSize() {}

  static long parse(String text) {
    var found = FORM.matcher(text.toLowerCase(Locale.ROOT));
    if (!found.matches()) {
      throw StorageError.invalidRequest(
          "Invalid file size format, hint: use 20GB / 20MB / 30KB / 3B");
    }
    long unit =
        switch (found.group(2)) {
          case "gb" -> 1_000_000_000L;
          case "mb" -> 1_000_000L;
          case "kb" -> 1_000L;
          default -> 1L;
        };
    // Upstream keeps three significant digits.
    return new BigDecimal(found.group(1), new MathContext(3))
        .multiply(BigDecimal.valueOf(unit))
        .longValue();
  }
}
