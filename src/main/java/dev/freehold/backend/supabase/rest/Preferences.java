package dev.freehold.backend.supabase.rest;

import dev.freehold.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/// What a client prefers (`Prefer`, RFC 7240). Of a preference given twice the first that is known
/// counts.
///
/// @param maxAffected rows a write may touch; honoured only with `handling=strict`
/// @param ending how the transaction ends, where a request may say so
/// @param invalid preferences we do not know
record Preferences(
    Optional<Representation> representation,
    Optional<Count> count,
    Optional<Resolution> resolution,
    Optional<Missing> missing,
    Optional<Handling> handling,
    Optional<Long> maxAffected,
    Optional<String> timezone,
    Optional<Ending> ending,
    List<String> invalid) {

  private static final String ZONE = "timezone=";
  private static final String MOST = "max-affected=";

  /// Words that are known, honoured or not.
  private static final List<String> KNOWN = known();

  private static List<String> known() {
    var words = new ArrayList<String>();
    for (var value : Ending.values()) {
      words.add(value.word());
    }
    for (var value : Representation.values()) {
      words.add(value.word());
    }
    for (var value : Count.values()) {
      words.add(value.word());
    }
    for (var value : Resolution.values()) {
      words.add(value.word());
    }
    for (var value : Missing.values()) {
      words.add(value.word());
    }
    for (var value : Handling.values()) {
      words.add(value.word());
    }
    return List.copyOf(words);
  }

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

  /// `tx=`.
  enum Ending {
    COMMIT("tx=commit"),
    ROLLBACK("tx=rollback");

    private final String word;

    Ending(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /// @param zones knows the names of time zones
  /// @param overridable whether a request may say how its transaction ends
  static Preferences of(Headers headers, Predicate<String> zones, boolean overridable) {
    var words = new ArrayList<String>();
    for (var line : headers.all("Prefer")) {
      for (var piece : line.split(",", -1)) {
        words.add(piece.strip());
      }
    }
    var zone = value(words, ZONE).filter(zones);
    var invalid = new ArrayList<String>();
    for (var word : words) {
      var known =
          KNOWN.contains(word)
              || word.startsWith(MOST)
              || (word.startsWith(ZONE) && zone.isPresent());
      if (!known) {
        invalid.add(word);
      }
    }
    return new Preferences(
        first(words, Representation.values(), Representation::word),
        first(words, Count.values(), Count::word),
        first(words, Resolution.values(), Resolution::word),
        first(words, Missing.values(), Missing::word),
        first(words, Handling.values(), Handling::word),
        value(words, MOST).flatMap(Preferences::number),
        zone,
        overridable ? first(words, Ending.values(), Ending::word) : Optional.empty(),
        invalid);
  }

  private static <T> Optional<T> first(
      List<String> words, T[] values, Function<T, String> spelling) {
    for (var word : words) {
      for (var value : values) {
        if (spelling.apply(value).equals(word)) {
          return Optional.of(value);
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> value(List<String> words, String name) {
    return words.stream()
        .filter(word -> word.startsWith(name))
        .findFirst()
        .map(word -> word.substring(name.length()));
  }

  private static Optional<Long> number(String text) {
    try {
      return Optional.of(Long.parseLong(text.strip()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /// Whether rows are counted exactly, at least up to a limit.
  boolean counts() {
    return count.equals(Optional.of(Count.EXACT)) || count.equals(Optional.of(Count.ESTIMATED));
  }

  /// Whether the transaction is rolled back.
  boolean rollsBack(RestSettings.TxEnd usual) {
    return ending.map(word -> word == Ending.ROLLBACK).orElse(usual.rollsBack());
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
}
