package dev.freehold.postgres.wire;

import dev.freehold.postgres.PostgresException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A batch on its way: what is gathered of its reply, and who is told when it is there.
///
/// Everything but [#await] happens on the connection's event loop.
final class Exchange {
  /// A statement whose Parse went out with this batch and was not confirmed yet.
  record Parse(String sql, String name) {}

  private static final String NEITHER = "neither reply nor error";

  private final Batch batch;
  private final boolean afresh;
  private final Runnable afterStream;
  private final Consumer<Object> whenThrough;
  private final List<List<Row>> rows = new ArrayList<>();
  private final List<Parse> parses = new ArrayList<>();
  private int parsed;
  private long sentNanos;
  private long bytes;
  private @Nullable PostgresException failure;
  private @Nullable LargeValue large;
  private volatile @Nullable Object outcome;

  private Exchange(
      Batch batch, boolean afresh, Runnable afterStream, Consumer<Object> whenThrough) {
    this.batch = batch;
    this.afresh = afresh;
    this.afterStream = afterStream;
    this.whenThrough = whenThrough;
    batch.queries().forEach(_ -> rows.add(new ArrayList<>(1)));
  }

  /// For the thread that makes it, which will wait.
  ///
  /// @param afresh its statements are prepared anew
  /// @param afterStream run when a large value has come to its end
  static Exchange awaited(Batch batch, boolean afresh, Runnable afterStream) {
    var waiter = Thread.currentThread();
    return new Exchange(batch, afresh, afterStream, _ -> LockSupport.unpark(waiter));
  }

  /// For nobody who waits.
  ///
  /// @param reply completed on the connection's event loop
  static Exchange promised(Batch batch, CompletableFuture<Reply> reply) {
    return new Exchange(
        batch,
        false,
        () -> {},
        outcome -> {
          switch (outcome) {
            case PostgresException error -> reply.completeExceptionally(error);
            case Reply got -> reply.complete(got);
            default -> throw new IllegalStateException(NEITHER);
          }
        });
  }

  Batch batch() {
    return batch;
  }

  boolean afresh() {
    return afresh;
  }

  /// Whether a statement of it had been prepared before.
  boolean reused() {
    return parses.size() < batch.queries().size();
  }

  void sent(long nanos) {
    sentNanos = nanos;
  }

  long sentNanos() {
    return sentNanos;
  }

  void parsing(String sql, String name) {
    parses.add(new Parse(sql, name));
  }

  void parseComplete() {
    parsed++;
  }

  /// Statements that PostgreSQL never came to prepare.
  List<Parse> unconfirmed() {
    return parses.subList(parsed, parses.size());
  }

  void row(int statement, Row row, long size) {
    rows.get(statement).add(row);
    bytes += size;
  }

  /// Bytes of rows received.
  long bytes() {
    return bytes;
  }

  /// The first error is the one that counts.
  void failed(PostgresException error) {
    if (failure == null) {
      failure = error;
    }
  }

  boolean failed() {
    return failure != null;
  }

  /// The row that the large value belongs to was taken; its reader may begin.
  void begins(LargeValue value) {
    large = value;
    finish(new Reply(rows, Optional.of(value)));
  }

  /// Nothing more comes.
  void finish() {
    var value = large;
    var error = failure;
    if (value != null) {
      if (error == null) {
        value.settle();
      } else {
        value.fail(error);
      }
      afterStream.run();
      return;
    }
    finish(error == null ? new Reply(rows, Optional.empty()) : error);
  }

  /// The connection broke.
  void abort(PostgresException error) {
    failed(error);
    finish();
  }

  private void finish(Object result) {
    outcome = result;
    whenThrough.accept(result);
  }

  /// Waits for the reply. There is always one: a connection that stays silent is dropped.
  ///
  /// @throws PostgresException for what PostgreSQL refused, or when the connection broke
  Reply await() {
    var interrupted = false;
    var result = outcome;
    while (result == null) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
      result = outcome;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return switch (result) {
      case PostgresException error -> throw error;
      case Reply reply -> reply;
      default -> throw new IllegalStateException(NEITHER);
    };
  }
}
