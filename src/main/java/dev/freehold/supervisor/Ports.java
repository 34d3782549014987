package dev.freehold.supervisor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.LinkedHashSet;
import java.util.random.RandomGenerator;

/// Hands out loopback ports for instances, each once while it is remembered.
///
/// They lie below the range from which the kernel takes ports for outgoing connections (32768 and
/// up, ip(7)), so that no connection of ours can take one away between choice and use.
final class Ports {
  private static final int FIRST = 20_000;
  private static final int COUNT = 12_000;
  private static final int ATTEMPTS = 1_000;
  private static final int REMEMBERED = 1_000;

  private final RandomGenerator random;
  private final LinkedHashSet<Integer> given = new LinkedHashSet<>();

  Ports(RandomGenerator random) {
    this.random = random;
  }

  synchronized int take() {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      int port = FIRST + random.nextInt(COUNT);
      if (!given.contains(port) && free(port)) {
        if (given.size() == REMEMBERED) {
          given.removeFirst();
        }
        given.add(port);
        return port;
      }
    }
    throw new IllegalStateException("no free port between " + FIRST + " and " + (FIRST + COUNT));
  }

  synchronized void giveBack(int port) {
    given.remove(port);
  }

  private static boolean free(int port) {
    try (var socket = new ServerSocket()) {
      socket.bind(
          new InetSocketAddress(
              InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1}), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
