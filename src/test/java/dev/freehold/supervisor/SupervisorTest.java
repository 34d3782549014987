package dev.freehold.supervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freehold.problem.ProblemException;
import dev.freehold.supervisor.ProcessSpec.LogLabels;
import dev.freehold.telemetry.LogLine;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real Node processes under a supervisor with its own thread.
class SupervisorTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Path folder;
  private final Recorded events = new Recorded();

  SupervisorTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void becomesHealthyWritesItsLogAndStopsWhenAsked() throws Exception {
    try (var supervisor = Supervisor.open(folder, events)) {
      int port = supervisor.freePort();
      var instance = supervisor.start(Programs.spec("shop/production/v3", Programs.SERVER, port));
      instance.awaitHealthy(LONG);

      assertThat(instance.state().servesTraffic()).isTrue();
      assertThat(get(port, "/page").body()).isEqualTo("hello");
      assertThat(folder).isDirectoryContaining("glob:**/shop_production_v3.instance");

      instance.stop();
      assertThat(instance.state()).isEqualTo(exited(instance, 0));
      assertThat(events.lines()).containsSubsequence("listening", "asked to stop");
      var line = events.of(LogLine.class).getFirst();
      assertThat(new LogLabels(line.source(), line.scope(), line.release()))
          .isEqualTo(new LogLabels("app", "shop/production", 3));
      assertThat(supervisor.instances()).isEmpty();
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aProcessThatEndsAtOnceFailsTheWaitWithItsLastLines() {
    try (var supervisor = Supervisor.open(folder, events)) {
      var instance =
          supervisor.start(
              Programs.spec("shop/production/v4", Programs.CRASH, supervisor.freePort()));
      var failure = catchThrowableOfType(ProblemException.class, () -> instance.awaitHealthy(LONG));
      assertThat(failure.problem().code()).isEqualTo("instance-exited");
      assertThat(failure.problem().message()).endsWith("it ended with status 3");
      assertThat(failure.problem().detail()).hasValue("SUPABASE_URL is not set");
    }
  }

  @Test
  void aCrashedProcessIsStartedAgain() throws Exception {
    try (var supervisor = Supervisor.open(folder, events)) {
      int port = supervisor.freePort();
      var quick =
          new RestartPolicy(Duration.ofMillis(20), Duration.ofMillis(40), 5, Duration.ofDays(1));
      var instance =
          supervisor.start(Programs.spec("shop/crashes", Programs.SERVER, port).restarting(quick));
      instance.awaitHealthy(LONG);
      Probe.ask(port, "/exit", LONG).join();
      await(() -> events.of(InstanceEvent.Healthy.class).size() == 2);

      assertThat(get(port, "/").statusCode()).isEqualTo(404);
      assertThat(events.of(InstanceEvent.Exited.class))
          .extracting(InstanceEvent.Exited::status)
          .containsExactly(7);
      assertThat(events.of(InstanceEvent.BackedOff.class))
          .extracting(InstanceEvent.BackedOff::crashes)
          .containsExactly(1);
      assertThat(events.of(InstanceEvent.Started.class))
          .extracting(InstanceEvent.Started::pid)
          .doesNotHaveDuplicates()
          .hasSize(2);
    }
  }

  @Test
  void aProcessThatHangsIsUnhealthyAndThenRestarted() {
    try (var supervisor = Supervisor.open(folder, events)) {
      int port = supervisor.freePort();
      var ms = Duration.ofMillis(100);
      var readiness = new Readiness("/", LONG, ms, ms, ms, 500, 2);
      var quick =
          new RestartPolicy(Duration.ofMillis(20), Duration.ofMillis(40), 5, Duration.ofDays(1));
      var instance =
          supervisor.start(
              Programs.spec("shop/hangs", Programs.SERVER, port)
                  .ready(readiness)
                  .restarting(quick));
      instance.awaitHealthy(LONG);
      Probe.ask(port, "/hang", Duration.ofMillis(300)).join();
      await(() -> events.of(InstanceEvent.Healthy.class).size() >= 2);

      assertThat(events.of(InstanceEvent.Unhealthy.class).getFirst().reason())
          .isEqualTo("no answer within 100 ms");
    }
  }

  @Test
  void badAnswersMakeItUnhealthyButAreNoReasonToRestart() {
    try (var supervisor = Supervisor.open(folder, events)) {
      var ms = Duration.ofMillis(20);
      var readiness = new Readiness("/bad", LONG, ms, ms, LONG, 500, 2);
      var instance =
          supervisor.start(
              Programs.spec("shop/bad", Programs.SERVER, supervisor.freePort()).ready(readiness));
      var failure =
          catchThrowableOfType(
              ProblemException.class, () -> instance.awaitHealthy(Duration.ofMillis(300)));
      assertThat(failure.problem().code()).isEqualTo("instance-not-healthy");
      assertThat(events.of(InstanceEvent.Exited.class)).isEmpty();

      var lenient =
          supervisor.start(
              Programs.spec("shop/lenient", Programs.SERVER, supervisor.freePort())
                  .ready(readiness.aliveBelow(600)));
      lenient.awaitHealthy(LONG);
    }
  }

  @Test
  void stoppingKillsTheWholeTreeOfAProcessThatHeedsNothing() {
    try (var supervisor = Supervisor.open(folder, events)) {
      int port = supervisor.freePort();
      var instance =
          supervisor.start(
              Programs.spec("shop/stubborn", Programs.STUBBORN, port)
                  .stoppingWithin(Duration.ofMillis(200)));
      instance.awaitHealthy(LONG);
      long child = child();
      assertThat(ProcessHandle.of(child)).isPresent();

      instance.stop();
      await(() -> ProcessHandle.of(child).isEmpty());
      assertThat(supervisor.freePort()).isNotEqualTo(port);
    }
  }

  @Test
  void aChildThatOutlivesItsCrashedParentIsKilledBeforeTheRestart() {
    try (var supervisor = Supervisor.open(folder, events)) {
      var program = Programs.STUBBORN + "setTimeout(() => process.exit(1), 100)";
      supervisor.start(Programs.spec("shop/orphan", program, supervisor.freePort()));
      await(() -> !events.of(InstanceEvent.Exited.class).isEmpty());
      await(() -> ProcessHandle.of(child()).isEmpty());
    }
  }

  @Test
  void theSameIdRunsOnce() {
    try (var supervisor = Supervisor.open(folder, events)) {
      var spec = Programs.spec("shop/once", Programs.SERVER, supervisor.freePort());
      supervisor.start(spec);
      var failure = catchThrowableOfType(ProblemException.class, () -> supervisor.start(spec));
      assertThat(failure.problem().code()).isEqualTo("instance-already-runs");
    }
  }

  @Test
  void aProgramThatDoesNotExistIsACrashLikeAnyOther() {
    try (var supervisor = Supervisor.open(folder, events)) {
      var missing = dev.freehold.os.Command.of("/nowhere/node");
      var spec = ProcessSpec.of("shop/missing", missing, 1, new LogLabels("app", "shop", 0));
      var instance = supervisor.start(spec);
      var failure = catchThrowableOfType(ProblemException.class, () -> instance.awaitHealthy(LONG));
      assertThat(failure.problem().code()).isEqualTo("instance-exited");
      assertThat(events.of(InstanceEvent.NotStarted.class)).isNotEmpty();
    }
  }

  @Test
  void givesEachPortOnce() {
    try (var supervisor = Supervisor.open(folder, events)) {
      var ports = Stream.generate(supervisor::freePort).limit(200).toList();
      assertThat(ports).doesNotHaveDuplicates().allMatch(p -> p >= 20_000 && p < 32_000);
    }
  }

  private long child() {
    await(() -> events.lines().stream().anyMatch(line -> line.startsWith("child ")));
    return events.lines().stream()
        .filter(line -> line.startsWith("child "))
        .mapToLong(line -> Long.parseLong(line.substring("child ".length())))
        .findFirst()
        .orElseThrow();
  }

  private static InstanceState exited(Instance instance, int status) {
    return switch (instance.state()) {
      case InstanceState.Exited(var at, _) -> new InstanceState.Exited(at, status);
      case InstanceState other -> other;
    };
  }

  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + LONG.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build();
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    }
  }
}
