package dev.freehold.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Holds a jail's memory, processes and processor time in a Linux control group, version 2 or 1,
/// whichever the machine has. Where we may not make one, the jail has no such limit:
/// docs/concepts/sandbox.md says when that is.
final class ControlGroup {
  private static final Path V2 = Path.of("/sys/fs/cgroup");
  private static final String PARENT = "freehold";
  private static final int JOIN_ROUNDS = 3;
  private static final long DYING_MILLIS = 2_000;
  private static final long CPU_PERIOD_MICROS = 100_000;

  private ControlGroup() {}

  /// Puts a fresh process and what it has started so far into a group of its own, which goes when
  /// the process has ended.
  static void join(Process process, Jail.Limits limits) {
    if (!OsUser.weAreRoot()) {
      return;
    }
    var groups = make("p" + process.pid(), limits);
    var moved = new HashSet<Long>();
    for (int round = 0; round < JOIN_ROUNDS; round++) {
      for (long pid : family(process)) {
        if (moved.add(pid)) {
          groups.forEach(g -> write(g.resolve("cgroup.procs"), "" + pid));
        }
      }
    }
    var unused =
        process
            .onExit()
            .thenRun(() -> groups.forEach(ControlGroup::remove))
            .thenRunAsync(
                () -> groups.forEach(ControlGroup::remove),
                CompletableFuture.delayedExecutor(DYING_MILLIS, TimeUnit.MILLISECONDS));
  }

  /// The process and what came of it, as the kernel lists it: to look for children among all
  /// processes of the machine takes milliseconds.
  private static List<Long> family(Process process) {
    var found = new ArrayList<>(List.of(process.pid()));
    try {
      for (int i = 0; i < found.size(); i++) {
        var pid = found.get(i);
        var children = Files.readString(Path.of("/proc/%1$d/task/%1$d/children".formatted(pid)));
        Arrays.stream(children.split(" "))
            .filter(child -> !child.isBlank())
            .forEach(child -> found.add(Long.valueOf(child.strip())));
      }
    } catch (IOException e) {
      // A kernel without that list, or a process that has just ended.
      process.descendants().map(ProcessHandle::pid).forEach(found::add);
    }
    return found;
  }

  private static List<Path> make(String name, Jail.Limits limits) {
    long quota = (long) (limits.cpus() * CPU_PERIOD_MICROS);
    if (Files.exists(V2.resolve("cgroup.controllers"))) {
      write(V2.resolve("cgroup.subtree_control"), "+memory +pids +cpu");
      var parent = V2.resolve(PARENT);
      folder(parent);
      write(parent.resolve("cgroup.subtree_control"), "+memory +pids +cpu");
      return group(
              parent.resolve(name),
              Map.of(
                  "memory.max", "" + limits.memoryBytes(),
                  "memory.swap.max", "0",
                  "pids.max", "" + limits.processes(),
                  "cpu.max", quota + " " + CPU_PERIOD_MICROS))
          .stream()
          .toList();
    }
    return Stream.of(
            group(
                V2.resolve("memory").resolve(PARENT).resolve(name),
                Map.of("memory.limit_in_bytes", "" + limits.memoryBytes())),
            group(
                V2.resolve("pids").resolve(PARENT).resolve(name),
                Map.of("pids.max", "" + limits.processes())),
            group(
                V2.resolve("cpu").resolve(PARENT).resolve(name),
                Map.of("cpu.cfs_quota_us", "" + quota)))
        .flatMap(java.util.Optional::stream)
        .toList();
  }

  private static java.util.Optional<Path> group(Path group, Map<String, String> settings) {
    if (!Files.isDirectory(DurableFiles.parent(DurableFiles.parent(group))) || !folder(group)) {
      return java.util.Optional.empty();
    }
    removeLeftOver(DurableFiles.parent(group));
    settings.forEach((file, value) -> write(group.resolve(file), value));
    return java.util.Optional.of(group);
  }

  private static boolean folder(Path folder) {
    try {
      Files.createDirectories(folder);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /// A control file that is absent or refuses leaves that one limit unset.
  private static void write(Path file, String value) {
    if (Files.isWritable(file)) {
      try {
        Files.writeString(file, value);
      } catch (IOException e) {
        return;
      }
    }
  }

  /// Groups of processes that ended after we did, or while we were being killed.
  private static void removeLeftOver(Path parent) {
    try (var groups = Files.newDirectoryStream(parent, "p[0-9]*")) {
      for (var group : groups) {
        var pid = Long.parseLong(group.getFileName().toString().substring(1));
        if (ProcessHandle.of(pid).isEmpty()) {
          remove(group);
        }
      }
    } catch (IOException e) {
      return; // They cost nothing but their names.
    }
  }

  private static void remove(Path group) {
    try {
      Files.deleteIfExists(group);
    } catch (IOException e) {
      // It still holds a dying process: it is tried once more a little later.
      return;
    }
  }
}
