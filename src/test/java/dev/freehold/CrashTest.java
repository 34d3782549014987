package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.Freehold;
import dev.freehold.testing.TinyExport;
import java.nio.file.Files;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// The server is killed at random points of a deploy, thirty times. Each time it comes back with
/// the last live release and its data, nothing half-made is left, and the next deploy works.
class CrashTest {
  private static final int KILLS = 30;
  private static final int LONGEST_WAIT_MILLIS = 1_500;
  private static final long SEED = 20_261_121L;

  @Test
  void whateverIsKilledComesBack() throws Exception {
    var random = new Random(SEED);
    var export = TinyExport.create();
    try (var freehold = Freehold.fresh()) {
      freehold.deploy(export.root(), "tiny");
      int live = 1;
      for (int kill = 1; kill <= KILLS; kill++) {
        export.version(kill + 1);
        long pid = freehold.serverPid();
        var deploy = freehold.start("deploy", export.root().toString(), "--app", "tiny", "--yes");
        Thread.sleep(random.nextInt(LONGEST_WAIT_MILLIS));
        var server = ProcessHandle.of(pid).orElseThrow();
        server.destroyForcibly();
        server.onExit().get(30, TimeUnit.SECONDS);
        assertThat(deploy.waitFor(30, TimeUnit.SECONDS)).isTrue();

        freehold.run("up");
        live = assertWhole(freehold, live, kill);
      }
      export.version(1_000);
      var address = freehold.deploy(export.root(), "tiny");
      assertThat(freehold.get(address, "/").body()).contains("release 1000");
    }
  }

  /// Checks the invariants and answers which release is live.
  private static int assertWhole(Freehold freehold, int before, int kill) throws Exception {
    var status = freehold.run("status", "--json").json();
    var environment = status.path("environments").path(0);
    int live = environment.path("live").asInt();
    assertThat(live).as("after kill %d", kill).isGreaterThanOrEqualTo(before);

    var address = environment.path("address").asString();
    var page = freehold.get(address, "/");
    assertThat(page.statusCode()).as("page after kill %d", kill).isEqualTo(200);
    assertThat(page.body()).contains("release ");
    var script = page.body().replaceAll("(?s).*src=\"([^\"]+)\".*", "$1");
    assertThat(freehold.get(address, script).statusCode()).isEqualTo(200);

    var key = freehold.keys("tiny").api().anon();
    var rows = freehold.get(address, "/rest/v1/notes?select=body&apikey=" + key);
    assertThat(rows.statusCode()).as("rows after kill %d: %s", kill, rows.body()).isEqualTo(200);
    assertThat(rows.body()).isEqualTo("[{\"body\":\"kept\"}]");

    for (var operation : status.path("operations")) {
      assertThat(operation.path("state").asString()).isNotIn("RUNNING", "WAITING");
    }
    try (var scratch = Files.list(freehold.data().resolve("scratch"))) {
      assertThat(scratch).isEmpty();
    }
    try (var blobs = Files.walk(freehold.data().resolve("artifacts"))) {
      assertThat(blobs.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
    }
    assertThat(postmasters(freehold)).as("postmasters after kill %d", kill).isEqualTo(1);
    return live;
  }

  private static long postmasters(Freehold freehold) {
    var data = freehold.data().toString();
    return ProcessHandle.allProcesses()
        .filter(process ->
            process
                .info()
                .arguments()
                .map(all -> String.join(" ", all).contains(data + "/clusters"))
                .orElse(false))
        .filter(process -> process.info().command().orElse("").endsWith("/postgres"))
        .count();
  }
}
