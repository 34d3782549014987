package dev.freehold.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/// A way to a port of this machine that can fall silent as a network does: nothing gets through any
/// more and neither side is told. What connects afterwards gets through.
public final class SilentLink implements AutoCloseable {
  private final ServerSocket door;
  private final int to;
  private final List<Socket> ends = new CopyOnWriteArrayList<>();
  private volatile AtomicBoolean dead = new AtomicBoolean();

  private SilentLink(ServerSocket door, int to) {
    this.door = door;
    this.to = to;
  }

  public static SilentLink to(int port) {
    try {
      var link = new SilentLink(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), port);
      Thread.ofVirtual().start(link::accept);
      return link;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public int port() {
    return door.getLocalPort();
  }

  /// What is connected now hears nothing more from the other side, its end neither.
  public void fallSilent() {
    var before = dead;
    dead = new AtomicBoolean();
    before.set(true);
  }

  private void accept() {
    try {
      while (true) {
        var near = door.accept();
        var far = new Socket(InetAddress.getLoopbackAddress(), to);
        ends.addAll(List.of(near, far));
        var gone = dead;
        Thread.ofVirtual().start(() -> pass(near, far, gone));
        Thread.ofVirtual().start(() -> pass(far, near, gone));
      }
    } catch (IOException e) {
      close();
    }
  }

  private static void pass(Socket from, Socket to, AtomicBoolean gone) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      var piece = new byte[8_192];
      for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
        if (!gone.get()) {
          out.write(piece, 0, read);
        }
      }
    } catch (IOException e) {
      // One side ended; so does the other, unless nobody is to hear of it.
    }
    if (!gone.get()) {
      end(from);
      end(to);
    }
  }

  private static void end(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ends.forEach(SilentLink::end);
  }
}
