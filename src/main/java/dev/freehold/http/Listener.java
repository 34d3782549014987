package dev.freehold.http;

import io.netty.channel.ChannelPipeline;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.impl.VertxConnection;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A port or Unix socket being served.
///
/// Every request passes here first: one `Host`, a regular target, a free place among those in
/// flight. A refused request gets 400 and loses its connection, because what follows on it cannot
/// be trusted.
public final class Listener implements AutoCloseable {
  /// How long idle connections may go on living in a drain, so that a request already on its way is
  /// still answered.
  private static final Duration IDLE_GRACE = Duration.ofSeconds(1);

  private static final long ANSWER_DELAY_MS = 50;
  private static final long POLL_NANOS = 10_000_000;
  private static final String RETRY_AFTER_SECONDS = "1";

  private final HttpEngine engine;
  private final ListenSpec spec;
  private final ExchangeHandler handler;
  private final Runnable whenClosed;
  private final AtomicInteger inFlight = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile boolean draining;
  private volatile int port;
  private String deployment = "";
  private @Nullable UnixSocketFile socketFile;

  Listener(HttpEngine engine, ListenSpec spec, ExchangeHandler handler, Runnable whenClosed) {
    this.engine = engine;
    this.spec = spec;
    this.handler = handler;
    this.whenClosed = whenClosed;
  }

  ListenSpec spec() {
    return spec;
  }

  /// The TCP port in use; 0 on a Unix socket.
  public int port() {
    return port;
  }

  /// Requests being answered at this moment.
  public int inFlight() {
    return inFlight.get();
  }

  /// Connections open at this moment.
  public int connections() {
    return connections.get();
  }

  void open() {
    switch (spec.address()) {
      case ListenSpec.Address.Tcp(var host, var wanted) ->
          deployment =
              engine.deploy(
                  this,
                  wanted == 0
                      ? SocketAddress.sharedRandomPort(engine.nextEphemeral(), host)
                      : SocketAddress.inetSocketAddress(wanted, host));
      case ListenSpec.Address.Unix(var path) -> {
        var file = UnixSocketFile.prepare(path);
        try {
          deployment = engine.deploy(this, SocketAddress.domainSocketAddress(file.bindPath()));
          file.moveIntoPlace();
        } finally {
          file.tidyUp();
        }
        socketFile = file;
      }
    }
  }

  Future<HttpServer> openOnThisLoop(Vertx vertx, SocketAddress address) {
    var limits = spec.limits();
    var options =
        new HttpServerOptions()
            .setHttp2ClearTextEnabled(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setPerMessageWebSocketCompressionSupported(false)
            .setMaxHeaderSize(limits.maxHeaderBytes())
            .setMaxInitialLineLength(limits.maxTargetBytes())
            .setTcpNoDelay(!address.isDomainSocket())
            .setReuseAddress(!address.isDomainSocket());
    return vertx
        .createHttpServer(options)
        .connectionHandler(this::connected)
        .requestHandler(request -> admit(vertx, request))
        .invalidRequestHandler(request -> rejectUnreadable(vertx, request))
        .listen(address)
        .onSuccess(server -> port = address.isDomainSocket() ? 0 : server.actualPort());
  }

  private void connected(HttpConnection connection) {
    if (connections.incrementAndGet() > spec.limits().maxConnections()) {
      connection.close();
    }
    // Not by the engine's handler: a connection that becomes a plain socket never calls it.
    var pipeline = pipeline(connection);
    var unused = pipeline.channel().closeFuture().addListener(g -> connections.decrementAndGet());
    pipeline.addBefore("handler", "guard", new ConnectionGuard(spec.limits().idle().toMillis()));
  }

  static ChannelPipeline pipeline(HttpConnection connection) {
    return ((VertxConnection) connection).channelHandlerContext().pipeline();
  }

  private void admit(Vertx vertx, HttpServerRequest request) {
    var guard = guard(request);
    if (guard == null || guard.isGivenUp()) {
      request.connection().close();
      return;
    }
    request.response().putHeader(FieldNames.DATE, engine.date().now());
    var target = Target.parse(request.uri());
    if (target.isEmpty()) {
      reject(request);
      return;
    }
    var host = Authority.of(request.headers().getAll("Host"), target.get().authority());
    if (host.isEmpty()
        || (request.version() == HttpVersion.HTTP_1_0
            && request.headers().contains("Transfer-Encoding"))) {
      reject(request);
      return;
    }
    int running = inFlight.incrementAndGet();
    var exchange = new Exchange(vertx, request, target.get(), host.get());
    exchange.atEnd(inFlight::decrementAndGet);
    if (draining) {
      exchange.closeAfterAnswer();
    }
    if (running > spec.limits().maxInFlight()) {
      exchange.response().putHeader("Retry-After", RETRY_AFTER_SECONDS);
      exchange.refuse(503, "The server is answering as many requests as it can. Try again.");
      return;
    }
    try {
      handler.handle(exchange);
    } catch (RuntimeException bug) {
      engine.runner().stateFailure(exchange, bug);
      exchange.refuse(500, "The server failed to answer this request.");
    }
  }

  /// The engine could not make a request of what came. It answers 400, 414 or 431, a moment later:
  /// a connection closed while its client still sends loses the answer on the way.
  private static void rejectUnreadable(Vertx vertx, HttpServerRequest request) {
    giveUp(request);
    vertx.setTimer(
        ANSWER_DELAY_MS, id -> HttpServerRequest.DEFAULT_INVALID_REQUEST_HANDLER.handle(request));
  }

  /// Null on a connection that is gone.
  private static @Nullable ConnectionGuard guard(HttpServerRequest request) {
    return pipeline(request.connection()).get(ConnectionGuard.class);
  }

  /// Whatever else arrives on this request's connection is not looked at.
  static void giveUp(HttpServerRequest request) {
    var guard = guard(request);
    if (guard != null) {
      guard.giveUp();
    }
  }

  private static void reject(HttpServerRequest request) {
    giveUp(request);
    request
        .response()
        .setStatusCode(400)
        .putHeader("Connection", "close")
        .putHeader("Content-Type", "text/plain; charset=utf-8")
        .end("Bad request.\n")
        .onComplete(sent -> request.connection().close());
  }

  /// Tells every client to come back on a new connection, goes on answering until the last request
  /// is done or the time is up, and closes. Blocks that long.
  public void drain(Duration limit) {
    draining = true;
    long begun = System.nanoTime();
    while (inFlight.get() > 0 && System.nanoTime() - begun < limit.toNanos()) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    long idleSince = System.nanoTime();
    long grace = Math.min(IDLE_GRACE.toNanos(), Math.max(0, limit.toNanos() - (idleSince - begun)));
    while (connections.get() > 0 && System.nanoTime() - idleSince < grace) {
      LockSupport.parkNanos(POLL_NANOS);
    }
    close();
  }

  /// Stops listening and cuts what is still open.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      engine.undeploy(deployment, spec);
      var file = socketFile;
      if (file != null) {
        file.delete();
      }
      whenClosed.run();
    }
  }
}
