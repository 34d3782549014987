package dev.freehold.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a jailed command can and cannot do, tried with the system's own programs.
class SandboxTest {
  private static final long MIB = 1L << 20;
  private static final Jail.Limits LIMITS = new Jail.Limits(128 * MIB, 40, 1, 8 * MIB);
  private static final int UID = 64_977;

  private final Path data;
  private final Path room;
  private final Jail jail;

  /// A data folder that only we may enter, with a secret in it, and the jail's room beside that.
  SandboxTest() throws IOException {
    data = Files.createTempDirectory("freehold-sandbox-test");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(data.resolve("secret"), "hunter2");
    room = Files.createDirectory(data.resolve("room"));
    var user = OsUser.numbered("build", UID);
    DurableFiles.giveTo(user, room);
    jail =
        new Jail(user, List.of(), false, LIMITS)
            .writing(room, Path.of("/work"))
            .withAccount(DurableFiles.folder(data.resolve("account")), Path.of("/work"));
  }

  @AfterEach
  void remove() {
    DurableFiles.deleteTree(data);
  }

  @Test
  void writesInItsRoomAndNowhereElse() {
    assertThat(run("touch", "/work/mine").ok()).isTrue();
    assertThat(room.resolve("mine")).exists();
    assertThat(run("touch", "/usr/bin/mine").ok()).isFalse();
    assertThat(run("touch", "/etc/mine").ok()).isFalse();
    assertThat(run("touch", "/mine").ok()).isFalse();
    assertThat(run("mkdir", "/work/../escaped").ok()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/root",
        "/home",
        "/var",
        "/etc/shadow",
        "/etc/ssh",
        "/proc/1/root/root",
        "/sys",
        "/run"
      })
  void doesNotSee(String path) {
    assertThat(run("ls", path).ok()).as(path).isFalse();
  }

  @Test
  void doesNotSeeTheDataFolder() {
    assertThat(run("cat", data.resolve("secret").toString()).ok()).isFalse();
    assertThat(run("cat", "/work/../secret").ok()).isFalse();
    assertThat(run("ln", "-s", data.resolve("secret").toString(), "/work/link").ok()).isTrue();
    assertThat(run("cat", "/work/link").ok()).isFalse();
  }

  @Test
  void seesOnlyItsOwnProcesses() {
    var seen = run("ls", "/proc").out().lines().filter(name -> name.matches("[0-9]+")).toList();
    assertThat(seen)
        .hasSizeLessThan(6)
        .doesNotContain(Long.toString(ProcessHandle.current().pid()));
    var kill = run("bash", "-c", "kill -9 " + ProcessHandle.current().pid());
    assertThat(kill.ok()).isFalse();
  }

  @Test
  void isSomebodyWithoutPrivilegesWhoKnowsItsName() {
    assertThat(run("id", "-un").out()).isEqualTo(jail.user().name());
    var status = run("cat", "/proc/self/status").out();
    assertThat(status)
        .containsPattern("CapEff:\\s*0+\\b")
        .containsPattern("CapBnd:\\s*0+\\b|CapPrm:\\s*0+\\b")
        .containsPattern("NoNewPrivs:\\s*1");
    assertThat(run("getent", "hosts", "localhost").ok()).isTrue();
  }

  @Test
  void inheritsNothingOfOurEnvironment() {
    assertThat(run("env").out().lines().map(line -> line.split("=")[0]))
        .containsExactlyInAnyOrder("PATH", "LANG", "LC_ALL", "PWD");
  }

  @Test
  void hasNoWayToTheMachinesLoopbackNorOutside() throws IOException {
    try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var loopback = "/dev/tcp/127.0.0.1/" + server.getLocalPort();
      assertThat(run("bash", "-c", "echo hello > " + loopback).ok()).isFalse();
    }
    var outside = run("bash", "-c", "echo hello > /dev/tcp/1.1.1.1/80");
    assertThat(outside.out()).contains("unreachable");
  }

  @Test
  void cannotWriteAHugeFile() throws IOException {
    var outcome = run("dd", "if=/dev/zero", "of=/work/huge", "bs=1M", "count=20");
    assertThat(outcome.ok()).isFalse();
    assertThat(Files.size(room.resolve("huge"))).isEqualTo(LIMITS.fileBytes());
  }

  @Test
  void cannotTakeMoreMemoryThanItsLimit() {
    var hungry = List.of("dd", "if=/dev/zero", "of=/dev/null", "bs=400M", "count=1");
    assertThat(run(hungry.toArray(String[]::new)).ok()).isEqualTo(!memoryIsLimited());
  }

  @Test
  void aForkBombEndsWithItsJail() {
    var bomb = "bomb() { bomb | bomb & }; bomb; sleep 20";
    var command =
        Command.of("bash", "-c", bomb)
            .in(Path.of("/work"))
            .within(Duration.ofSeconds(3))
            .inside(jail);
    var most = new java.util.concurrent.atomic.AtomicLong();
    var watcher =
        Thread.ofVirtual()
            .start(() -> {
              while (!Thread.currentThread().isInterrupted()) {
                most.accumulateAndGet(processes(), Math::max);
              }
            });
    var outcome = Commands.run(command);
    watcher.interrupt();

    assertThat(outcome.ok()).isFalse();
    if (OsUser.weAreRoot()) {
      assertThat(most.get()).isBetween(2L, (long) LIMITS.processes());
      assertThat(eventuallyNoProcess()).isTrue();
    }
  }

  @Test
  void whatItStartedInTheBackgroundEndsWithIt() {
    var outcome = run("bash", "-c", "setsid sleep 300 & disown; echo started");
    assertThat(outcome.out()).isEqualTo("started");
    if (OsUser.weAreRoot()) {
      assertThat(eventuallyNoProcess()).isTrue();
    }
  }

  @Test
  void mountsBelowAFolderThatOnlyWeMayEnterCanBeEntered() throws IOException {
    var tool = Files.createDirectories(data.resolve("closed/tool"));
    Files.setPosixFilePermissions(
        data.resolve("closed"), PosixFilePermissions.fromString("rwx------"));
    Files.writeString(tool.resolve("readme"), "hello");
    var seeing = jail.seeing(tool, Path.of("/tools/deep/tool"));
    var command = Command.of("cat", "/tools/deep/tool/readme").in(Path.of("/work"));
    assertThat(Commands.run(command.inside(seeing)).out()).isEqualTo("hello");
  }

  @Test
  void aKeptProcessRunsUntilItIsStopped() {
    var lines = new java.util.concurrent.LinkedBlockingQueue<String>();
    var command = Command.of("bash", "-c", "echo up; sleep 300").in(Path.of("/work"));
    var running = Commands.start(command.inside(jail).with(Map.of()), lines::add);
    assertThat(first(lines)).isEqualTo("up");
    assertThat(running.alive()).isTrue();
    running.stop(Duration.ofMillis(200));
    assertThat(running.alive()).isFalse();
    if (OsUser.weAreRoot()) {
      assertThat(eventuallyNoProcess()).isTrue();
    }
  }

  private Outcome run(String... argv) {
    var command = Command.of(argv).in(Path.of("/work")).within(Duration.ofSeconds(10)).inside(jail);
    var lines = new java.util.ArrayList<String>();
    return Commands.run(command, lines::add);
  }

  private static String first(java.util.concurrent.BlockingQueue<String> lines) {
    try {
      return String.valueOf(lines.poll(10, java.util.concurrent.TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /// Where we may make control groups; docs/concepts/sandbox.md says where that is.
  private static boolean memoryIsLimited() {
    var groups = Path.of("/sys/fs/cgroup");
    return OsUser.weAreRoot()
        && (Files.isWritable(groups.resolve("memory"))
            || Files.isWritable(groups.resolve("cgroup.subtree_control")));
  }

  private static boolean eventuallyNoProcess() {
    for (int i = 0; i < 100 && processes() > 0; i++) {
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    return processes() == 0;
  }

  /// How many processes the jail's user has, seen from outside.
  private static long processes() {
    try (var folders = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      long count = 0;
      for (var folder : folders) {
        count += owner(folder) == UID ? 1 : 0;
      }
      return count;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static int owner(Path process) {
    try {
      return (Integer) Files.getAttribute(process, "unix:uid");
    } catch (IOException e) {
      return -1;
    }
  }
}
