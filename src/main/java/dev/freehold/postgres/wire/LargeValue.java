package dev.freehold.postgres.wire;

import dev.freehold.postgres.PostgresException;
import io.netty.channel.Channel;
import java.util.ArrayDeque;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// A column too large to be held in memory, handed on piece by piece as it comes from PostgreSQL.
/// At most [#MOST_WAITING] bytes wait for the reader; then PostgreSQL is not read on.
///
/// The last piece is given out when PostgreSQL has committed: what it refuses before is an error of
/// the stream. One subscriber; if it cancels, the connection is dropped.
public final class LargeValue implements Flow.Publisher<byte[]> {
  /// Bytes read ahead of the reader.
  static final int MOST_WAITING = 1 << 20;

  private final Channel channel;
  private final long length;
  private final ArrayDeque<byte[]> pieces = new ArrayDeque<>();
  private long waiting;
  private long asked;
  private boolean complete;
  private boolean settled;
  private boolean cancelled;
  private boolean delivering;
  private @Nullable PostgresException failure;
  private Flow.@Nullable Subscriber<? super byte[]> subscriber;

  LargeValue(Channel channel, long length) {
    this.channel = channel;
    this.length = length;
  }

  /// Its length in bytes.
  public long length() {
    return length;
  }

  @Override
  public void subscribe(Flow.Subscriber<? super byte[]> reader) {
    synchronized (this) {
      if (subscriber != null) {
        throw new IllegalStateException("it is read once");
      }
      subscriber = reader;
    }
    reader.onSubscribe(new Reading());
  }

  /// Takes the next piece, on the event loop.
  void offer(byte[] piece, boolean last) {
    synchronized (this) {
      complete = last;
      if (cancelled) {
        return;
      }
      pieces.add(piece);
      waiting += piece.length;
      if (waiting > MOST_WAITING) {
        channel.config().setAutoRead(false);
      }
    }
    deliver();
  }

  /// PostgreSQL has committed.
  void settle() {
    synchronized (this) {
      settled = true;
    }
    deliver();
  }

  void fail(PostgresException error) {
    synchronized (this) {
      failure = error;
    }
    deliver();
  }

  /// The next thing to tell the reader; nothing when it must wait.
  private sealed interface Step {
    @SuppressWarnings("ArrayRecordComponent")
    record Piece(byte[] bytes) implements Step {}

    record End() implements Step {}

    record Failed(PostgresException error) implements Step {}
  }

  private synchronized @Nullable Step next() {
    if (cancelled || subscriber == null || delivering) {
      return null;
    }
    var step = step();
    delivering = step != null;
    return step;
  }

  private @Nullable Step step() {
    var error = failure;
    if (error != null) {
      cancelled = true;
      return new Step.Failed(error);
    }
    var last = complete && pieces.size() == 1;
    if (!pieces.isEmpty() && asked > 0 && (!last || settled)) {
      var piece = pieces.remove();
      waiting -= piece.length;
      asked--;
      if (waiting < MOST_WAITING / 2) {
        channel.config().setAutoRead(true);
      }
      return new Step.Piece(piece);
    }
    if (complete && settled && pieces.isEmpty()) {
      cancelled = true;
      return new Step.End();
    }
    return null;
  }

  private synchronized void delivered() {
    delivering = false;
  }

  private void deliver() {
    for (var step = next(); step != null; step = next()) {
      var reader = subscriber;
      if (reader == null) {
        return;
      }
      switch (step) {
        case Step.Piece piece -> reader.onNext(piece.bytes());
        case Step.End _ -> reader.onComplete();
        case Step.Failed failed -> reader.onError(failed.error());
      }
      delivered();
    }
  }

  private final class Reading implements Flow.Subscription {
    @Override
    public void request(long n) {
      synchronized (LargeValue.this) {
        asked = asked + n < 0 ? Long.MAX_VALUE : asked + n;
      }
      deliver();
    }

    @Override
    public void cancel() {
      synchronized (LargeValue.this) {
        if (cancelled) {
          return;
        }
        cancelled = true;
        pieces.clear();
      }
      Pipes.close(channel);
    }
  }
}
