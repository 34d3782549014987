package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Finds the name that was probably meant. Candidates are first compared by the letter groups they
/// share (cosine of their counts), then ranked by edit distance.
final class FuzzyMatch {
  /// How like names of tables and functions must be, 0 to 1.
  static final double NAMES = 0.75;

  /// How like lists of arguments, and relations that may be embedded, must be, 0 to 1.
  static final double ARGUMENTS = 0.33;

  private static final int LONGEST_GROUP = 3;
  private static final int SHORTEST_GROUP = 2;

  /// Names longer than this are not compared.
  private static final int MAX_CHARS = 512;

  /// How many of those that share most groups are ranked by their distance.
  private static final int MAX_RANKED = 50;

  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble(Scored::score).reversed();

  private FuzzyMatch() {}

  private record Scored(String candidate, double score) {}

  /// The candidate itself when it is one but for case.
  static Optional<String> best(String wanted, Collection<String> candidates, double least) {
    if (wanted.length() > MAX_CHARS) {
      return Optional.empty();
    }
    var word = wanted.toLowerCase(Locale.ROOT);
    for (var candidate : candidates) {
      if (candidate.toLowerCase(Locale.ROOT).equals(word)) {
        return Optional.of(candidate);
      }
    }
    for (int size = LONGEST_GROUP; size >= SHORTEST_GROUP; size--) {
      var best = best(word, candidates, least, size);
      if (best.isPresent()) {
        return best;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> best(
      String word, Collection<String> candidates, double least, int size) {
    var groups = groups(word, size);
    var alike = new ArrayList<Scored>();
    for (var candidate : candidates) {
      double cosine = cosine(groups, groups(candidate.toLowerCase(Locale.ROOT), size));
      if (cosine > 0) {
        alike.add(new Scored(candidate, cosine));
      }
    }
    return alike.stream()
        .sorted(BEST_FIRST)
        .limit(MAX_RANKED)
        .map(one -> new Scored(one.candidate(), likeness(word, one.candidate())))
        .filter(one -> one.score() >= least)
        .min(BEST_FIRST)
        .map(Scored::candidate);
  }

  private static double likeness(String word, String candidate) {
    var other = candidate.toLowerCase(Locale.ROOT);
    int longest = Math.max(1, Math.max(word.length(), other.length()));
    return 1 - (double) distance(word, other) / longest;
  }

  /// Counts the groups of a word's letters, digits, blanks and commas.
  private static Map<String, Integer> groups(String word, int size) {
    var counts = new HashMap<String, Integer>();
    var framed = new StringBuilder("-");
    word.codePoints()
        .filter(c -> Character.isLetterOrDigit(c) || Character.isWhitespace(c) || c == ',')
        .forEach(framed::appendCodePoint);
    framed.append('-');
    for (int i = 0; i + size <= framed.length(); i++) {
      counts.merge(framed.substring(i, i + size), 1, Integer::sum);
    }
    return counts;
  }

  private static double cosine(Map<String, Integer> a, Map<String, Integer> b) {
    double product = 0;
    for (var entry : a.entrySet()) {
      product += entry.getValue() * (double) b.getOrDefault(entry.getKey(), 0);
    }
    return product == 0 ? 0 : product / (norm(a) * norm(b));
  }

  private static double norm(Map<String, Integer> counts) {
    double sum = 0;
    for (int n : counts.values()) {
      sum += (double) n * n;
    }
    return Math.sqrt(sum);
  }

  /// Levenshtein's distance, row by row.
  private static int distance(String a, String b) {
    var above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      var row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(row[j - 1], above[j]) + 1);
      }
      above = row;
    }
    return above[b.length()];
  }
}
