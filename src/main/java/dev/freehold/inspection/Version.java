package dev.freehold.inspection;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A version of a package, ordered as Semantic Versioning 2.0.0 §11 says. Build metadata is
/// dropped.
///
/// @param pre the dot-separated parts behind the hyphen; empty for a release
record Version(long major, long minor, long patch, List<String> pre)
    implements Comparable<Version> {
  private static final Pattern FORM =
      Pattern.compile(
          "[v=\\s]*(\\d{1,15})\\.(\\d{1,15})\\.(\\d{1,15})"
              + "(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?");

  Version {
    pre = List.copyOf(pre);
  }

  static Optional<Version> parse(String text) {
    var m = FORM.matcher(text.strip());
    if (!m.matches()) {
      return Optional.empty();
    }
    var pre = m.group(4) == null ? List.<String>of() : List.of(m.group(4).split("\\."));
    return Optional.of(
        new Version(
            Long.parseLong(m.group(1)),
            Long.parseLong(m.group(2)),
            Long.parseLong(m.group(3)),
            pre));
  }

  static Version of(long major, long minor, long patch) {
    return new Version(major, minor, patch, List.of());
  }

  /// The lowest version with these three numbers, lower than any of its pre-releases.
  static Version floor(long major, long minor, long patch) {
    return new Version(major, minor, patch, List.of("0"));
  }

  boolean sameNumbers(Version other) {
    return major == other.major && minor == other.minor && patch == other.patch;
  }

  @Override
  public int compareTo(Version other) {
    int order = Long.compare(major, other.major);
    order = order != 0 ? order : Long.compare(minor, other.minor);
    order = order != 0 ? order : Long.compare(patch, other.patch);
    return order != 0 ? order : comparePre(other);
  }

  private int comparePre(Version other) {
    if (pre.isEmpty() || other.pre.isEmpty()) {
      return Boolean.compare(pre.isEmpty(), other.pre.isEmpty());
    }
    for (int i = 0; i < Math.min(pre.size(), other.pre.size()); i++) {
      int order = comparePart(pre.get(i), other.pre.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(pre.size(), other.pre.size());
  }

  private static int comparePart(String a, String b) {
    boolean aNumber = a.matches("\\d{1,18}");
    boolean bNumber = b.matches("\\d{1,18}");
    if (aNumber && bNumber) {
      return Long.compare(Long.parseLong(a), Long.parseLong(b));
    }
    return aNumber != bNumber ? Boolean.compare(bNumber, aNumber) : a.compareTo(b);
  }

  @Override
  public String toString() {
    return major + "." + minor + "." + patch + (pre.isEmpty() ? "" : "-" + String.join(".", pre));
  }
}
