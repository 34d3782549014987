package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Holds a lock against package.json, as a frozen install would: every dependency and devDependency
/// is there, the locked version is one that package.json allows, and where the format repeats
/// package.json's ranges (bun, pnpm) they are the same, with none left over.
final class LockSync {
  private static final Pattern NOT_A_RANGE =
      Pattern.compile(
          "(?:file|link|workspace|portal|patch|git|git\\+.*|https?|github|catalog):.*"
              + "|[^@/]+/[^@]+");

  private LockSync() {}

  /// What differs, in words; empty when the lock is in sync.
  static List<String> differences(PackageJson json, LockContent lock) {
    var found = new ArrayList<String>();
    json.wanted().forEach((name, range) -> compare(json, lock, name, range, found));
    if (lock.keepsSpecs()) {
      for (var name : lock.rootSpecs().keySet()) {
        if (!json.wanted().containsKey(name) && !json.peers().containsKey(name)) {
          found.add(name + " is locked and no longer wanted");
        }
      }
    }
    lock.broken().forEach(b -> found.add(b + " is missing"));
    return found;
  }

  private static void compare(
      PackageJson json, LockContent lock, String name, String range, List<String> found) {
    var locked = lock.versions().get(name);
    boolean optional = json.optional().containsKey(name);
    if (locked == null) {
      if (!optional) {
        found.add(name + " is missing");
      }
      return;
    }
    var spec = lock.rootSpecs().get(name);
    if (lock.keepsSpecs() && !range.equals(spec)) {
      found.add(name + " is locked for " + (spec == null ? "nobody" : spec) + ", wanted " + range);
      return;
    }
    if (!allows(range, locked)) {
      found.add(name + " is locked at " + locked + ", wanted " + range);
    }
  }

  /// Whether that version satisfies what package.json says. An address, a path or a tag allows
  /// whatever the lock has.
  static boolean allows(String wanted, String locked) {
    var range = wanted.startsWith("npm:") ? wanted.substring(wanted.lastIndexOf('@') + 1) : wanted;
    if (range.isBlank() || range.equals("*") || NOT_A_RANGE.matcher(range).matches()) {
      return true;
    }
    var parsed = VersionRange.parse(range);
    var version = Version.parse(locked);
    return parsed.isEmpty() || version.isEmpty() || parsed.get().matches(version.get());
  }
}
