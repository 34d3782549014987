package dev.freehold;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/// How much memory processes really take. Memory that several of them share (PostgreSQL's buffers)
/// is counted once, where the kernel tells us (proc(5), `smaps_rollup`, field `Pss`).
final class ProcessMemory {
  private static final long KILOBYTE = 1024;

  private ProcessMemory() {}

  /// In bytes; 0 for a process that is gone or not ours to look at.
  static long of(long pid) {
    var proportional = field(Path.of("/proc/" + pid + "/smaps_rollup"), "Pss:");
    return proportional > 0 ? proportional : field(Path.of("/proc/" + pid + "/status"), "VmRSS:");
  }

  private static long field(Path file, String name) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.replaceAll("[^0-9]", ""))
          .mapToLong(number -> number.isEmpty() ? 0 : Long.parseLong(number) * KILOBYTE)
          .findFirst()
          .orElse(0);
    } catch (IOException | java.io.UncheckedIOException e) {
      return 0;
    }
  }
}
