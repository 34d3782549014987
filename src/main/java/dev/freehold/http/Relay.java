package dev.freehold.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.Locale;

/// One exchange handed on to another HTTP server, from the connection that was made to it to the
/// end of the answer: streamed both ways, each side slowed to the pace of the other. Touched only
/// on the event loop of its exchange.
public final class Relay {
  private final Exchange exchange;
  private final Course course;
  private final boolean upgrade;
  private long timer = -1;
  private long bodyBytes;
  private boolean answered;
  private boolean failed;
  private boolean timedOut;

  /// What differs from one relay to another. Called on the event loop.
  public interface Course {
    /// How long the other server may take from the end of the request to the head of its answer.
    Duration firstByte();

    /// The body's limit in bytes; 413 above.
    long maxBodyBytes();

    /// Takes status and header fields over to the client's answer.
    void head(HttpClientResponse answer);

    /// There is no answer: the other server broke off, or did not begin in time.
    void unanswered(boolean timedOut);

    /// Both sides speak WebSocket from now on. Paused; whoever joins them calls [Exchange#finish()]
    /// when they have closed.
    void joined(NetSocket client, NetSocket server);
  }

  public Relay(Exchange exchange, Course course) {
    this.exchange = exchange;
    this.course = course;
    this.upgrade = asksForWebSocket(exchange);
  }

  /// Whether the client wants to change to a WebSocket.
  public static boolean asksForWebSocket(Exchange exchange) {
    var headers = exchange.request().headers();
    return exchange.method().equals("GET")
        && headers.contains("Upgrade", "websocket", true)
        && headers.getAll("Connection").stream()
            .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("upgrade"));
  }

  /// Whether the request has a body, as its header fields say.
  public static boolean hasBody(Exchange exchange) {
    var headers = exchange.request().headers();
    var length = headers.get("Content-Length");
    return headers.contains("Transfer-Encoding") || (length != null && !length.equals("0"));
  }

  /// Whether the request says that its body is longer than that.
  public static boolean announcesMoreThan(Exchange exchange, long bytes) {
    var length = exchange.request().getHeader("Content-Length");
    return length != null && Long.parseLong(length) > bytes;
  }

  /// @param request to the other server, its header fields set, connected and not yet sent
  public void send(HttpClientRequest request) {
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
    if (!hasBody(exchange)) {
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

  /// Answers that the body is too large, and closes the connection it comes on.
  public void tooLarge() {
    failed = true;
    exchange.closeAfterAnswer();
    exchange.refuse(413, "The request body is larger than " + course.maxBodyBytes() + " bytes.");
  }

  private void sendBody(HttpClientRequest request) {
    var from = exchange.request();
    from.handler(piece -> {
      bodyBytes += piece.length();
      if (failed) {
        return;
      }
      if (bodyBytes > course.maxBodyBytes()) {
        request.reset();
        tooLarge();
      } else {
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
    // What the other does not want to read must not fail what it has to say.
    request.write(piece).onFailure(gone -> {});
    if (request.writeQueueFull()) {
      exchange.request().pause();
      request.drainHandler(room -> exchange.request().resume());
    }
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
                Math.max(1, course.firstByte().toMillis()),
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
    stopTimer();
    if (!exchange.over() && !answered && !failed) {
      failed = true;
      course.unanswered(timedOut);
    }
  }

  private void relay(HttpClientResponse answer) {
    stopTimer();
    if (exchange.over() || failed) {
      return;
    }
    course.head(answer);
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
    stopTimer();
    var server = answer.netSocket();
    if (exchange.over()) {
      server.close();
      return;
    }
    answered = true;
    server.pause();
    course.head(answer);
    exchange.response().putHeader("Connection", "Upgrade").putHeader("Upgrade", "websocket");
    exchange
        .takeOver()
        .onComplete(
            client -> {
              client.pause();
              course.joined(client, server);
            },
            notTaken -> {
              server.close();
              exchange.finish();
            });
  }
}
