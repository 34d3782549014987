package dev.freehold.inspection;

import java.util.Collection;
import java.util.List;

/// Writes lists of names into sentences, the first few by name.
final class Names {
  private static final int TOLD = 5;

  private Names() {}

  static String list(Collection<String> names) {
    var all = List.copyOf(names);
    if (all.size() <= TOLD + 1) {
      return String.join(", ", all);
    }
    return String.join(", ", all.subList(0, TOLD)) + " and " + (all.size() - TOLD) + " more";
  }

  /// `1 table`, `3 tables`.
  static String count(int number, String one, String many) {
    return number + " " + (number == 1 ? one : many);
  }

  static String count(int number, String noun) {
    return count(number, noun, noun + "s");
  }
}
