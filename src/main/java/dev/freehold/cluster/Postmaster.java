package dev.freehold.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The server process of a data folder, as its `postmaster.pid` and the kernel tell it.
///
/// A pid file may be a left-over whose number another process has today. So a process counts only
/// when it is a `postgres` and works in this very data folder, which the server makes its current
/// folder first of all.
///
/// @param pid the process
/// @param port the TCP port it listens on; 0 while it has not said so yet
record Postmaster(long pid, int port) {
  private static final Path PROCESSES = Path.of("/proc");
  private static final int PID_LINE = 0;
  private static final int PORT_LINE = 3;

  static Optional<Postmaster> of(Path data) {
    List<String> lines;
    try {
      lines = Files.readAllLines(data.resolve("postmaster.pid"));
    } catch (IOException e) {
      return Optional.empty();
    }
    long pid = number(lines, PID_LINE);
    return pid > 0 && worksIn(pid, data)
        ? Optional.of(new Postmaster(pid, (int) number(lines, PORT_LINE)))
        : Optional.empty();
  }

  /// Whether the process is a living PostgreSQL server of that data folder.
  static boolean worksIn(long pid, Path data) {
    var process = PROCESSES.resolve(Long.toString(pid));
    try {
      var program = Files.readSymbolicLink(process.resolve("exe")).getFileName();
      return program != null
          && program.toString().startsWith("postgres")
          && Files.isSameFile(Files.readSymbolicLink(process.resolve("cwd")), data);
    } catch (IOException e) {
      return false;
    }
  }

  boolean alive(Path data) {
    return worksIn(pid, data);
  }

  /// Resident memory of the server and its children, in bytes.
  long memoryBytes() {
    return ProcessHandle.of(pid)
        .map(handle ->
            resident(pid) + handle.descendants().mapToLong(child -> resident(child.pid())).sum())
        .orElse(0L);
  }

  /// The proportional share: the shared buffers would else be counted once a process.
  private static long resident(long pid) {
    var file = PROCESSES.resolve(Long.toString(pid)).resolve("smaps_rollup");
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith("Pss:"))
          .map(line -> line.split("\\s+"))
          .filter(words -> words.length > 1)
          .mapToLong(words -> Long.parseLong(words[1]) << 10)
          .sum();
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0;
    }
  }

  private static long number(List<String> lines, int index) {
    try {
      return lines.size() > index ? Long.parseLong(lines.get(index).strip()) : 0;
    } catch (NumberFormatException e) {
      return 0;
    }
  }
}
