package dev.freehold.http;

import dev.freehold.http.SocketRelay.Failure;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.Locale;
import java.util.Set;

/// One request on its way to a process behind a Unix socket, and the answer back. Touched only on
/// the event loop of its exchange.
final class RelayedRequest {
  private static final Set<String> CONNECTION_FIELDS =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "expect");

  private final HttpClient client;
  private final Exchange exchange;
  private final SocketRelay.Onward onward;
  private final SocketRelay.Watcher watcher;
  private final boolean upgrade;
  private long timer = -1;
  private long bodyBytes;
  private boolean answered;
  private boolean failed;
  private boolean timedOut;

  RelayedRequest(
      HttpClient client,
      Exchange exchange,
      SocketRelay.Onward onward,
      SocketRelay.Watcher watcher) {
    this.client = client;
    this.exchange = exchange;
    this.onward = onward;
    this.watcher = watcher;
    this.upgrade = SocketRelay.asksForWebSocket(exchange);
  }

  void begin() {
    if (exchange.over()) {
      return;
    }
    var length = exchange.request().getHeader("Content-Length");
    if (length != null && Long.parseLong(length) > onward.maxBodyBytes()) {
      tooLarge();
      return;
    }
    var options =
        new RequestOptions()
            .setMethod(exchange.request().method())
            .setServer(SocketAddress.domainSocketAddress(onward.socket().toString()))
            .setHost(exchange.hostName())
            .setPort(1)
            .setURI(onward.target())
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
            notConnected -> fail(Failure.NOT_REACHED));
  }

  private void send(HttpClientRequest request) {
    for (var field : onward.headers().fields()) {
      if (!CONNECTION_FIELDS.contains(field.name().toLowerCase(Locale.ROOT))) {
        request.headers().add(field.name(), field.value());
      }
    }
    request.putHeader("Host", exchange.host());
    exchange.atEnd(() -> {
      stopTimer();
      if (!answered) {
        request.reset();
      }
    });
    if (upgrade) {
      startTimer(request);
      request.putHeader("Connection", "Upgrade").putHeader("Upgrade", "websocket");
      request.connect().onComplete(this::upgraded, broken -> broken());
      return;
    }
    request.response().onComplete(this::relay, broken -> broken());
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
    sendBody(request);
  }

  private void sendBody(HttpClientRequest request) {
    var from = exchange.request();
    from.handler(piece -> {
      bodyBytes += piece.length();
      if (bodyBytes > onward.maxBodyBytes()) {
        failed = true;
        request.reset();
        tooLarge();
      } else if (!failed) {
        write(request, piece);
      }
    });
    from.endHandler(end -> {
      if (!failed) {
        startTimer(request);
        request.end();
      }
    });
    from.resume();
  }

  private void write(HttpClientRequest request, Buffer piece) {
    // What a function does not want to read must not fail what it has to say.
    request.write(piece).onFailure(gone -> {});
    if (request.writeQueueFull()) {
      exchange.request().pause();
      request.drainHandler(room -> exchange.request().resume());
    }
  }

  private boolean hasBody() {
    var headers = exchange.request().headers();
    var length = headers.get("Content-Length");
    return headers.contains("Transfer-Encoding") || (length != null && !length.equals("0"));
  }

  private void tooLarge() {
    failed = true;
    exchange.closeAfterAnswer();
    exchange.refuse(413, "The request body is larger than " + onward.maxBodyBytes() + " bytes.");
  }

  private void startTimer(HttpClientRequest request) {
    if (answered || exchange.over()) {
      return;
    }
    timer =
        exchange
            .context()
            .owner()
            .setTimer(
                Math.max(1, onward.firstByte().toMillis()),
                id -> {
                  timedOut = true;
                  request.reset();
                });
  }

  private void stopTimer() {
    if (timer >= 0) {
      exchange.context().owner().cancelTimer(timer);
      timer = -1;
    }
  }

  private void broken() {
    fail(timedOut ? Failure.TIMED_OUT : Failure.BROKEN_OFF);
  }

  private void fail(Failure why) {
    stopTimer();
    if (exchange.over() || answered || failed) {
      return;
    }
    failed = true;
    Thread.ofVirtual().name("relay-failed").start(() -> exchange.answer(watcher.failed(why)));
  }

  private void head(HttpClientResponse answer) {
    stopTimer();
    var out = exchange.response().setStatusCode(answer.statusCode());
    for (var field : answer.headers()) {
      var name = field.getKey().toLowerCase(Locale.ROOT);
      if (name.equals("date")) {
        out.headers().remove("Date");
      }
      if (!CONNECTION_FIELDS.contains(name)) {
        out.headers().add(field.getKey(), field.getValue());
      }
    }
    for (var field : watcher.answered(answer.statusCode()).fields()) {
      out.headers().set(field.name(), field.value());
    }
  }

  private void relay(HttpClientResponse answer) {
    if (exchange.over() || failed) {
      return;
    }
    head(answer);
    var out = exchange.response();
    int status = answer.statusCode();
    boolean bodyless = exchange.method().equals("HEAD") || status == 204 || status == 304;
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
    if (exchange.over()) {
      answer.netSocket().close();
      return;
    }
    answered = true;
    var upstream = answer.netSocket();
    upstream.pause();
    head(answer);
    exchange.response().putHeader("Connection", "Upgrade").putHeader("Upgrade", "websocket");
    exchange
        .takeOver()
        .onComplete(
            socket -> join(socket, upstream),
            notTaken -> {
              upstream.close();
              exchange.finish();
            });
  }

  /// Byte by byte, until either side ends.
  private void join(NetSocket socket, NetSocket upstream) {
    socket.pause();
    carry(socket, upstream);
    carry(upstream, socket);
    socket.resume();
    upstream.resume();
  }

  private void carry(NetSocket from, NetSocket to) {
    from.handler(bytes -> {
      to.write(bytes);
      if (to.writeQueueFull()) {
        from.pause();
        to.drainHandler(room -> from.resume());
      }
    });
    from.exceptionHandler(broken -> from.close());
    from.closeHandler(gone -> {
      to.close();
      exchange.finish();
    });
  }
}
