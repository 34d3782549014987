package dev.freehold.inspection;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The buckets that the app's code names.
///
/// @param first where each is used first, by its name
/// @param open those whose public addresses the code asks for
/// @param made those that the code makes itself
/// @param computed whether the code makes buckets whose names cannot be read
record BucketUse(Map<String, Place> first, Set<String> open, Set<String> made, boolean computed) {
  /// A name in quotes, or the name of a constant; the names are those a bucket may have, less the
  /// apostrophe.
  private static final String NAME =
      "\\s*+(?:(['\"`])([\\w !.*()&@=;:+,?-]{1,100})\\1|([A-Za-z_$][\\w$]{0,63}+))"
          + "(?:\\s++as\\s++\\w++)?\\s*+";

  private static final Pattern FROM =
      Pattern.compile(
          "\\.\\s*+storage\\s*+[!?]?\\.\\s*+from\\s*+\\("
              + NAME
              + ",?\\s*+\\)(\\s*+[!?]?\\.\\s*+getPublicUrl\\b)?");
  private static final Pattern CREATE = Pattern.compile("\\.\\s*+createBucket\\s*+\\(");
  private static final Pattern CREATED = Pattern.compile(NAME + "[,)]");
  private static final Pattern PUBLIC =
      Pattern.compile("/(?:object|render/image)/public/([\\w.-]{1,100})");

  static BucketUse find(List<CodeText> codes, StringConstants constants) {
    var first = new TreeMap<String, Place>();
    var open = new TreeSet<String>();
    var made = new TreeSet<String>();
    boolean computed = false;
    for (var code : codes) {
      for (var use : code.all(FROM)) {
        name(code, use, constants)
            .ifPresent(name -> {
              first.putIfAbsent(name, code.place(use.start()));
              if (use.group(4) != null) {
                open.add(name);
              }
            });
      }
      code.all(PUBLIC).forEach(address -> open.add(address.group(1)));
      for (var create : code.all(CREATE)) {
        var created = CREATED.matcher(code.text()).region(create.end(), code.text().length());
        var name = created.lookingAt() ? name(code, created, constants) : Optional.<String>empty();
        name.ifPresent(made::add);
        computed |= name.isEmpty();
      }
    }
    return new BucketUse(first, open, made, computed);
  }

  private static Optional<String> name(
      CodeText code, MatchResult match, StringConstants constants) {
    return match.group(2) == null
        ? constants.value(code, match.group(3)).filter(name -> name.indexOf('\'') < 0)
        : Optional.of(match.group(2));
  }
}
