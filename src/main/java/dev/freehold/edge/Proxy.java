package dev.freehold.edge;

import dev.freehold.http.Exchange;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Passes requests on to the processes of an app and their answers back, streaming both ways. The
/// connections to each upstream are kept and bounded.
final class Proxy {
  static final int CONNECT_TIMEOUT_MS = 5_000;

  /// From the end of the request to the head of the answer.
  static final Duration FIRST_BYTE_TIMEOUT = Duration.ofMinutes(2);

  /// Silence in the middle of an answer or a WebSocket.
  static final int IDLE_TIMEOUT_SECONDS = 15 * 60;

  /// Shorter than the 5 s after which a Node.js server closes an idle connection, so that we never
  /// send a request into one that is just being closed.
  static final int KEEP_ALIVE_SECONDS = 3;

  static final int MAX_CONNECTIONS_PER_UPSTREAM = 256;
  static final int MAX_WAITING_PER_UPSTREAM = 1_024;

  private final Vertx vertx;
  private final HttpClient client;
  private final AtomicInteger turn = new AtomicInteger();

  Proxy(Vertx vertx) {
    this.vertx = vertx;
    var options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_1_1)
            .setConnectTimeout(CONNECT_TIMEOUT_MS)
            .setIdleTimeout(IDLE_TIMEOUT_SECONDS)
            .setKeepAlive(true)
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setPipelining(false)
            .setTcpNoDelay(true)
            .setDecompressionSupported(false);
    var pool =
        new PoolOptions()
            .setHttp1MaxSize(MAX_CONNECTIONS_PER_UPSTREAM)
            .setMaxWaitQueueSize(MAX_WAITING_PER_UPSTREAM);
    this.client = vertx.createHttpClient(options, pool);
  }

  /// On the event loop. Upstreams take turns; one that cannot be connected to is passed over.
  void forward(Exchange exchange, LiveRoute live, List<Upstream> upstreams) {
    if (upstreams.isEmpty()) {
      Pages.plain(exchange, 503, "The app is not running.");
      return;
    }
    int first = Math.floorMod(turn.getAndIncrement(), upstreams.size());
    new Passage(vertx, client, exchange, live, upstreams, first).begin();
  }

  void close() {
    client.close();
  }
}
