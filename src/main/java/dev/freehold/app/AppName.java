package dev.freehold.app;

import dev.freehold.problem.Problem;
import java.util.Locale;
import java.util.regex.Pattern;

/// What an App or an Environment is called: one label of a host name, so that it can stand in an
/// address, a folder and a log line as it is (RFC 1123 §2.1).
///
/// @param text 1 to 40 characters: lower-case letters, digits and inner hyphens, a letter first
public record AppName(String text) {
  private static final int MAX_CHARS = 40;
  private static final Pattern LABEL = Pattern.compile("[a-z](?:[a-z0-9-]*[a-z0-9])?");

  public AppName {
    if (text.length() > MAX_CHARS || !LABEL.matcher(text).matches()) {
      throw Problem.of("name-invalid", "“" + shown(text) + "” cannot be a name")
          .hint(
              "use 1 to 40 lower-case letters, digits and hyphens, a letter first, for example"
                  + " salon-bookings")
          .raise();
    }
  }

  /// The nearest name to some text, for a default: `My App (final).zip` gives `my-app-final`.
  public static AppName near(String anything) {
    var label =
        anything.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^[^a-z]+", "");
    label = label.substring(0, Math.min(label.length(), MAX_CHARS)).replaceAll("-+$", "");
    return new AppName(label.isEmpty() ? "app" : label);
  }

  private static String shown(String text) {
    var safe = text.replaceAll("\\p{Cntrl}", "�");
    return safe.length() > MAX_CHARS ? safe.substring(0, MAX_CHARS) + "…" : safe;
  }

  @Override
  public String toString() {
    return text;
  }
}
