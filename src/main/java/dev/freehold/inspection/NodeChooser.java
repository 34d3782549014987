package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Chooses the Node version to build and run with. Exports hardly ever say; their dependencies do,
/// where the lock keeps what they ask for, and a few are known to need a recent one.
final class NodeChooser {
  /// In the order of preference when nothing decides.
  private static final List<Integer> MAJORS = List.of(22, 24, 20);

  /// Stands for the newest release of a major: the toolchains we install are kept up to date.
  private static final long NEWEST_MINOR = 999;

  private static final Map<String, String> KNOWN_NEEDS =
      Map.of(
          "vite 7", "^20.19.0 || >=22.12.0",
          "vite 8", "^20.19.0 || >=22.12.0",
          "@tanstack/react-start 1", ">=22.12.0",
          "nitro 3", "^20.19.0 || >=22.12.0");

  private NodeChooser() {}

  record Choice(int major, String why) {}

  static Choice choose(Sources sources, PackageJson json, List<LockDetector.Read> locks) {
    var own = ownWish(sources, json);
    var needs = needs(json, locks);
    int best = MAJORS.getFirst();
    int fewest = Integer.MAX_VALUE;
    for (int major : MAJORS) {
      int refused = refusing(needs, major).size() + (admits(own, major) ? 0 : needs.size() + 1);
      if (refused < fewest) {
        fewest = refused;
        best = major;
      }
    }
    return new Choice(best, why(best, own, needs));
  }

  private static String why(int best, String own, Map<String, String> needs) {
    if (!own.isEmpty()) {
      return "the app asks for " + own;
    }
    var strict = needs.entrySet().stream().filter(e -> !admits(e.getValue(), 20)).findFirst();
    if (strict.isPresent() && admits(strict.get().getValue(), best)) {
      return strict.get().getKey() + " asks for " + strict.get().getValue();
    }
    return needs.isEmpty() ? "nothing asks for another" : "suits every dependency that says";
  }

  private static List<String> refusing(Map<String, String> needs, int major) {
    return needs.entrySet().stream()
        .filter(e -> !admits(e.getValue(), major))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static boolean admits(String range, int major) {
    return range.isEmpty()
        || VersionRange.parse(range)
            .map(r -> r.matches(Version.of(major, NEWEST_MINOR, 0)))
            .orElse(true);
  }

  /// `engines.node`, or the version file of a Node version manager.
  private static String ownWish(Sources sources, PackageJson json) {
    if (!json.engine().isEmpty()) {
      return json.engine();
    }
    return sources
        .first(".nvmrc", ".node-version")
        .flatMap(sources::text)
        .map(text -> text.strip().replaceFirst("^v", "").replaceFirst("^(\\d+).*", "$1.x"))
        .filter(text -> text.matches("\\d+\\.x"))
        .orElse("");
  }

  private static Map<String, String> needs(PackageJson json, List<LockDetector.Read> locks) {
    var needs = new TreeMap<String, String>();
    locks.stream()
        .filter(l -> l.lock().sync() == Packages.Sync.IN_SYNC)
        .flatMap(l -> l.content().stream())
        .forEach(c -> needs.putAll(c.engines()));
    for (var known : KNOWN_NEEDS.entrySet()) {
      var words = known.getKey().split(" ");
      if (json.uses(words[0]) && majorOf(json, locks, words[0]).equals(words[1])) {
        needs.put(known.getKey(), known.getValue());
      }
    }
    return needs;
  }

  private static String majorOf(PackageJson json, List<LockDetector.Read> locks, String name) {
    var found = new ArrayList<String>();
    Version.parse(LockDetector.locked(locks, name)).ifPresent(v -> found.add("" + v.major()));
    VersionRange.parse(json.range(name)).ifPresent(r -> found.add("" + r.lowest().major()));
    return found.isEmpty() ? "" : found.getFirst();
  }
}
