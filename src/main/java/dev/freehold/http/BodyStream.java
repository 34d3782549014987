package dev.freehold.http;

import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A request's body as it arrives, for a handler that reads it by itself. The event loop puts
/// pieces in, the handler's virtual thread takes them out; when more than a little waits, the
/// client is held back. Nothing is asked of the client before the first read, so that a handler
/// that refuses at once costs no transfer: one that waits for `100 Continue` gets it then.
final class BodyStream extends InputStream {
  /// The client is held back while this much waits.
  private static final int HIGH_BYTES = 1 << 20;

  /// And sends on when no more than this does.
  private static final int LOW_BYTES = HIGH_BYTES / 4;

  /// The reader is woken for no less than this, or for the end: a switch of threads costs as much
  /// as some ten kilobytes.
  private static final int WORTH_WAKING_BYTES = 64 << 10;

  /// So much of a body nobody wants is taken in to keep the connection; above, it is closed.
  private static final long WORTH_TAKING_BYTES = 1 << 20;

  private final Exchange exchange;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private final Deque<byte[]> waiting = new ArrayDeque<>();
  private long arrived;
  private int waitingBytes;
  private boolean asked;
  private boolean held;
  private boolean whole;
  private boolean gone;
  private boolean left;
  private byte[] piece = new byte[0];
  private int at;

  private BodyStream(Exchange exchange) {
    this.exchange = exchange;
  }

  /// On the event loop, before the engine delivers anything of the body.
  static BodyStream of(Exchange exchange) {
    var stream = new BodyStream(exchange);
    var request = exchange.request();
    request.pause();
    request.handler(stream::take);
    request.endHandler(end -> stream.end());
    exchange.atEnd(stream::clientGone);
    return stream;
  }

  /// Runs once when the answer is out or the client is gone. From any thread.
  void atEnd(Runnable action) {
    exchange.context().runOnContext(v -> exchange.atEnd(action));
  }

  private void take(Buffer buffer) {
    if (left || buffer.length() == 0) {
      return;
    }
    lock.lock();
    try {
      arrived += buffer.length();
      waiting.add(buffer.getBytes());
      waitingBytes += buffer.length();
      if (waitingBytes > HIGH_BYTES && !held) {
        held = true;
        exchange.request().pause();
      }
      if (waitingBytes >= WORTH_WAKING_BYTES) {
        news.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      whole = true;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  private void clientGone() {
    lock.lock();
    try {
      gone = true;
      news.signal();
    } finally {
      lock.unlock();
    }
  }

  /// The handler has answered and reads no more. On the event loop, before the answer's head.
  void leave() {
    left = true;
    if (whole || exchange.over()) {
      return;
    }
    var announced = exchange.request().getHeader("Content-Length");
    boolean expects = exchange.request().headers().contains("Expect", "100-continue", true);
    boolean unasked = expects && !asked;
    if (!unasked
        && announced != null
        && Long.parseLong(announced) - arrived <= WORTH_TAKING_BYTES) {
      exchange.request().resume();
    } else if (announced == null && !exchange.request().headers().contains("Transfer-Encoding")) {
      exchange.request().resume();
    } else {
      exchange.closeAfterAnswer();
    }
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (at == piece.length && !next()) {
      return -1;
    }
    int count = 0;
    while (count < length && (at < piece.length || another())) {
      int some = Math.min(length - count, piece.length - at);
      System.arraycopy(piece, at, into, offset + count, some);
      at += some;
      count += some;
    }
    return count;
  }

  /// Takes a further piece if there is one already.
  private boolean another() {
    lock.lock();
    try {
      if (waiting.isEmpty()) {
        return false;
      }
      take();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void take() {
    piece = waiting.remove();
    at = 0;
    waitingBytes -= piece.length;
    if (held && waitingBytes <= LOW_BYTES) {
      held = false;
      exchange.context().runOnContext(v -> exchange.request().resume());
    }
  }

  /// What can be read without waiting.
  @Override
  public int available() {
    lock.lock();
    try {
      return piece.length - at + waitingBytes;
    } finally {
      lock.unlock();
    }
  }

  private boolean next() throws IOException {
    lock.lock();
    try {
      if (!asked) {
        asked = true;
        exchange.context().runOnContext(v -> ask());
      }
      while (waitingBytes < WORTH_WAKING_BYTES && !whole && !gone) {
        news.await();
      }
      if (waiting.isEmpty()) {
        if (whole) {
          return false;
        }
        throw new IOException("the client left before its body was whole");
      }
      take();
      return true;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a body was arriving", stop);
    } finally {
      lock.unlock();
    }
  }

  private void ask() {
    if (exchange.over()) {
      return;
    }
    if (exchange.request().headers().contains("Expect", "100-continue", true)) {
      exchange.response().writeContinue();
    }
    exchange.request().resume();
  }
}
