package dev.freehold.edge;

import dev.freehold.http.Exchange;
import dev.freehold.http.Relay;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;

/// One request on its way through: to an upstream, and the answer back. Touched only on the event
/// loop of its exchange.
///
/// 502: the upstream refused, or broke off before answering. 503: there is no room for one more
/// request. 504: it did not accept the connection, or did not answer, in time. Only a failed
/// connection is tried again, at the next upstream, for then nothing has been sent.
final class Passage implements Relay.Course {
  private final Vertx vertx;
  private final HttpClient client;
  private final Exchange exchange;
  private final LiveRoute live;
  private final List<Upstream> upstreams;
  private final int first;
  private final Relay relay;
  private int attempts;

  Passage(
      Vertx vertx,
      HttpClient client,
      Exchange exchange,
      LiveRoute live,
      List<Upstream> upstreams,
      int first) {
    this.vertx = vertx;
    this.client = client;
    this.exchange = exchange;
    this.live = live;
    this.upstreams = upstreams;
    this.first = first;
    this.relay = new Relay(exchange, this);
  }

  void begin() {
    if (!Relay.asksForWebSocket(exchange)) {
      exchange.request().pause();
    } else if (Relay.hasBody(exchange)) {
      Pages.plain(exchange, 400, "A request to change the protocol has no body.");
      return;
    }
    connect();
  }

  private void connect() {
    var upstream = upstreams.get((first + attempts) % upstreams.size());
    attempts++;
    var target =
        exchange.query().isEmpty() ? exchange.path() : exchange.path() + "?" + exchange.query();
    var options =
        new RequestOptions()
            .setMethod(exchange.request().method())
            .setServer(SocketAddress.inetSocketAddress(upstream.port(), upstream.host()))
            .setHost(upstream.host())
            .setPort(upstream.port())
            .setURI(target)
            .setHeaders(ForwardedHeaders.toUpstream(exchange))
            .setConnectTimeout(Proxy.CONNECT_TIMEOUT_MS)
            .setFollowRedirects(false);
    client
        .request(options)
        .onComplete(
            request -> {
              if (exchange.over()) {
                request.reset();
              } else {
                relay.send(request);
              }
            },
            this::notConnected);
  }

  private void notConnected(Throwable cause) {
    if (exchange.over()) {
      return;
    }
    if (cause instanceof ConnectionPoolTooBusyException) {
      exchange.response().putHeader("Retry-After", "1");
      Pages.plain(exchange, 503, "The app has no room for another request. Try again.");
    } else if (attempts < upstreams.size()) {
      connect();
    } else if (cause instanceof ConnectTimeoutException || cause instanceof TimeoutException) {
      Pages.plain(exchange, 504, "The app did not accept the connection in time.");
    } else {
      Pages.plain(exchange, 502, "The app cannot be reached.");
    }
  }

  @Override
  public Duration firstByte() {
    return Proxy.FIRST_BYTE_TIMEOUT;
  }

  /// The app's own server sets the limit.
  @Override
  public long maxBodyBytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public void unanswered(boolean timedOut) {
    exchange.closeAfterAnswer();
    if (timedOut) {
      Pages.plain(exchange, 504, "The app did not answer in time.");
    } else {
      Pages.plain(exchange, 502, "The app broke off the connection.");
    }
  }

  @Override
  public void head(HttpClientResponse answer) {
    var out = exchange.response().setStatusCode(answer.statusCode());
    ForwardedHeaders.toClient(answer.headers(), out.headers());
  }

  @Override
  public void joined(NetSocket socket, NetSocket upstream) {
    new Tunnel(vertx, exchange, socket, upstream, live).open();
  }
}
