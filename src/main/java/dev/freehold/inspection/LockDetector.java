package dev.freehold.inspection;

import dev.freehold.inspection.Packages.Lock;
import dev.freehold.inspection.Packages.Manager;
import dev.freehold.inspection.Packages.Sync;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Finds the lock files at the top of the export and tells which are in sync with package.json.
final class LockDetector {
  private static final Map<String, Manager> FILES = new LinkedHashMap<>();

  static {
    FILES.put("bun.lock", Manager.BUN);
    FILES.put("bun.lockb", Manager.BUN);
    FILES.put("package-lock.json", Manager.NPM);
    FILES.put("npm-shrinkwrap.json", Manager.NPM);
    FILES.put("pnpm-lock.yaml", Manager.PNPM);
    FILES.put("yarn.lock", Manager.YARN);
  }

  /// A tarball's address: what stands before the package's name is the registry's prefix.
  private static final Pattern TARBALL =
      Pattern.compile(
          "(https?://[^\\s\"']{1,300}?)/(?:@[^/\\s\"']{1,214}+/)?[^/\\s\"'@]{1,214}+/-/"
              + "[^/\\s\"']{1,300}\\.tgz");

  private static final Set<String> PUBLIC_REGISTRIES =
      Set.of("https://registry.npmjs.org", "https://registry.yarnpkg.com", "https://npm.jsr.io");

  private LockDetector() {}

  /// A lock with what was read from it; the content is absent when it could not be read.
  record Read(Lock lock, Optional<LockContent> content) {}

  static List<Read> detect(Sources sources, PackageJson json) {
    var found = new ArrayList<Read>();
    FILES.forEach((path, manager) -> {
      if (sources.has(path)) {
        found.add(read(sources, json, path, manager));
      }
    });
    return found;
  }

  private static Read read(Sources sources, PackageJson json, String path, Manager manager) {
    if (path.endsWith(".lockb")) {
      return new Read(
          new Lock(path, manager, Sync.BINARY, List.of(), 0, 0, 0, List.of()), Optional.empty());
    }
    var text = sources.text(path).orElse("");
    var content =
        switch (manager) {
          case NPM -> NpmLock.read(text);
          case BUN -> BunLock.read(text);
          case PNPM -> PnpmLock.read(text);
          case YARN -> YarnLock.read(text, json);
        };
    var prefixes = new TreeSet<String>();
    int entries = 0;
    var tarballs = TARBALL.matcher(text);
    while (tarballs.find()) {
      if (!PUBLIC_REGISTRIES.contains(tarballs.group(1))) {
        prefixes.add(tarballs.group(1));
        entries++;
      }
    }
    var differences = content.map(c -> LockSync.differences(json, c)).orElse(List.of());
    var sync =
        content.isEmpty()
            ? Sync.UNREADABLE
            : differences.isEmpty() ? Sync.IN_SYNC : Sync.OUT_OF_SYNC;
    return new Read(
        new Lock(
            path,
            manager,
            sync,
            differences.subList(0, Math.min(Lock.MAX_DIFFERENCES, differences.size())),
            differences.size(),
            content.map(LockContent::packages).orElse(0),
            entries,
            List.copyOf(prefixes)),
        content);
  }

  /// The version a lock names for a direct dependency, from the first lock in sync, else from any.
  static String locked(List<Read> locks, String packageName) {
    return java.util.stream.Stream.concat(
            locks.stream().filter(l -> l.lock().sync() == Sync.IN_SYNC), locks.stream())
        .flatMap(l -> l.content().stream())
        .flatMap(c -> Optional.ofNullable(c.versions().get(packageName)).stream())
        .findFirst()
        .orElse("");
  }
}
