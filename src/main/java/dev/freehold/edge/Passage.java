package dev.freehold.edge;

import dev.freehold.http.Exchange;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Vertx;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/// One request on its way through: to an upstream, and the answer back. Touched only on the event
/// loop of its exchange.
///
/// 502: the upstream refused, or broke off before answering. 503: there is no room for one more
/// request. 504: it did not accept the connection, or did not answer, in time. Only a failed
/// connection is tried again, at the next upstream, for then nothing has been sent.
final class Passage {
  private final Vertx vertx;
  private final HttpClient client;
  private final Exchange exchange;
  private final LiveRoute live;
  private final List<Upstream> upstreams;
  private final int first;
  private final boolean upgrade;
  private int attempts;
  private long firstByteTimer = -1;
  private boolean answered;
  private boolean timedOut;

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
    this.upgrade = asksForWebSocket(exchange);
  }

  private static boolean asksForWebSocket(Exchange exchange) {
    var headers = exchange.request().headers();
    return exchange.method().equals("GET")
        && headers.contains("Upgrade", "websocket", true)
        && headers.getAll("Connection").stream()
            .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("upgrade"));
  }

  void begin() {
    if (!upgrade) {
      exchange.request().pause();
    } else if (hasBody()) {
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
                send(request);
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

  private void send(HttpClientRequest request) {
    exchange.atEnd(() -> {
      stopTimer();
      if (!answered) {
        request.reset();
      }
    });
    if (upgrade) {
      startTimer(request);
      request.putHeader("Connection", "Upgrade").putHeader("Upgrade", "websocket");
      request.connect().onComplete(this::upgraded, this::broken);
      return;
    }
    request.response().onComplete(this::relay, this::broken);
    if (!hasBody()) {
      startTimer(request);
      request.end();
      exchange.request().resume();
      return;
    }
    if (exchange.request().headers().contains("Expect", "100-continue", true)) {
      exchange.response().writeContinue();
    }
    request.setChunked(!request.headers().contains("Content-Length"));
    exchange
        .request()
        .pipe()
        .endOnFailure(false)
        .to(request)
        .onComplete(sent -> startTimer(request), clientOrUpstreamGone -> request.reset());
  }

  private boolean hasBody() {
    var headers = exchange.request().headers();
    var length = headers.get("Content-Length");
    return headers.contains("Transfer-Encoding") || (length != null && !length.equals("0"));
  }

  private void startTimer(HttpClientRequest request) {
    if (answered || exchange.over()) {
      return;
    }
    firstByteTimer =
        vertx.setTimer(
            Proxy.FIRST_BYTE_TIMEOUT_MS,
            id -> {
              timedOut = true;
              request.reset();
            });
  }

  private void stopTimer() {
    if (firstByteTimer >= 0) {
      vertx.cancelTimer(firstByteTimer);
      firstByteTimer = -1;
    }
  }

  /// The upstream broke off before there was an answer.
  private void broken(Throwable cause) {
    stopTimer();
    if (exchange.over() || answered) {
      return;
    }
    exchange.closeAfterAnswer();
    if (timedOut) {
      Pages.plain(exchange, 504, "The app did not answer in time.");
    } else {
      Pages.plain(exchange, 502, "The app broke off the connection.");
    }
  }

  private void relay(HttpClientResponse answer) {
    stopTimer();
    if (exchange.over()) {
      return;
    }
    var out = exchange.response().setStatusCode(answer.statusCode());
    ForwardedHeaders.toClient(answer.headers(), out.headers());
    boolean bodyless =
        exchange.method().equals("HEAD")
            || answer.statusCode() == 204
            || answer.statusCode() == 304;
    if (bodyless) {
      answer.endHandler(end -> {
        answered = true;
        if (!exchange.over()) {
          out.end();
        }
      });
      return;
    }
    exchange.beginStream();
    answer
        .pipe()
        .endOnFailure(false)
        .endOnSuccess(false)
        .to(out)
        .onComplete(
            whole -> {
              answered = true;
              if (!exchange.over()) {
                out.end();
              }
            },
            brokenOff -> exchange.cut());
  }

  private void upgraded(HttpClientResponse answer) {
    if (answer.statusCode() != 101) {
      relay(answer);
      return;
    }
    stopTimer();
    answered = true;
    var upstream = answer.netSocket();
    upstream.pause();
    if (exchange.over()) {
      upstream.close();
      return;
    }
    var out = exchange.response();
    ForwardedHeaders.toClient(answer.headers(), out.headers());
    out.putHeader("Connection", "Upgrade").putHeader("Upgrade", "websocket");
    exchange
        .takeOver()
        .onComplete(
            socket -> {
              socket.pause();
              new Tunnel(vertx, exchange, socket, upstream, live).open();
            },
            failed -> {
              upstream.close();
              exchange.finish();
            });
  }
}
