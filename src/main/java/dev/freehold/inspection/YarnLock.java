package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads yarn.lock, version 1 and the later YAML form. Both list `name@range, name@range:` and
/// below it the version; the range is the one of package.json, so a missing entry means that the
/// lock was made for another.
final class YarnLock {
  private static final Pattern VERSION =
      Pattern.compile("\\s+\"?version\"?:?\\s+\"?([^\"\\s]+)\"?");
  private static final Pattern ENTRY =
      Pattern.compile("\"?((?:@[^/\"]+/)?[^@\"/]+)@(?:npm:)?([^\"]*)\"?");

  private YarnLock() {}

  static Optional<LockContent> read(String text, PackageJson json) {
    if (!text.contains("yarn lockfile") && !text.contains("__metadata:")) {
      return Optional.empty();
    }
    Map<String, String> byEntry = new TreeMap<>();
    List<String> heads = new ArrayList<>();
    int packages = 0;
    for (var line : text.lines().toList()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      if (!Character.isWhitespace(line.charAt(0))) {
        heads = heads(line);
        continue;
      }
      var version = VERSION.matcher(line);
      if (version.matches() && !heads.isEmpty()) {
        for (var head : heads) {
          byEntry.put(head, version.group(1));
        }
        packages++;
        heads = new ArrayList<>();
      }
    }
    var specs = new LinkedHashMap<String, String>();
    var versions = new TreeMap<String, String>();
    json.wanted()
        .forEach((name, range) -> {
          var locked = byEntry.get(name + "@" + range.replaceFirst("^npm:", ""));
          if (locked != null) {
            specs.put(name, range);
            versions.put(name, locked);
          }
        });
    return Optional.of(new LockContent(specs, false, versions, List.of(), Map.of(), packages));
  }

  private static List<String> heads(String line) {
    var heads = new ArrayList<String>();
    for (var part : line.replaceAll(":\\s*$", "").replace("\"", "").split(",\\s*")) {
      var entry = ENTRY.matcher(part.strip());
      if (entry.matches()) {
        heads.add(entry.group(1) + "@" + entry.group(2));
      }
    }
    return heads;
  }
}
