package dev.freehold.objectstore;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// What names the bytes of one version of one object: a UUID in lower case, made by us and never by
/// a client, so that no name of a client ever becomes part of a path.
public record Version(String text) {
  private static final Pattern FORM =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  public Version {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a version: " + text);
    }
  }

  /// One that nobody has had before.
  public static Version fresh() {
    return new Version(UUID.randomUUID().toString());
  }

  /// Empty for what is no version, for example a row's that another server has written.
  public static Optional<Version> parse(String text) {
    return FORM.matcher(text).matches() ? Optional.of(new Version(text)) : Optional.empty();
  }

  @Override
  public String toString() {
    return text;
  }
}
