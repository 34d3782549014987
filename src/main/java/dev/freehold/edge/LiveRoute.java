package dev.freehold.edge;

import dev.freehold.http.Exchange;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// A route with its requests in flight.
///
/// Entering and retiring meet on one number: the count of requests with a bit that says "retired".
/// A request that enters was counted before the route was retired, or it is turned away and looks
/// into the table again, where a retired route no longer is. So no request runs uncounted on a
/// drained route, and none is lost.
final class LiveRoute {
  private static final long RETIRED = 1L << 62;

  private final Route route;
  private final AtomicLong state = new AtomicLong();
  private final CompletableFuture<Void> empty = new CompletableFuture<>();
  private final Set<Exchange> waiting = ConcurrentHashMap.newKeySet();
  private final Set<Tunnel> tunnels = ConcurrentHashMap.newKeySet();

  LiveRoute(Route route) {
    this.route = route;
  }

  Route route() {
    return route;
  }

  /// Counts a request in; false when the route is retired.
  boolean enter() {
    while (true) {
      long now = state.get();
      if ((now & RETIRED) != 0) {
        return false;
      }
      if (state.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  void leave() {
    if (state.decrementAndGet() == RETIRED) {
      empty.complete(null);
    }
  }

  /// Lets no more requests in. Completes when the last one has left.
  CompletableFuture<Void> retire() {
    if (state.addAndGet(RETIRED) == RETIRED) {
      empty.complete(null);
    }
    return empty;
  }

  /// Remembers an exchange that is not over at once, so that it can be cut when a drain runs out of
  /// time.
  void remember(Exchange exchange) {
    waiting.add(exchange);
    exchange.atEnd(() -> waiting.remove(exchange));
  }

  void remember(Tunnel tunnel) {
    tunnels.add(tunnel);
    if ((state.get() & RETIRED) != 0) {
      tunnel.goAway();
    }
  }

  void forget(Tunnel tunnel) {
    tunnels.remove(tunnel);
  }

  Set<Exchange> waiting() {
    return waiting;
  }

  Set<Tunnel> tunnels() {
    return tunnels;
  }
}
