package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.os.DurableFiles;
import dev.freehold.os.Jail;
import dev.freehold.os.OsUser;
import dev.freehold.plan.BuildRecipe;
import dev.freehold.plan.BuildRecipe.Install;
import dev.freehold.plan.BuildRecipe.Kind;
import dev.freehold.plan.BuildRecipe.Output;
import dev.freehold.plan.BuildRecipe.PackageManager;
import dev.freehold.plan.BuildRecipe.Substitution;
import dev.freehold.plan.BuildRecipe.Value;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Builds with the real tools and packages from the public registry.
class BuildRunnerTest {
  private static final Path APPS = Path.of("src/test/resources/build");

  /// Kept from one run to the next: a Node is 50 MB.
  private static final Path TOOLCHAINS = Path.of("target/test-toolchains");

  private static final Install NPM =
      new Install(PackageManager.NPM, "package-lock.json", true, "in sync with package.json");
  private static final Install BUN =
      new Install(PackageManager.BUN, "bun.lock", true, "in sync with package.json");
  private static final String URL = "https://old.example.com";

  private final Path data;
  private final ArtifactStore store;
  private final BuildRunner runner;
  private final List<String> log = new CopyOnWriteArrayList<>();

  BuildRunnerTest() throws IOException {
    data = Files.createTempDirectory("freehold-build-test");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    store = ArtifactStore.open(data.resolve("artifacts"));
    runner =
        new BuildRunner(
            data.resolve("builds"),
            new Toolchains(TOOLCHAINS, PackageRegistry.PUBLIC),
            store,
            PackageRegistry.PUBLIC,
            System.getenv());
  }

  @AfterEach
  void remove() {
    DurableFiles.deleteTree(data);
  }

  @Test
  void installsFromALockWithPrivateAddressesBuildsAndDoesNothingTwice() throws IOException {
    var source = copyOfTwoFiles();
    var recipe = recipe(source, "one", List.of(NPM), "build", Map.of("VITE_SUPABASE_URL", URL));
    var artifact = runner.run(recipe, context("shop"));

    assertThat(artifact.files()).hasSize(2);
    var script = artifact.files().getFirst();
    assertThat(script.path()).matches("assets/index-[A-Za-z0-9_-]{8}\\.js");
    assertThat(script.substituted()).isTrue();
    assertThat(store.blob(script.digest())).content().contains(URL);
    assertThat(log)
        .contains("packages: npm from package-lock.json (in sync with package.json)")
        .anyMatch(line -> line.startsWith("package-lock.json: 1 addresses of a private registry"));
    assertThat(source.resolve("node_modules")).doesNotExist();

    log.clear();
    assertThat(runner.run(recipe, context("shop"))).isEqualTo(artifact);
    assertThat(log).singleElement().asString().contains("nothing changed");

    log.clear();
    var other =
        recipe(source, "one", List.of(NPM), "build", Map.of("VITE_SUPABASE_URL", URL + "/b"));
    assertThat(runner.run(other, context("shop")).digest()).isNotEqualTo(artifact.digest());
    assertThat(log).anyMatch(line -> line.contains("installed ones reused"));
  }

  @Test
  void triesTheNextWayWhenALockCannotBeObeyed() throws IOException {
    var source = copyOfTwoFiles();
    var manifest = source.resolve("package.json");
    Files.writeString(manifest, Files.readString(manifest).replace("1.3.0", "1.2.0"));
    var recipe = recipe(source, "stale", List.of(NPM, BUN, anew()), "absent", Map.of());
    var artifact = runner.run(recipe, context("shop"));
    assertThat(artifact.files()).hasSize(2);
    assertThat(log)
        .containsSubsequence(
            "packages: npm from package-lock.json failed",
            "packages: bun from bun.lock failed",
            "packages: npm, resolving anew (last resort)",
            "build: vite build");
    assertThat(log).anyMatch(line -> line.startsWith("build: script absent failed"));
  }

  @Test
  void aHostileBuildSeesAndReachesNothing() throws IOException {
    Files.writeString(data.resolve("secret"), "hunter2");
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var attack = data + " " + server.getLocalPort();
      var variables = Map.of("ATTACK", attack, "VITE_SUPABASE_URL", URL, "EXIT", "7");
      var recipe = recipe(APPS.resolve("hostile"), "hostile", List.of(), "build", variables);
      var artifact = runner.run(recipe, context("hostile"));

      assertThat(artifact.files())
          .extracting(Artifact.Entry::path)
          .containsExactly("index.html", "tried.json");
      var tried =
          JsonMapper.builder()
              .build()
              .readValue(
                  Files.readAllBytes(store.blob(artifact.files().get(1).digest())),
                  new TypeReference<Map<String, Object>>() {});
      assertThat(tried)
          .containsEntry("root", "ENOENT")
          .containsEntry("data", "ENOENT")
          .containsEntry("others", "app,cache,functions,home")
          .containsEntry("etc", "EACCES")
          .containsEntry("tools", "EROFS")
          .containsEntry("ours", "EROFS")
          .containsEntry("secrets", "")
          .containsEntry("user", OsUser.numbered("build", 1).name())
          .containsEntry("dotenv", "FROM_DOTENV=yes")
          .containsEntry("variable", URL)
          .containsEntry("loopback", "ECONNREFUSED")
          .containsEntry("outside", "ENETUNREACH")
          .containsEntry("elsewhere", "refused")
          .containsEntry("registry", 200);
    }
    assertThat(log)
        .contains("build: left out of the artifact: .env, passwd")
        .anyMatch(line -> line.startsWith("refused: the build asked for example.com:443"))
        .anyMatch(line -> line.contains("failed with status 7, but its output is whole"));
  }

  @Test
  void stopsWithAllItStartedWhenItsThreadIsInterrupted() throws Exception {
    var ended = new CompletableFuture<Throwable>();
    var thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                runner.run(hostile("waits"), context("cancelled"));
              } catch (RuntimeException e) {
                ended.complete(e);
              }
            });
    while (log.stream().noneMatch(line -> line.equals("waiting"))) {
      Thread.sleep(20);
    }
    thread.interrupt();
    assertThat(ended.get()).hasMessageContaining("build-cancelled");
    int lines = log.size();
    Thread.sleep(200);
    assertThat(log).as("nothing of it runs any more").hasSize(lines);
    assertThat(store.digests()).isEmpty();
    assertThat(data.resolve("builds/apps/cancelled/room/app")).doesNotExist();
  }

  @Test
  void stopsWhenItsTimeIsOver() {
    var limits = BuildLimits.DEFAULT;
    var hurried = new BuildLimits(limits.sandbox(), limits.install(), Duration.ofSeconds(2), 0);
    assertThatThrownBy(() -> runner.run(hostile("waits"), context("slow", hurried)))
        .hasMessageContaining("build-timed-out");
  }

  @Test
  void saysWhatItMissesWhenNothingWasLeft() {
    assertThatThrownBy(() -> runner.run(hostile("fails"), context("failing")))
        .hasMessageContaining("build-failed")
        .hasMessageContaining("dist with index.html");
  }

  @Test
  void refusesToStartOnAFullDisk() {
    var limits = BuildLimits.DEFAULT;
    var greedy =
        new BuildLimits(limits.sandbox(), limits.install(), limits.build(), Long.MAX_VALUE);
    assertThatThrownBy(() -> runner.run(hostile("waits"), context("full", greedy)))
        .hasMessageContaining("build-disk-full");
  }

  @Test
  void aBuildThatTakesTooMuchMemoryEndsAlone() {
    var limits = BuildLimits.DEFAULT;
    var small = new Jail.Limits(300L << 20, 200, 1, 1 << 20);
    var little = new BuildLimits(small, limits.install(), Duration.ofSeconds(20), 0);
    assertThatThrownBy(() -> runner.run(hostile("eats"), context("hungry", little)))
        .hasMessageContaining("build-out-of-memory");
  }

  @Test
  void servesAFolderThatNeedsNoBuild() throws IOException {
    var source = Files.createDirectories(data.resolve("plain"));
    Files.writeString(source.resolve("index.html"), "<p>plain</p>");
    var recipe =
        new BuildRecipe(
            source,
            "plain",
            22,
            List.of(),
            "",
            List.of(),
            Map.of(),
            new Output(Kind.STATIC, List.of(".")),
            List.of());
    assertThat(runner.run(recipe, context("plain")).files()).hasSize(1);
  }

  private static BuildRecipe hostile(String script) {
    return recipe(APPS.resolve("hostile"), "hostile", List.of(), script, Map.of());
  }

  private static BuildRecipe recipe(
      Path source,
      String digest,
      List<Install> installs,
      String script,
      Map<String, String> variables) {
    return new BuildRecipe(
        source,
        digest,
        22,
        installs,
        script,
        installs.isEmpty() ? List.of() : List.of("vite", "build"),
        variables,
        new Output(Kind.STATIC, List.of("dist")),
        List.of(new Substitution(URL, Value.PUBLIC_URL)));
  }

  private static Install anew() {
    return new Install(PackageManager.NPM, "", false, "last resort");
  }

  private BuildContext context(String app) {
    return context(app, BuildLimits.DEFAULT);
  }

  private BuildContext context(String app, BuildLimits limits) {
    return new BuildContext(app, log::add, limits, Set.of());
  }

  /// With one package on a vendor's private cache.
  private Path copyOfTwoFiles() throws IOException {
    var copy = data.resolve("export");
    BuildCopy.copy(APPS.resolve("two-files"), copy, Set.of());
    var lock = copy.resolve("package-lock.json");
    var text = Files.readString(lock);
    Files.writeString(
        lock,
        text.replace(
            "https://registry.npmjs.org/left-pad/",
            "https://europe-west4-npm.pkg.dev/a-core-prod/a-cache/left-pad/"));
    return copy;
  }
}
