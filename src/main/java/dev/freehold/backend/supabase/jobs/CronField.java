package dev.freehold.backend.supabase.jobs;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The values that one field of a schedule names.
///
/// Held as pg_cron holds them, in bytes of eight values: a range that runs backwards (`22-5`) sets
/// the rest of the first bound's byte and the second bound's byte up to it, or nothing when both
/// are in one byte. So `22-5` hours means late evening and night, here as there.
record CronField(BitSet values, int low) {
  /// A field's bounds and names.
  record Kind(int low, int high, List<String> names) {}

  static final Kind MINUTE = new Kind(0, 59, List.of());
  static final Kind HOUR = new Kind(0, 23, List.of());
  static final Kind DAY = new Kind(1, 31, List.of());
  static final Kind MONTH =
      new Kind(
          1,
          12,
          List.of(
              "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"));
  static final Kind WEEKDAY =
      new Kind(0, 7, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat"));

  static final CronField NONE = new CronField(new BitSet(), 0);

  /// Larger than any bound: what a number with too many digits counts as.
  private static final int TOO_LARGE = 1000;

  private static final int MAX_DIGITS = 9;

  boolean has(int value) {
    return value >= low && values.get(value - low);
  }

  static Optional<CronField> parse(String text, Kind kind) {
    return new Reading(text, kind).list();
  }

  private static final class Reading {
    private final String text;
    private final Kind kind;
    private final BitSet values = new BitSet();
    private int at;

    Reading(String text, Kind kind) {
      this.text = text;
      this.kind = kind;
    }

    Optional<CronField> list() {
      do {
        if (!range()) {
          return Optional.empty();
        }
      } while (next(','));
      return Optional.of(new CronField(values, kind.low()));
    }

    private boolean range() {
      int first = kind.low();
      int last = kind.high();
      if (!next('*')) {
        first = number(kind.names());
        if (!next('-')) {
          if (inside(first) && !next('/')) {
            values.set(first - kind.low());
            return true;
          }
          return false;
        }
        last = number(kind.names());
      }
      int step = 1;
      if (next('/')) {
        step = number(List.of());
        if (step < 1 || step > kind.high()) {
          return false;
        }
      }
      if (!inside(first) || !inside(last)) {
        return false;
      }
      set(first - kind.low(), last - kind.low(), step);
      return true;
    }

    private void set(int first, int last, int step) {
      if (step > 1 || first <= last) {
        for (int value = first; value <= last; value += step) {
          values.set(value);
        }
      } else if (first / Byte.SIZE != last / Byte.SIZE) {
        values.set(first, (first / Byte.SIZE + 1) * Byte.SIZE);
        values.set(last / Byte.SIZE * Byte.SIZE, last + 1);
      }
    }

    private boolean inside(int number) {
      return number >= kind.low() && number <= kind.high();
    }

    private boolean next(char wanted) {
      boolean found = at < text.length() && text.charAt(at) == wanted;
      at += found ? 1 : 0;
      return found;
    }

    /// A number or a name; -1 for neither.
    private int number(List<String> names) {
      int from = at;
      while (at < text.length() && isWord(text.charAt(at))) {
        at++;
      }
      var word = text.substring(from, at).toLowerCase(Locale.ROOT);
      int name = names.indexOf(word);
      if (name >= 0) {
        return name + kind.low();
      }
      if (word.isEmpty() || !word.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return -1;
      }
      var digits = word.replaceFirst("^0+(?=.)", "");
      return digits.length() > MAX_DIGITS ? TOO_LARGE : Integer.parseInt(digits);
    }

    private static boolean isWord(char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
  }
}
