package dev.freehold.inspection;

import dev.freehold.inspection.Packages.Sync;
import java.util.List;
import java.util.function.Consumer;

/// Tells what may go wrong while installing and building.
final class BuildFindings {
  private BuildFindings() {}

  static void tell(
      PackageJson json,
      Framework framework,
      BuildOutput output,
      List<LockDetector.Read> locks,
      Consumer<Finding> findings) {
    if (!json.present() || output.kind() == BuildOutput.Kind.UNSUPPORTED) {
      return;
    }
    locks(locks.stream().map(LockDetector.Read::lock).toList(), findings);
    if (framework.script().isEmpty()) {
      findings.accept(
          Finding.warning(
              "build-script-missing",
              "package.json has no build script",
              List.of(Place.whole("package.json")),
              "the bundler's own command is used: " + String.join(" ", framework.fallback())));
    } else if (!framework.fallback().isEmpty()) {
      findings.accept(
          Finding.note(
              "build-script-extra",
              "the build script does more than bundle: " + framework.command(),
              List.of(Place.whole("package.json")),
              "if another part of it fails, "
                  + String.join(" ", framework.fallback())
                  + " is used alone"));
    }
    output
        .writtenPreset()
        .filter(preset -> !preset.startsWith("node"))
        .ifPresent(preset ->
            findings.accept(
                Finding.warning(
                    "preset-written",
                    "the Vite config asks Nitro for the preset "
                        + preset
                        + ", which beats ours and may leave no Node server",
                    List.of(),
                    "remove the preset from the Vite config; NITRO_PRESET then decides")));
  }

  private static void locks(List<Packages.Lock> locks, Consumer<Finding> findings) {
    if (locks.isEmpty()) {
      findings.accept(
          Finding.warning(
              "lock-missing",
              "there is no lock file, so versions are chosen anew at the first build",
              List.of(Place.whole("package.json")),
              "the release keeps what was built; add a lock file to the app for the next one"));
      return;
    }
    boolean anyInSync = locks.stream().anyMatch(l -> l.sync() == Sync.IN_SYNC);
    for (var lock : locks) {
      if (lock.sync() == Sync.OUT_OF_SYNC) {
        var message =
            lock.path()
                + " is out of step with package.json: "
                + String.join("; ", lock.differences())
                + (lock.differing() > lock.differences().size()
                    ? " and " + (lock.differing() - lock.differences().size()) + " more"
                    : "");
        var places = List.of(Place.whole(lock.path()));
        findings.accept(
            anyInSync
                ? Finding.note("lock-out-of-step", message, places, "another lock is used")
                : Finding.warning(
                    "lock-out-of-step",
                    message,
                    places,
                    "no lock can be obeyed, so some versions may be newer than at the Vendor"));
      } else if (lock.sync() == Sync.UNREADABLE) {
        findings.accept(
            Finding.warning(
                "lock-unreadable",
                lock.path() + " cannot be read",
                List.of(Place.whole(lock.path())),
                "it is not used; make it again with its package manager"));
      }
    }
    privateEntries(locks, findings);
  }

  private static void privateEntries(List<Packages.Lock> locks, Consumer<Finding> findings) {
    for (var lock : locks) {
      if (lock.privateEntries() > 0) {
        findings.accept(
            Finding.note(
                "lock-private-registry",
                Names.count(lock.privateEntries(), "package", "packages")
                    + " in "
                    + lock.path()
                    + " would come from the Vendor's private registry",
                List.of(Place.whole(lock.path())),
                "the build takes them from the public one; their checksums stay and must agree"));
      }
    }
  }
}
