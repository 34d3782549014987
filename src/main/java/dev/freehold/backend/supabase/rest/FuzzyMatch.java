package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Finds the name that was probably meant. Candidates are first compared by the letter groups they
/// share (cosine of their counts), then ranked by edit distance.
final class FuzzyMatch {
  /// How like names of tables and functions must be, 0 to 1.
  static final double NAMES = 0.75;

  /// How like lists of arguments must be, 0 to 1.
  static final double ARGUMENTS = 0.33;

  private static final int LONGEST_GROUP = 3;
  private static final int SHORTEST_GROUP = 2;

  /// Names longer than this are not compared.
  private static final int MAX_CHARS = 512;

  /// The likeliest by their groups; only these are ranked by distance.
  private static final int MAX_COMPARED = 50;

  /// What does not count in groups: all but letters, digits, spaces and commas.
  private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}\\s,]");

  private FuzzyMatch() {}

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

  private record Candidate(String name, double likeness) {}

  private static Optional<String> best(
      String word, Collection<String> candidates, double least, int size) {
    var groups = groups(word, size);
    var like = new ArrayList<Candidate>();
    for (var candidate : candidates) {
      double likeness = cosine(groups, groups(candidate.toLowerCase(Locale.ROOT), size));
      if (likeness > 0) {
        like.add(new Candidate(candidate, likeness));
      }
    }
    like.sort(Comparator.comparingDouble(Candidate::likeness).reversed());
    Optional<String> best = Optional.empty();
    double bestScore = least;
    for (var candidate : like.subList(0, Math.min(MAX_COMPARED, like.size()))) {
      double score = score(word, candidate.name().toLowerCase(Locale.ROOT));
      if (score > bestScore || (best.isEmpty() && score >= bestScore)) {
        best = Optional.of(candidate.name());
        bestScore = score;
      }
    }
    return best;
  }

  private static double score(String word, String other) {
    return 1 - (double) distance(word, other) / Math.max(1, Math.max(word.length(), other.length()));
  }

  private static Map<String, Integer> groups(String word, int size) {
    var counts = new HashMap<String, Integer>();
    var framed = "-" + NO_WORD.matcher(word).replaceAll("") + "-";
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
