package dev.freehold.build;

import dev.freehold.plan.BuildRecipe;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Replaces fixed strings in text, byte for byte: whatever else the file holds, in whatever
/// encoding, stays as it is.
///
/// Bytes are handled as Latin-1 characters, which maps each byte to one character and back. One
/// pass from left to right; where two strings start at the same place, the longer one wins, and
/// what was put in is not searched again.
final class TextReplacement {
  private static final Set<String> TEXT =
      Set.of(
          "js",
          "mjs",
          "cjs",
          "html",
          "htm",
          "json",
          "css",
          "map",
          "txt",
          "xml",
          "webmanifest",
          "svg",
          "md",
          "csv",
          "toml",
          "yaml",
          "yml",
          "jsonld",
          "vtt");

  private final List<BuildRecipe.Substitution> substitutions;
  private final Pattern any;

  TextReplacement(List<BuildRecipe.Substitution> substitutions) {
    this.substitutions =
        substitutions.stream()
            .filter(s -> !s.find().isEmpty())
            .sorted(Comparator.comparing((BuildRecipe.Substitution s) -> -s.find().length()))
            .toList();
    this.any =
        Pattern.compile(
            this.substitutions.stream()
                .map(s -> Pattern.quote(latin(s.find())))
                .collect(Collectors.joining("|")));
  }

  /// Whether a file of that name is text that may be changed.
  static boolean isText(String path) {
    int dot = path.lastIndexOf('.');
    return dot > path.lastIndexOf('/')
        && TEXT.contains(path.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  boolean occursIn(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    return substitutions.stream().anyMatch(s -> text.contains(latin(s.find())));
  }

  /// The same bytes with each string replaced; a value that is missing leaves its strings alone.
  byte[] apply(byte[] bytes, Map<BuildRecipe.Value, String> values) {
    if (substitutions.isEmpty()) {
      return bytes;
    }
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    return any.matcher(text)
        .replaceAll(found -> Matcher.quoteReplacement(latin(value(found.group(), values))))
        .getBytes(StandardCharsets.ISO_8859_1);
  }

  /// The text without any of the strings, for asking what else it holds.
  String without(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    return substitutions.isEmpty() ? text : any.matcher(text).replaceAll(" ");
  }

  private String value(String found, Map<BuildRecipe.Value, String> values) {
    for (var substitution : substitutions) {
      if (latin(substitution.find()).equals(found)) {
        return values.getOrDefault(substitution.by(), substitution.find());
      }
    }
    return new String(found.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static String latin(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }
}
