package dev.freehold.inspection;

import dev.freehold.inspection.Packages.Install;
import dev.freehold.inspection.Packages.Lock;
import dev.freehold.inspection.Packages.Manager;
import dev.freehold.inspection.Packages.Sync;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// Orders the ways to install: a lock in sync is obeyed to the letter, before anything resolves
/// anew, because the same code with other versions is another app. bun goes before npm in Lovable
/// apps, where its lock is the one the Vendor keeps; npm goes first elsewhere.
final class InstallChooser {
  private static final List<Manager> LOVABLE_ORDER =
      List.of(Manager.BUN, Manager.NPM, Manager.PNPM, Manager.YARN);
  private static final List<Manager> USUAL_ORDER =
      List.of(Manager.NPM, Manager.PNPM, Manager.YARN, Manager.BUN);

  private InstallChooser() {}

  static List<Install> choose(PackageJson json, List<Lock> locks, boolean lovable) {
    if (!json.present()) {
      return List.of();
    }
    var order = lovable ? LOVABLE_ORDER : USUAL_ORDER;
    var sorted =
        locks.stream()
            .filter(l -> !(l.sync() == Sync.BINARY && has(locks, "bun.lock")))
            .sorted(
                Comparator.comparing((Lock l) -> !named(json, l.manager()))
                    .thenComparing(l -> order.indexOf(l.manager())))
            .toList();
    var installs = new ArrayList<Install>();
    for (var lock : sorted) {
      if (lock.sync() == Sync.IN_SYNC) {
        installs.add(new Install(lock.manager(), lock.path(), true, inSync(lock)));
      }
    }
    for (var lock : sorted) {
      if (lock.sync() == Sync.BINARY) {
        installs.add(
            new Install(
                lock.manager(), lock.path(), true, "a binary lock; bun itself will judge it"));
      }
    }
    for (var lock : sorted) {
      if (lock.sync() == Sync.OUT_OF_SYNC) {
        installs.add(
            new Install(
                lock.manager(),
                lock.path(),
                false,
                "out of step (" + lock.differing() + "); keeps what it can, resolves the rest"));
      }
    }
    installs.add(
        new Install(
            last(json),
            "",
            false,
            sorted.isEmpty() ? "there is no lock file" : "last resort: resolves everything anew"));
    return List.copyOf(installs);
  }

  private static String inSync(Lock lock) {
    var private_ =
        lock.privateEntries() == 0
            ? ""
            : "; " + lock.privateEntries() + " private addresses become public ones";
    return "in sync with package.json" + private_;
  }

  private static boolean has(List<Lock> locks, String path) {
    return locks.stream().anyMatch(l -> l.path().equals(path) && l.sync() != Sync.UNREADABLE);
  }

  /// Whether package.json names that manager itself.
  private static boolean named(PackageJson json, Manager manager) {
    return json.manager().startsWith(manager.name().toLowerCase(Locale.ROOT) + "@");
  }

  private static Manager last(PackageJson json) {
    for (var manager : USUAL_ORDER) {
      if (named(json, manager)) {
        return manager;
      }
    }
    return Manager.NPM;
  }
}
