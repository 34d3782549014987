package dev.freehold.http;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Carries a streamed body to the client, one piece at a time. The publisher is only ever called on
/// the virtual thread of the handler that made it, so it may block; the pieces are written on the
/// event loop. The next piece is asked for when the client has room for it; when the client goes,
/// the publisher is cancelled.
final class StreamPump implements Flow.Subscriber<byte[]> {
  private final Exchange exchange;
  private final Flow.Publisher<byte[]> pieces;
  private final Semaphore news = new Semaphore(0);
  private volatile boolean done;
  private volatile boolean gone;
  private volatile @Nullable Thread driver;
  private volatile Flow.@Nullable Subscription subscription;

  StreamPump(Exchange exchange, Flow.Publisher<byte[]> pieces) {
    this.exchange = exchange;
    this.pieces = pieces;
  }

  /// Runs on the handler's thread until the body has ended or the client is gone.
  void drive() {
    driver = Thread.currentThread();
    try {
      news.acquire();
      // Subscribed even if the client is gone: only a subscriber can tell the source to stop.
      pieces.subscribe(this);
      while (!done) {
        var source = subscription;
        if (gone) {
          if (source != null) {
            source.cancel();
          }
          return;
        }
        if (source != null) {
          source.request(1);
        }
        news.acquire();
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      onError(stop);
    } catch (RuntimeException broken) {
      onError(broken);
    }
  }

  /// The head may go out and the first piece be asked for. On the event loop.
  void begin() {
    exchange.atEnd(this::clientGone);
    exchange.beginStream();
    news.release();
  }

  /// Nobody reads any more, or nobody ever will. On the event loop.
  void clientGone() {
    gone = true;
    news.release();
  }

  @Override
  public void onSubscribe(Flow.Subscription source) {
    subscription = source;
    if (Thread.currentThread() != driver) {
      news.release();
    }
  }

  @Override
  public void onNext(byte[] piece) {
    exchange.context().runOnContext(v -> write(piece));
  }

  private void write(byte[] piece) {
    if (exchange.over()) {
      return;
    }
    var response = exchange.response();
    response.write(Buffer.buffer(piece));
    if (response.writeQueueFull()) {
      response.drainHandler(drained -> news.release());
    } else {
      news.release();
    }
  }

  @Override
  public void onError(Throwable broken) {
    done = true;
    news.release();
    exchange
        .context()
        .runOnContext(v -> {
          if (!exchange.over()) {
            exchange.request().connection().close();
          }
        });
  }

  @Override
  public void onComplete() {
    done = true;
    news.release();
    exchange
        .context()
        .runOnContext(v -> {
          if (!exchange.over()) {
            exchange.response().end();
          }
        });
  }
}
