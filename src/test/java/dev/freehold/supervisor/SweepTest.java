package dev.freehold.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Running;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.LogLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a run that was killed leaves behind, and what the next run does about it.
class SweepTest {
  private static final String IDLE = "console.log('idle'); setInterval(() => {}, 1000)";

  private final Path folder;
  private final Recorded events = new Recorded();

  SweepTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void killsTheProcessThatIsMarkedByNumberAndStartTime() {
    var mark = ProcessMark.fresh("shop/left", new SplittableRandom(1));
    var left = Commands.start(Programs.node(IDLE), line -> {});
    mark.of(left.pid()).save(folder);

    Supervisor.open(folder, events).close();
    assertThat(left.exit().join()).isEqualTo(137);
    assertThat(events.of(InstanceEvent.Swept.class))
        .extracting(InstanceEvent.Swept::id, InstanceEvent.Swept::pid)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("shop/left", left.pid()));
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void leavesAProcessAloneThatWasGivenTheSameNumberLater() {
    var mark = ProcessMark.fresh("shop/gone", new SplittableRandom(1));
    var newcomer = Commands.start(Programs.node(IDLE), line -> {});
    var ours = mark.of(newcomer.pid());
    new ProcessMark(ours.id(), ours.token(), ours.pid(), ours.startTicks() - 1, ours.boot())
        .save(folder);
    try {
      Supervisor.open(folder, events).close();
      assertThat(newcomer.alive()).isTrue();
      assertThat(events.of(InstanceEvent.Swept.class)).isEmpty();
      assertThat(folder).isEmptyDirectory();
    } finally {
      newcomer.stop(Duration.ZERO);
    }
  }

  @Test
  void leavesAllAloneThatWasMarkedBeforeTheMachineStartedAnew() {
    var running = Commands.start(Programs.node(IDLE), line -> {});
    var ours = ProcessMark.fresh("shop/reboot", new SplittableRandom(1)).of(running.pid());
    new ProcessMark(ours.id(), ours.token(), ours.pid(), ours.startTicks(), "another boot")
        .save(folder);
    try {
      Supervisor.open(folder, events).close();
      assertThat(running.alive()).isTrue();
    } finally {
      running.stop(Duration.ZERO);
    }
  }

  @Test
  void ignoresAFileThatIsDamaged() {
    DurableFiles.write(folder.resolve("shop.instance"), "id=shop\npid=1\n");
    Supervisor.open(folder, events).close();
    assertThat(events.of(Event.class)).isEmpty();
  }

  /// The other run is a JVM of its own, which is killed as a crash or the kernel would kill it.
  @Test
  void killsWhatAKilledFreeholdLeftBehindWithItsChildren() {
    var lines = new CopyOnWriteArrayList<String>();
    var other = Commands.start(otherRun("stubborn"), lines::add);
    SupervisorTest.await(() -> pids(lines).size() == 2);
    var pids = pids(lines);
    killOnly(other);
    assertThat(pids).allMatch(SweepTest::alive);

    Supervisor.open(folder, events).close();
    SupervisorTest.await(() -> pids.stream().noneMatch(SweepTest::alive));
    assertThat(events.of(InstanceEvent.Swept.class))
        .extracting(InstanceEvent.Swept::pid)
        .containsAll(pids);
  }

  @Test
  void aJailDiesWithTheFreeholdThatStartedIt() {
    var lines = new CopyOnWriteArrayList<String>();
    var other = Commands.start(otherRun("jailed"), lines::add);
    SupervisorTest.await(() -> lines.stream().anyMatch(l -> l.startsWith("healthy ")));
    var jail = ProcessHandle.of(pids(lines).getFirst()).orElseThrow().descendants().toList();
    assertThat(jail).isNotEmpty();
    killOnly(other);
    SupervisorTest.await(() -> jail.stream().noneMatch(ProcessHandle::isAlive));
  }

  private static List<Long> pids(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("pid "))
        .map(line -> Long.parseLong(line.substring("pid ".length())))
        .toList();
  }

  private Command otherRun(String kind) {
    return Command.of(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            OtherRun.class.getName(),
            folder.toString(),
            kind));
  }

  private static void killOnly(Running process) {
    ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
    SupervisorTest.await(() -> !process.alive());
  }

  private static boolean alive(long pid) {
    return Files.isDirectory(Path.of("/proc/" + pid)) && ProcessHandle.of(pid).isPresent();
  }

  /// Starts an instance with a child of its own and waits to be killed.
  static final class OtherRun {
    private OtherRun() {}

    public static void main(String[] args) throws InterruptedException {
      var supervisor =
          Supervisor.open(
              Path.of(args[0]),
              event -> {
                switch (event) {
                  case InstanceEvent.Started(_, _, long pid) -> System.out.println("pid " + pid);
                  case InstanceEvent.Healthy(_, _, long pid, _) ->
                      System.out.println("healthy " + pid);
                  case LogLine line when line.text().startsWith("child ") ->
                      System.out.println("pid " + line.text().substring("child ".length()));
                  default -> {}
                }
              });
      int port = supervisor.freePort();
      supervisor.start(
          args[1].equals("jailed")
              ? JailedInstanceTest.spec(port)
              : Programs.spec("shop/stubborn", Programs.STUBBORN, port));
      Thread.sleep(Duration.ofMinutes(1));
    }
  }
}
