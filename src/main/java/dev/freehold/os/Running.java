package dev.freehold.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// A process that is kept running.
public final class Running {
  /// The name of the jail's own processes, which stand between us and the program.
  private static final String JAILER = "bwrap";

  private final Process process;
  private final CompletableFuture<Void> output;

  Running(Process process, CompletableFuture<Void> output) {
    this.process = process;
    this.output = output;
  }

  public long pid() {
    return process.pid();
  }

  public boolean alive() {
    return process.isAlive();
  }

  /// Completes with the exit status once the process has ended and its output is read.
  public CompletableFuture<Integer> exit() {
    return process.onExit().thenCombine(output, (ended, read) -> ended.exitValue());
  }

  /// The exit status of a process that has ended, whether or not its output is read.
  public OptionalInt status() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /// Asks the whole tree to end, waits as long as given, then kills what is left of it.
  ///
  /// A jail's own processes are not asked: they end by themselves when the program in the jail has
  /// ended, and if they ended first the kernel would kill the program before it could finish.
  public void stop(Duration patience) {
    var tree = Stream.concat(Stream.of(process.toHandle()), process.descendants()).toList();
    var asked = tree.stream().filter(p -> !isJailer(p)).toList();
    (asked.isEmpty() ? tree : asked).reversed().forEach(ProcessHandle::destroy);
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        killTree(process);
        process.waitFor();
      }
    } catch (InterruptedException e) {
      killTree(process);
      Thread.currentThread().interrupt();
    } finally {
      tree.reversed().forEach(ProcessHandle::destroyForcibly);
    }
  }

  /// Kills the whole tree at once, without asking.
  public void kill() {
    killTree(process);
  }

  /// Kills a process and all that came of it, children first.
  static void killTree(Process process) {
    var tree = process.descendants().sorted(Comparator.comparing(ProcessHandle::pid)).toList();
    process.destroyForcibly();
    tree.reversed().forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean isJailer(ProcessHandle process) {
    try {
      var name = Files.readString(Path.of("/proc/" + process.pid() + "/comm"));
      return name.strip().equals(JAILER);
    } catch (IOException e) {
      return false;
    }
  }
}
