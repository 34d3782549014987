package dev.freehold.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/// A unix socket for code that wants a [Socket]: streams, a limit for how long a read waits, and
/// nothing of TCP. The JDK has only a channel for it, which knows no such limit; so the channel
/// does not block, and a selector waits.
final class UnixSocket extends Socket {
  private final UnixDomainSocketAddress address;
  private final SocketChannel channel;
  private final Selector readable;
  private final Selector writable;
  private volatile int readWaitMs;

  UnixSocket(UnixDomainSocketAddress address) throws IOException {
    this.address = address;
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    readable = Selector.open();
    writable = Selector.open();
  }

  @Override
  public void connect(SocketAddress ignored) throws IOException {
    connect(ignored, 0);
  }

  /// A unix socket connects or fails at once: no timeout is needed.
  @Override
  public void connect(SocketAddress ignored, int timeoutMs) throws IOException {
    try {
      channel.connect(address);
      channel.configureBlocking(false);
      channel.register(readable, SelectionKey.OP_READ);
      channel.register(writable, SelectionKey.OP_WRITE);
    } catch (IOException e) {
      close();
      throw new SocketException(address + ": " + e.getMessage(), e);
    }
  }

  @Override
  public InputStream getInputStream() {
    return new Input();
  }

  @Override
  public OutputStream getOutputStream() {
    return new Output();
  }

  /// @param timeoutMs 0 for waiting as long as it takes
  @Override
  public void setSoTimeout(int timeoutMs) {
    readWaitMs = timeoutMs;
  }

  @Override
  public int getSoTimeout() {
    return readWaitMs;
  }

  @Override
  public void setTcpNoDelay(boolean on) {
    // Nothing is delayed here.
  }

  @Override
  public boolean getTcpNoDelay() {
    return true;
  }

  @Override
  public void setKeepAlive(boolean on) {
    // The kernel knows when the other end is gone.
  }

  @Override
  public boolean isConnected() {
    return channel.isConnected();
  }

  @Override
  public boolean isClosed() {
    return !channel.isOpen();
  }

  @Override
  public void shutdownOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
    readable.close();
    writable.close();
  }

  private void await(Selector selector, int limitMs) throws IOException {
    selector.select(limitMs);
    if (!selector.isOpen()) {
      throw new SocketException("the socket is closed");
    }
    selector.selectedKeys().clear();
  }

  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      var one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int offset, int length) throws IOException {
      var buffer = ByteBuffer.wrap(to, offset, length);
      long start = System.nanoTime();
      while (true) {
        int count = channel.read(buffer);
        if (count != 0 || length == 0) {
          return count;
        }
        long waitedMs = (System.nanoTime() - start) / 1_000_000;
        int limitMs = readWaitMs;
        if (limitMs > 0 && waitedMs >= limitMs) {
          throw new SocketTimeoutException("nothing came for " + limitMs + " ms");
        }
        await(readable, limitMs == 0 ? 0 : (int) (limitMs - waitedMs));
      }
    }

    @Override
    public void close() throws IOException {
      UnixSocket.this.close();
    }
  }

  private final class Output extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      var buffer = ByteBuffer.wrap(from, offset, length);
      while (buffer.hasRemaining()) {
        if (channel.write(buffer) == 0) {
          await(writable, 0);
        }
      }
    }

    @Override
    public void close() throws IOException {
      UnixSocket.this.close();
    }
  }
}
