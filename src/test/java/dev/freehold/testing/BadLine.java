package dev.freehold.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// A line to a server on this machine that can be cut after so many bytes, slow, or dead.
public final class BadLine implements AutoCloseable {
  private static final long WHOLE = Long.MAX_VALUE;

  private final ServerSocket listening;
  private final int port;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger cuts = new AtomicInteger();
  private final AtomicLong upBytes = new AtomicLong(WHOLE);
  private final AtomicLong downBytes = new AtomicLong(WHOLE);
  private volatile boolean dead;
  private volatile long pauseMillis;

  /// @param port of the server
  public BadLine(int port) throws IOException {
    this.port = port;
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.startVirtualThread(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  /// Connections are cut after so many bytes to the server, so many times.
  public void cutUpAfter(long bytes, int times) {
    upBytes.set(bytes);
    cuts.set(times);
  }

  /// Connections are cut after so many bytes from the server, so many times.
  public void cutDownAfter(long bytes, int times) {
    downBytes.set(bytes);
    cuts.set(times);
  }

  /// How many cuts are still to come.
  public int cutsLeft() {
    return cuts.get();
  }

  /// Every 64 KB wait for so long.
  public void slow(long millis) {
    pauseMillis = millis;
  }

  /// Nobody answers any more, or again.
  public void dead(boolean now) {
    dead = now;
    if (now) {
      open.forEach(BadLine::shut);
    }
  }

  private void accept() {
    try {
      while (true) {
        var client = listening.accept();
        if (dead) {
          shut(client);
        } else {
          Thread.startVirtualThread(() -> join(client));
        }
      }
    } catch (IOException closed) {
      return;
    }
  }

  private void join(Socket client) {
    try (client;
        var server = new Socket(InetAddress.getLoopbackAddress(), port)) {
      open.add(client);
      open.add(server);
      var back = Thread.startVirtualThread(() -> pass(server, client, downBytes));
      pass(client, server, upBytes);
      back.join();
    } catch (IOException | InterruptedException e) {
      return;
    } finally {
      open.remove(client);
    }
  }

  private void pass(Socket from, Socket to, AtomicLong most) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      var buffer = new byte[64 * 1024];
      long passed = 0;
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        passed += count;
        if (passed > most.get() && cuts.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
          shut(from);
          shut(to);
          return;
        }
        if (pauseMillis > 0) {
          Thread.sleep(pauseMillis);
        }
        out.write(buffer, 0, count);
        out.flush();
      }
      to.shutdownOutput();
    } catch (IOException | InterruptedException e) {
      shut(from);
      shut(to);
    }
  }

  private static void shut(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
      socket.close();
    } catch (IOException gone) {
      return;
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
    open.forEach(BadLine::shut);
  }
}
