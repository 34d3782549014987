package dev.freehold.cluster;

import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/// The loopback port of a Cluster: chosen once and kept in a file, so that a connection string
/// stays true; another one is chosen only when a stranger holds it at start.
final class Ports {
  /// Below the range from which kernels hand out ports for outgoing connections.
  private static final int FIRST = 21_000;

  private static final int COUNT = 10_000;

  private Ports() {}

  /// @param seed where the search begins, so that Clusters made at once seldom meet
  static int keepOrChoose(Path file, int seed) {
    int kept = kept(file);
    if (kept > 0 && free(kept)) {
      return kept;
    }
    for (int i = 0; i < COUNT; i++) {
      int port = FIRST + Math.floorMod(seed + i, COUNT);
      if (free(port)) {
        DurableFiles.write(file, Integer.toString(port));
        return port;
      }
    }
    throw Problem.of("no-free-port", "no loopback port is free for PostgreSQL")
        .detail("looked at " + FIRST + " to " + (FIRST + COUNT - 1))
        .raise();
  }

  /// The port in the file, or 0.
  static int kept(Path file) {
    try {
      return Integer.parseInt(Files.readString(file).strip());
    } catch (IOException | NumberFormatException e) {
      return 0;
    }
  }

  private static boolean free(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
