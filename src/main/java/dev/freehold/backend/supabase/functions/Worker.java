package dev.freehold.backend.supabase.functions;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/// One process of one function, and the calls it is busy with. Its fields are guarded by the lock
/// of its [WorkerPool].
final class Worker {
  private static final long LISTENS_POLL_NANOS = 2_000_000;
  private static final int MAX_ANSWER_BYTES = 4_096;
  private static final Pattern PENDING = Pattern.compile("\"pending\":(\\d{1,9})");
  private static final byte[] QUESTION =
      """
      GET / HTTP/1.1\r
      Host: freehold\r
      x-freehold-control: state\r
      Connection: close\r
      \r
      """
          .getBytes(StandardCharsets.US_ASCII);

  final FunctionProcess process;
  final Instant startedAt;
  Instant usedAt;
  boolean ready;
  boolean retiring;
  boolean blocked;
  boolean killedByUs;
  int calls;

  Worker(FunctionProcess process, Instant now) {
    this.process = process;
    this.startedAt = now;
    this.usedAt = now;
  }

  /// Waits until it listens; false when it ended before, or takes too long, or we are interrupted.
  boolean awaitListening(Duration within) {
    long deadline = System.nanoTime() + within.toNanos();
    while (!process.ended().isDone()
        && System.nanoTime() < deadline
        && !Thread.currentThread().isInterrupted()) {
      if (Files.exists(process.socket()) && connects()) {
        return true;
      }
      java.util.concurrent.locks.LockSupport.parkNanos(LISTENS_POLL_NANOS);
    }
    return false;
  }

  private boolean connects() {
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(process.socket()));
    } catch (IOException e) {
      return false; // It is made and not listened to for a moment.
    }
  }

  /// How it ended, if it does so within the time.
  Optional<FunctionProcess.Ended> end(Duration within) {
    try {
      return Optional.of(process.ended().get(within.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /// How much work goes on in it after its answers; nothing when it does not look up in time.
  OptionalInt pendingWork(Duration within) {
    var asked = new CompletableFuture<OptionalInt>();
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      var asking =
          Thread.ofVirtual().name("function-state").start(() -> asked.complete(ask(channel)));
      try {
        return asked.get(within.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        asking.interrupt();
        return OptionalInt.empty();
      }
    } catch (IOException | ExecutionException e) {
      return OptionalInt.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalInt.empty();
    }
  }

  private OptionalInt ask(SocketChannel channel) {
    try {
      channel.connect(UnixDomainSocketAddress.of(process.socket()));
      channel.write(ByteBuffer.wrap(QUESTION));
      var answer = ByteBuffer.allocate(MAX_ANSWER_BYTES);
      while (answer.hasRemaining() && channel.read(answer) >= 0) {
        var found =
            PENDING.matcher(
                new String(answer.array(), 0, answer.position(), StandardCharsets.UTF_8));
        if (found.find()) {
          return OptionalInt.of(Integer.parseInt(found.group(1)));
        }
      }
      return OptionalInt.empty();
    } catch (IOException e) {
      return OptionalInt.empty(); // It is gone, or the time was over and we closed it.
    }
  }
}
