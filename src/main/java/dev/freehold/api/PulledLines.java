package dev.freehold.api;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// A stream of text lines that is asked for, one at a time, on a virtual thread of its own, and
/// ends when there is nothing more or nobody listens.
///
/// @param next waits for the next line, without its line end; empty ends the stream; an empty text
///   is skipped, so that a wait can be left to look whether somebody still listens
/// @param after runs once, when the stream has ended either way
record PulledLines(Supplier<Optional<String>> next, Runnable after)
    implements Flow.Publisher<byte[]> {

  @Override
  public void subscribe(Flow.Subscriber<? super byte[]> subscriber) {
    var subscription = new Pull(subscriber);
    subscriber.onSubscribe(subscription);
    Thread.ofVirtual().name("freehold-lines").start(subscription);
  }

  private final class Pull implements Flow.Subscription, Runnable {
    private final Flow.Subscriber<? super byte[]> subscriber;
    private final Semaphore demand = new Semaphore(0);
    private volatile boolean cancelled;

    Pull(Flow.Subscriber<? super byte[]> subscriber) {
      this.subscriber = subscriber;
    }

    @Override
    public void request(long n) {
      demand.release((int) Math.min(n, Integer.MAX_VALUE >> 2));
    }

    @Override
    public void cancel() {
      cancelled = true;
      demand.release();
    }

    @Override
    public void run() {
      try {
        deliver();
        if (!cancelled) {
          subscriber.onComplete();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        subscriber.onError(e);
      } finally {
        after.run();
      }
    }

    private void deliver() throws InterruptedException {
      while (!cancelled) {
        var line = next.get();
        if (line.isEmpty()) {
          return;
        }
        if (!line.get().isEmpty()) {
          demand.acquire();
          if (!cancelled) {
            subscriber.onNext((line.get() + "\n").getBytes(StandardCharsets.UTF_8));
          }
        }
      }
    }
  }
}
