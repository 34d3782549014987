package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A range of versions as package.json writes it: the grammar of npm's own documentation
/// (docs.npmjs.com, "semver"): `||`, hyphens, `^`, `~`, x-ranges and comparators.
///
/// Every form is turned into comparators first (`^1.2` is `>=1.2.0` and `<2.0.0-0`); a version
/// matches when it passes all comparators of one alternative. A pre-release matches only where a
/// comparator with the same three numbers names a pre-release itself: who asks for `^1.0.0-beta.1`
/// wants betas of 1.0.0, and nobody gets one by accident.
final class VersionRange {
  private static final String PART = "(\\d{1,15}|[xX*])";
  private static final String PARTIAL =
      "[v=]*"
          + PART
          + "(?:\\."
          + PART
          + "(?:\\."
          + PART
          + "(?:-([0-9A-Za-z.-]+))?(?:\\+[0-9A-Za-z.-]+)?)?)?";
  private static final Pattern COMPARATOR = Pattern.compile("(\\^|~>?|>=|<=|>|<|=)?\\s*" + PARTIAL);
  private static final Pattern HYPHEN = Pattern.compile("\\s*(\\S+)\\s+-\\s+(\\S+)\\s*");
  private static final Pattern LONE_PARTIAL = Pattern.compile(PARTIAL);
  private static final int MAX_CHARS = 512;

  private final List<List<Bound>> alternatives;

  private VersionRange(List<List<Bound>> alternatives) {
    this.alternatives = alternatives;
  }

  private enum Order {
    LESS,
    AT_MOST,
    MORE,
    AT_LEAST,
    EXACTLY
  }

  private record Bound(Order order, Version version) {
    boolean admits(Version candidate) {
      int c = candidate.compareTo(version);
      return switch (order) {
        case LESS -> c < 0;
        case AT_MOST -> c <= 0;
        case MORE -> c > 0;
        case AT_LEAST -> c >= 0;
        case EXACTLY -> c == 0;
      };
    }
  }

  /// The range, or nothing when the text is none: a tag such as `latest`, an address, a path.
  static Optional<VersionRange> parse(String text) {
    if (text.length() > MAX_CHARS) {
      return Optional.empty();
    }
    var alternatives = new ArrayList<List<Bound>>();
    for (var alternative : text.split("\\|\\|", -1)) {
      var bounds = alternative(alternative.strip());
      if (bounds.isEmpty()) {
        return Optional.empty();
      }
      alternatives.add(bounds.get());
    }
    return Optional.of(new VersionRange(List.copyOf(alternatives)));
  }

  boolean matches(Version candidate) {
    return alternatives.stream().anyMatch(bounds -> matches(bounds, candidate));
  }

  /// The lowest version the range may admit, for choosing among toolchains.
  Version lowest() {
    return alternatives.stream()
        .map(bounds ->
            bounds.stream()
                .filter(b -> b.order() != Order.LESS && b.order() != Order.AT_MOST)
                .map(Bound::version)
                .max(Version::compareTo)
                .orElse(Version.of(0, 0, 0)))
        .min(Version::compareTo)
        .orElse(Version.of(0, 0, 0));
  }

  private static boolean matches(List<Bound> bounds, Version candidate) {
    if (!bounds.stream().allMatch(b -> b.admits(candidate))) {
      return false;
    }
    return candidate.pre().isEmpty()
        || bounds.stream()
            .anyMatch(b -> !b.version().pre().isEmpty() && b.version().sameNumbers(candidate));
  }

  private static Optional<List<Bound>> alternative(String text) {
    if (text.isEmpty()) {
      return Optional.of(anything());
    }
    var hyphen = HYPHEN.matcher(text);
    if (hyphen.matches()) {
      return hyphen(hyphen.group(1), hyphen.group(2));
    }
    var bounds = new ArrayList<Bound>();
    var m = COMPARATOR.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (Character.isWhitespace(text.charAt(at))) {
        at++;
        continue;
      }
      m.region(at, text.length());
      if (!m.lookingAt()
          || (m.end() < text.length() && !Character.isWhitespace(text.charAt(m.end())))) {
        return Optional.empty();
      }
      bounds.addAll(comparator(m.group(1) == null ? "" : m.group(1), Partial.of(m, 2)));
      at = m.end();
    }
    return Optional.of(bounds);
  }

  /// A version of which the last numbers may be missing.
  ///
  /// @param known how many of the three numbers are there
  private record Partial(int known, long major, long minor, long patch, List<String> pre) {
    static Partial of(Matcher m, int first) {
      long[] numbers = new long[3];
      int known = 0;
      while (known < 3 && isNumber(m.group(first + known))) {
        numbers[known] = Long.parseLong(m.group(first + known));
        known++;
      }
      var pre = known == 3 ? m.group(first + 3) : null;
      return new Partial(
          known,
          numbers[0],
          numbers[1],
          numbers[2],
          pre == null ? List.of() : List.of(pre.split("\\.")));
    }

    private static boolean isNumber(@org.jspecify.annotations.Nullable String part) {
      return part != null && Character.isDigit(part.charAt(0));
    }

    Version low() {
      return new Version(major, minor, patch, pre);
    }

    /// The first version past all that the known numbers mean.
    Version past() {
      return known == 1
          ? Version.floor(major + 1, 0, 0)
          : known == 2
              ? Version.floor(major, minor + 1, 0)
              : Version.floor(major, minor, patch + 1);
    }
  }

  private static List<Bound> comparator(String operator, Partial p) {
    if (p.known() == 0) {
      return operator.equals("<") || operator.equals(">")
          ? List.of(new Bound(Order.LESS, Version.floor(0, 0, 0)))
          : anything();
    }
    boolean whole = p.known() == 3;
    return switch (operator) {
      case "^" -> between(p.low(), caretEnd(p));
      case "~", "~>" ->
          between(
              p.low(),
              p.known() == 1
                  ? Version.floor(p.major() + 1, 0, 0)
                  : Version.floor(p.major(), p.minor() + 1, 0));
      case ">=" -> List.of(new Bound(Order.AT_LEAST, p.low()));
      case ">" ->
          List.of(
              whole
                  ? new Bound(Order.MORE, p.low())
                  : new Bound(Order.AT_LEAST, release(p.past())));
      case "<" ->
          List.of(
              new Bound(
                  Order.LESS, whole ? p.low() : Version.floor(p.major(), p.minor(), p.patch())));
      case "<=" ->
          List.of(whole ? new Bound(Order.AT_MOST, p.low()) : new Bound(Order.LESS, p.past()));
      default -> whole ? List.of(new Bound(Order.EXACTLY, p.low())) : between(p.low(), p.past());
    };
  }

  /// A caret keeps the first number that is not zero.
  private static Version caretEnd(Partial p) {
    if (p.major() > 0 || p.known() == 1) {
      return Version.floor(p.major() + 1, 0, 0);
    }
    if (p.minor() > 0 || p.known() == 2) {
      return Version.floor(0, p.minor() + 1, 0);
    }
    return Version.floor(0, 0, p.patch() + 1);
  }

  private static Optional<List<Bound>> hyphen(String from, String to) {
    var a = LONE_PARTIAL.matcher(from);
    var b = LONE_PARTIAL.matcher(to);
    if (!a.matches() || !b.matches()) {
      return Optional.empty();
    }
    var bounds = new ArrayList<Bound>();
    bounds.add(new Bound(Order.AT_LEAST, Partial.of(a, 1).low()));
    var end = Partial.of(b, 1);
    if (end.known() > 0) {
      bounds.add(
          end.known() == 3
              ? new Bound(Order.AT_MOST, end.low())
              : new Bound(Order.LESS, end.past()));
    }
    return Optional.of(bounds);
  }

  private static List<Bound> between(Version low, Version end) {
    return List.of(new Bound(Order.AT_LEAST, low), new Bound(Order.LESS, end));
  }

  private static List<Bound> anything() {
    return List.of(new Bound(Order.AT_LEAST, Version.of(0, 0, 0)));
  }

  private static Version release(Version version) {
    return Version.of(version.major(), version.minor(), version.patch());
  }
}
