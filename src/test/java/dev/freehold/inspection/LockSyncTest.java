package dev.freehold.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.inspection.Packages.Manager;
import dev.freehold.inspection.Packages.Sync;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A lock is in sync exactly when a frozen install would obey it.
class LockSyncTest {
  private static final String PACKAGE =
      """
      {"name": "x", "dependencies": {"react": "^18.2.0"}, "devDependencies": {"vite": "^5.4.0"}}
      """;

  private static final String PRIVATE =
      "https://europe-west4-npm.pkg.dev/lovable-core-prod/sandbox-npm-cache";

  private final Tree tree;

  LockSyncTest(@TempDir Path folder) {
    tree = new Tree(folder).file("package.json", PACKAGE).file("index.html", "<div id=root>");
  }

  @Test
  void npmLockInSync() {
    var lock = npm("18.3.1", "5.4.19", "");

    assertThat(lock.sync()).isEqualTo(Sync.IN_SYNC);
    assertThat(lock.packages()).isEqualTo(3);
  }

  @Test
  void npmLockWithAVersionOutOfRange() {
    var lock = npm("17.0.2", "5.4.19", "");

    assertThat(lock.sync()).isEqualTo(Sync.OUT_OF_SYNC);
    assertThat(lock.differences()).containsExactly("react is locked at 17.0.2, wanted ^18.2.0");
  }

  @Test
  void npmLockThatLacksWhatADependencyNeeds() {
    var lock = npm("18.3.1", "5.4.19", ", \"dependencies\": {\"js-tokens\": \"^4.0.0\"}");

    assertThat(lock.sync()).isEqualTo(Sync.OUT_OF_SYNC);
    assertThat(lock.differences()).containsExactly("js-tokens (needed by loose-envify) is missing");
  }

  @Test
  void whatAPackageForAnotherPlatformCarriesInsideIsNotMissing() {
    var lock =
        npm(
            "18.3.1",
            "5.4.19",
            """
            , "optional": true, "bundleDependencies": ["inner"],
              "dependencies": {"inner": "1", "outer": "1"}
            """);

    assertThat(lock.sync()).isEqualTo(Sync.IN_SYNC);
  }

  @Test
  void npmLockOfVersionOne() {
    tree.file(
        "package-lock.json",
        """
        {"lockfileVersion": 1, "dependencies": {"react": {"version": "18.2.0"}}}
        """);

    var lock = only();

    assertThat(lock.sync()).isEqualTo(Sync.OUT_OF_SYNC);
    assertThat(lock.differences()).containsExactly("vite is missing");
  }

  @Test
  void bunLockRepeatsTheRangesAndHasTrailingCommas() {
    tree.file("bun.lock", bun("^18.2.0"));

    var lock = only();

    assertThat(lock.sync()).isEqualTo(Sync.IN_SYNC);
    assertThat(lock.manager()).isEqualTo(Manager.BUN);
    assertThat(lock.privateEntries()).isEqualTo(1);
    assertThat(lock.privatePrefixes()).containsExactly(PRIVATE);
  }

  @Test
  void bunLockForAnotherRangeIsRefusedThoughTheVersionWouldDo() {
    tree.file("bun.lock", bun("^18.0.0"));

    assertThat(only().differences()).containsExactly("react is locked for ^18.0.0, wanted ^18.2.0");
  }

  @Test
  void pnpmLock() {
    tree.file(
        "pnpm-lock.yaml",
        """
        lockfileVersion: '9.0'

        importers:

          .:
            dependencies:
              react:
                specifier: ^18.2.0
                version: 18.3.1
            devDependencies:
              vite:
                specifier: ^5.4.0
                version: 5.4.19(@types/node@22.0.0)

        packages:

          react@18.3.1:
            resolution: {integrity: sha512-x}
        """);

    assertThat(only().sync()).isEqualTo(Sync.IN_SYNC);
    assertThat(only().packages()).isEqualTo(1);
  }

  @Test
  void yarnLock() {
    tree.file(
        "yarn.lock",
        """
        # yarn lockfile v1

        react@^18.0.0, react@^18.2.0:
          version "18.3.1"

        "vite@^5.4.0":
          version "5.4.19"
        """);

    assertThat(only().sync()).isEqualTo(Sync.IN_SYNC);
  }

  @Test
  void theLockInSyncIsInstalledFromFirst() {
    npm("18.3.1", "5.4.19", "");
    tree.file("bun.lock", bun("^18.0.0"));

    var installs = tree.inspection().packages().installs();

    assertThat(installs)
        .extracting(Packages.Install::lockfile)
        .containsExactly("package-lock.json", "bun.lock", "");
    assertThat(installs).extracting(Packages.Install::frozen).containsExactly(true, false, false);
  }

  @Test
  void inLovableAppsBunComesBeforeNpm() {
    npm("18.3.1", "5.4.19", "");
    tree.file("bun.lock", bun("^18.2.0")).file(".lovable/plan.md", "plan");

    assertThat(tree.inspection().packages().installs())
        .extracting(Packages.Install::manager)
        .containsExactly(Manager.BUN, Manager.NPM, Manager.NPM);
  }

  private Packages.Lock npm(String react, String vite, String looseEnvify) {
    tree.file(
        "package-lock.json",
        """
        {"lockfileVersion": 3, "packages": {
          "": {"dependencies": {"react": "^18.2.0"}, "devDependencies": {"vite": "^5.4.0"}},
          "node_modules/react": {"version": "%s", "dependencies": {"loose-envify": "^1.1.0"}},
          "node_modules/react/node_modules/loose-envify": {"version": "1.4.0"%s},
          "node_modules/vite": {"version": "%s", "engines": {"node": "^18.0.0 || >=20.0.0"}}
        }}
        """
            .formatted(react, looseEnvify, vite));
    return only();
  }

  private static String bun(String reactRange) {
    return """
    {
      "lockfileVersion": 1,
      "workspaces": {
        "": {
          "name": "x",
          "dependencies": { "react": "%s", },
          "devDependencies": { "vite": "^5.4.0", },
        },
      },
      "packages": {
        "react": ["react@18.3.1",
              "%s/react/-/react-18.3.1.tgz", {}, "sha512-x"],
        "vite": ["vite@5.4.19", "", {}, "sha512-y"],
      },
    }
    """
        .formatted(reactRange, PRIVATE);
  }

  private Packages.Lock only() {
    return tree.inspection().packages().locks().getFirst();
  }
}
