package dev.freehold.inspection;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What `const NAME = 'text'` stands for, in its own file and in those that import it. Only what is
/// declared as a plain string and nowhere as something else has a value; within a function, only a
/// name in capitals, since a parameter may hide any other.
final class StringConstants {
  private static final Pattern DECLARATION =
      Pattern.compile("(?m)^([ \\t]*+)(export\\s++)?(const|let|var)\\s++([\\w$]{1,64})(?![\\w$])");
  private static final Pattern TEXT =
      Pattern.compile(
          "\\s*+(?::[^=\\r\\n]{0,80}+)?=\\s*+(['\"`])([^'\"`$\\\\\\r\\n]{1,100})\\1"
              + "(?:[ \\t]++as[ \\t]++const)?[ \\t]*+(?:;|\\R|$)");
  private static final Pattern IMPORT =
      Pattern.compile("\\bimport\\s*+(?:[\\w$]++\\s*+,\\s*+)?\\{([^{}]{1,4000})}");

  private final Map<String, Map<String, Optional<String>>> byFile = new HashMap<>();
  private final Map<String, Set<String>> imported = new HashMap<>();
  private final Map<String, Optional<String>> exported = new HashMap<>();

  StringConstants(List<CodeText> codes) {
    codes.forEach(this::read);
  }

  private void read(CodeText code) {
    var own = new HashMap<String, Optional<String>>();
    for (var declared : code.all(DECLARATION)) {
      var name = declared.group(4);
      var text = TEXT.matcher(code.text()).region(declared.end(), code.text().length());
      boolean plain =
          declared.group(3).equals("const")
              && (declared.group(1).isEmpty() || name.equals(name.toUpperCase(Locale.ROOT)))
              && text.lookingAt();
      Optional<String> value = plain ? Optional.of(text.group(2)) : Optional.empty();
      own.merge(name, value, StringConstants::same);
      if (declared.group(2) != null) {
        exported.merge(name, value, StringConstants::same);
      }
    }
    byFile.put(code.path(), own);
    imported.put(code.path(), imports(code));
  }

  private static Optional<String> same(Optional<String> one, Optional<String> other) {
    return one.equals(other) ? one : Optional.empty();
  }

  /// The text behind a name in that file; empty when it is none or not sure.
  Optional<String> value(CodeText code, String name) {
    var own = byFile.getOrDefault(code.path(), Map.of()).get(name);
    if (own != null) {
      return own;
    }
    return imported.getOrDefault(code.path(), Set.of()).contains(name)
        ? exported.getOrDefault(name, Optional.empty())
        : Optional.empty();
  }

  /// The names a file imports as they are; one under another name (`A as B`) is none of them.
  private static Set<String> imports(CodeText code) {
    var names = new HashSet<String>();
    for (var line : code.all(IMPORT)) {
      for (var one : line.group(1).split(",", -1)) {
        names.add(one.strip());
      }
    }
    return names;
  }
}
