package dev.freehold.plan;

import java.text.Normalizer;
import java.util.Locale;

/// Makes a name that can stand in a host (RFC 1123): lower-case letters, digits and single hyphens,
/// beginning with a letter, at most [#MAX_LENGTH] characters.
public final class AppLabel {
  /// Longest name, in characters; a host label may hold 63, and previews add to it.
  public static final int MAX_LENGTH = 40;

  private static final String NOTHING_LEFT = "app";

  private AppLabel() {}

  /// The nearest valid name: `My Shop (copy)` becomes `my-shop-copy`.
  public static String from(String text) {
    var plain = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    var label =
        plain.replaceAll("\\p{M}+", "").replaceAll("[^a-z0-9]+", "-").replaceAll("^[-0-9]+", "");
    if (label.length() > MAX_LENGTH) {
      label = label.substring(0, MAX_LENGTH);
    }
    label = label.replaceAll("-+$", "");
    return label.isEmpty() ? NOTHING_LEFT : label;
  }
}
