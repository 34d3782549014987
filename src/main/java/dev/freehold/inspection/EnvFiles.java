package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Reads the `.env` files at the top of the export. Templates such as `.env.example` do not count.
final class EnvFiles {
  private static final Pattern FILE =
      Pattern.compile("\\.env(?:\\.(?!example|sample|template)[a-z]+)*");
  private static final Pattern LINE =
      Pattern.compile("\\s*+(?:export\\s++)?([A-Za-z_][A-Za-z0-9_]*+)\\s*+=(.*)");

  private EnvFiles() {}

  /// An assignment. The value stays in this room.
  record Setting(String name, String value, Place place) {
    @Override
    public String toString() {
      return name + " at " + place;
    }
  }

  static List<Setting> settings(Sources sources) {
    var settings = new ArrayList<Setting>();
    for (var path : sources.paths(p -> FILE.matcher(p).matches() && !p.contains("example"))) {
      int number = 0;
      for (var line : sources.text(path).orElse("").lines().toList()) {
        number++;
        var m = LINE.matcher(line);
        if (m.matches()) {
          settings.add(
              new Setting(m.group(1), unquoted(m.group(2).strip()), new Place(path, number)));
        }
      }
    }
    return settings;
  }

  static List<Inspection.EnvFile> files(List<Setting> settings) {
    Map<String, Set<String>> byFile = new TreeMap<>();
    settings.forEach(
        s -> byFile.computeIfAbsent(s.place().file(), f -> new TreeSet<>()).add(s.name()));
    return byFile.entrySet().stream()
        .map(e -> new Inspection.EnvFile(e.getKey(), List.copyOf(e.getValue())))
        .toList();
  }

  static Set<String> names(List<Setting> settings) {
    return settings.stream()
        .filter(s -> !s.value().isEmpty())
        .map(Setting::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String unquoted(String text) {
    boolean quoted =
        text.length() > 1
            && (text.charAt(0) == '"' || text.charAt(0) == '\'')
            && text.indexOf(text.charAt(0), 1) > 0;
    return quoted ? text.substring(1, text.indexOf(text.charAt(0), 1)) : text;
  }
}
