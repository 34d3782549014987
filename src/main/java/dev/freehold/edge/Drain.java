package dev.freehold.edge;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// Ends a replaced route: WebSockets are told to go away one after the other, spread over time so
/// that their clients do not all return at once; everything else may finish; what has not by the
/// limit is cut.
final class Drain {
  private final Vertx vertx;
  private final Duration limit;
  private final Duration spread;

  Drain(Vertx vertx, Duration limit, Duration spread) {
    this.vertx = vertx;
    this.limit = limit;
    this.spread = spread;
  }

  CompletableFuture<Drained> begin(LiveRoute old) {
    var cut = new AtomicInteger();
    var empty = old.retire();
    sendAway(List.copyOf(old.tunnels()));
    long timer = vertx.setTimer(Math.max(1, limit.toMillis()), id -> cut(old, cut));
    return empty.thenApplyAsync(
        nothingRuns -> {
          vertx.cancelTimer(timer);
          return new Drained(old.route().id(), old.route().release(), cut.get());
        },
        task -> Thread.ofVirtual().name("drained").start(task));
  }

  private void sendAway(List<Tunnel> tunnels) {
    long spreadMillis = Math.min(spread.toMillis(), limit.toMillis());
    for (int i = 0; i < tunnels.size(); i++) {
      var tunnel = tunnels.get(i);
      vertx.setTimer(1 + spreadMillis * i / tunnels.size(), id -> tunnel.goAway());
    }
  }

  private static void cut(LiveRoute old, AtomicInteger count) {
    for (var tunnel : old.tunnels()) {
      tunnel.cut();
    }
    for (var exchange : old.waiting()) {
      count.incrementAndGet();
      exchange
          .context()
          .runOnContext(
              v -> Pages.plain(exchange, 503, "This took longer than the switch could wait."));
    }
  }
}
