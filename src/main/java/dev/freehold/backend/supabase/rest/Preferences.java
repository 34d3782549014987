package dev.freehold.backend.supabase.rest;

import dev.freehold.http.Headers;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What a client prefers (`Prefer`, RFC 7240). Of a preference given twice the first counts.
///
/// @param maxAffected rows a write may touch; honoured only with `handling=strict`
/// @param invalid preferences we do not know
record Preferences(
    Optional<Representation> representation,
    Optional<Count> count,
    Optional<Resolution> resolution,
    Optional<Missing> missing,
    Optional<Handling> handling,
    Optional<Long> maxAffected,
    Optional<String> timezone,
    List<String> invalid) {

  private static final Optional<String> NONE = Optional.empty();

  /// `return=`.
  enum Representation {
    FULL("return=representation"),
    HEADERS_ONLY("return=headers-only"),
    MINIMAL("return=minimal");

    private final String word;

    Representation(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /// `count=`.
  enum Count {
    EXACT("count=exact"),
    PLANNED("count=planned"),
    ESTIMATED("count=estimated");

    private final String word;

    Count(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /// `resolution=`: what an upsert does with rows that are there already.
  enum Resolution {
    MERGE("resolution=merge-duplicates"),
    IGNORE("resolution=ignore-duplicates");

    private final String word;

    Resolution(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /// `missing=`: what keys that an object lacks stand for.
  enum Missing {
    DEFAULT("missing=default"),
    NULL("missing=null");

    private final String word;

    Missing(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /// `handling=`.
  enum Handling {
    STRICT("handling=strict"),
    LENIENT("handling=lenient");

    private final String word;

    Handling(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  static Preferences of(Headers headers) {
    var first = new LinkedHashMap<String, String>();
    for (var line : headers.all("Prefer")) {
      for (var piece : line.split(",")) {
        var word = piece.strip();
        if (!word.isEmpty()) {
          int equals = word.indexOf('=');
          first.putIfAbsent(equals < 0 ? word : word.substring(0, equals), word);
        }
      }
    }
    var left = new ArrayList<>(first.values());
    var zone = first.containsKey("timezone") ? Optional.of(first.get("timezone")) : NONE;
    var most = first.containsKey("max-affected") ? Optional.of(first.get("max-affected")) : NONE;
    var preferences =
        new Preferences(
            take(left, Representation.values(), Representation::word),
            take(left, Count.values(), Count::word),
            take(left, Resolution.values(), Resolution::word),
            take(left, Missing.values(), Missing::word),
            take(left, Handling.values(), Handling::word),
            most.map(Preferences::value).filter(Preferences::isNumber).map(Long::valueOf),
            zone.map(Preferences::value),
            left);
    most.filter(word -> isNumber(value(word))).ifPresent(left::remove);
    zone.ifPresent(left::remove);
    // What tx= asks for is not allowed by db-tx-end=commit; the words are known all the same.
    left.removeIf(word -> word.equals("tx=commit") || word.equals("tx=rollback"));
    return preferences;
  }

  private static <T> Optional<T> take(List<String> left, T[] values, Function<T, String> word) {
    for (var value : values) {
      if (left.remove(word.apply(value))) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  private static String value(String word) {
    return word.substring(word.indexOf('=') + 1);
  }

  /// The same without the time zone, which nobody knows.
  Preferences withoutTimezone() {
    return new Preferences(
        representation,
        count,
        resolution,
        missing,
        handling,
        maxAffected,
        Optional.empty(),
        invalid);
  }

  boolean strict() {
    return handling.equals(Optional.of(Handling.STRICT));
  }

  /// The limit on touched rows that is in force.
  Optional<Long> enforcedMaxAffected() {
    return strict() ? maxAffected : Optional.empty();
  }

  boolean wantsRows() {
    return representation.equals(Optional.of(Representation.FULL));
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() < 19
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
