package dev.freehold.http;

import dev.freehold.http.SocketRelay.Failure;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/// One request on its way to a process behind a Unix socket, and the answer back. Touched only on
/// the event loop of its exchange.
final class RelayedRequest implements Relay.Course {
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
  private final Relay relay;

  RelayedRequest(
      HttpClient client,
      Exchange exchange,
      SocketRelay.Onward onward,
      SocketRelay.Watcher watcher) {
    this.client = client;
    this.exchange = exchange;
    this.onward = onward;
    this.watcher = watcher;
    this.relay = new Relay(exchange, this);
  }

  void begin() {
    if (exchange.over()) {
      return;
    }
    if (Relay.announcesMoreThan(exchange, onward.maxBodyBytes())) {
      relay.tooLarge();
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
            notConnected -> {
              if (!exchange.over()) {
                fail(Failure.NOT_REACHED);
              }
            });
  }

  private void send(HttpClientRequest request) {
    for (var field : onward.headers().fields()) {
      if (!CONNECTION_FIELDS.contains(field.name().toLowerCase(Locale.ROOT))) {
        request.headers().add(field.name(), field.value());
      }
    }
    request.putHeader("Host", exchange.host());
    relay.send(request);
  }

  private void fail(Failure why) {
    Thread.ofVirtual().name("relay-failed").start(() -> exchange.answer(watcher.failed(why)));
  }

  @Override
  public Duration firstByte() {
    return onward.firstByte();
  }

  @Override
  public long maxBodyBytes() {
    return onward.maxBodyBytes();
  }

  @Override
  public void unanswered(boolean timedOut) {
    fail(timedOut ? Failure.TIMED_OUT : Failure.BROKEN_OFF);
  }

  @Override
  public void head(HttpClientResponse answer) {
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

  /// Byte by byte, until either side ends.
  @Override
  public void joined(NetSocket socket, NetSocket upstream) {
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
