package dev.freehold.edge;

import dev.freehold.http.Exchange;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.Listener;
import dev.freehold.telemetry.Events;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The front of every app on this machine: one port, a table of routes, and what answers behind
/// them.
///
/// Routes are prepared aside and swapped in at once: a request sees the old table or the new one,
/// never a mixture. Requests that were running on a replaced route end there, within the drain
/// limit.
public final class Edge implements AutoCloseable {
  private static final String RESERVED = "/.freehold";
  private static final int CLIENT_LEFT = 499;
  private static final String COMES_BACK_SECONDS = "5";

  private final HttpEngine engine;
  private final EdgeSettings settings;
  private final Events events;
  private final StaticAnswers files;
  private final Proxy proxy;
  private final Drain drain;
  private volatile RouteTable table = RouteTable.EMPTY;
  private volatile boolean filling;

  public Edge(HttpEngine engine, EdgeSettings settings, Events events) {
    this.engine = engine;
    this.settings = settings;
    this.events = events;
    this.files = new StaticAnswers(new AssetCache(engine.files()));
    this.proxy = new Proxy(engine.vertx());
    this.drain = new Drain(engine.vertx(), settings.drainLimit(), settings.goingAwaySpread());
  }

  /// Routes are still to come, as after a start: until [#filled()] a host that has none is answered
  /// 503 with `Retry-After`, so that nobody takes an app that comes back for one that is gone.
  public void filling() {
    filling = true;
  }

  /// A host without a route is answered 404 from now on, as it is from the beginning where nobody
  /// calls [#filling()].
  public void filled() {
    filling = false;
  }

  /// Starts answering.
  public Listener listen() {
    return engine.serve(settings.listen(), this::answer);
  }

  /// Lets a route answer from now on, in place of the one with the same id. The new one must be
  /// ready to serve. A host that another route has is a `host-taken` problem and changes nothing.
  ///
  /// @return completes, on a virtual thread, when nothing runs on the replaced route any more; at
  ///   once when there was none
  public CompletableFuture<Drained> install(Route route) {
    var fresh = new LiveRoute(route);
    LiveRoute old;
    synchronized (this) {
      old = table.byId(route.id());
      table = table.with(fresh);
    }
    return end(old, route.id());
  }

  /// Takes a route away.
  ///
  /// @return as [#install(Route)]
  public CompletableFuture<Drained> remove(String routeId) {
    LiveRoute old;
    synchronized (this) {
      old = table.byId(routeId);
      table = table.without(routeId);
    }
    return end(old, routeId);
  }

  private CompletableFuture<Drained> end(@Nullable LiveRoute old, String routeId) {
    return old == null
        ? CompletableFuture.completedFuture(new Drained(routeId, 0, 0))
        : drain.begin(old);
  }

  /// The routes that answer now.
  public List<Route> routes() {
    return table.all().stream().map(LiveRoute::route).toList();
  }

  private void answer(Exchange exchange) {
    var live = enter(exchange.hostName());
    exchange.atEnd(() -> served(exchange, live));
    var path = exchange.path();
    if (live == null && filling) {
      exchange.response().putHeader("Retry-After", COMES_BACK_SECONDS);
      Pages.plain(exchange, 503, "Starting.");
      return;
    }
    if (live == null || path.equals(RESERVED) || path.startsWith(RESERVED + "/")) {
      Pages.plain(exchange, 404, "Not found.");
      return;
    }
    answer(exchange, live, path);
    if (!exchange.over()) {
      live.remember(exchange);
    }
  }

  private void answer(Exchange exchange, LiveRoute live, String path) {
    for (var mount : live.route().mounts()) {
      if (mount.takes(path)) {
        engine.runner().run(exchange, mount.within(path), mount.maxBodyBytes(), mount.handler());
        return;
      }
    }
    switch (live.route().content()) {
      case Content.StaticContent(var current, var recent) ->
          files.answer(exchange, current, recent);
      case Content.ProcessContent(var upstreams, var assets, var recent) -> {
        if (!files.answerIfPresent(exchange, assets, recent)) {
          proxy.forward(exchange, live, upstreams);
        }
      }
    }
  }

  /// Picks a route and counts the request in; again if the route was replaced in between.
  private @Nullable LiveRoute enter(String hostName) {
    while (true) {
      var live = table.pick(hostName);
      if (live == null || live.enter()) {
        return live;
      }
    }
  }

  private void served(Exchange exchange, @Nullable LiveRoute live) {
    var response = exchange.response();
    int status = response.headWritten() ? response.getStatusCode() : CLIENT_LEFT;
    events.publish(
        new RequestServed(
            live == null ? "" : live.route().id(),
            live == null ? 0 : live.route().release(),
            exchange.method(),
            exchange.path(),
            status,
            exchange.elapsedMicros(),
            response.bytesWritten(),
            Instant.now()));
    if (live != null) {
      live.leave();
    }
  }

  /// Lets go of connections to upstreams. Listeners are closed by whoever opened them.
  @Override
  public void close() {
    proxy.close();
  }
}
