package dev.freehold.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One request and its answer on the event loop, past the checks every request has to pass. Touched
/// only on its event loop.
///
/// A request's body flows and is dropped unless someone takes it before the handler returns, or
/// pauses it.
public final class Exchange {
  /// How long a client may go on sending a body nobody wants, so that it can read our refusal.
  private static final long LINGER_MS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final HttpServerRequest request;
  private final Channel channel;
  private final String path;
  private final String query;
  private final String host;
  private final long begunNanos = System.nanoTime();
  private final List<Runnable> atEnd = new ArrayList<>(3);
  private @Nullable HandlerRunner runner;
  private boolean over;
  private boolean closing;

  Exchange(Vertx vertx, HttpServerRequest request, Target target, String host) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.request = request;
    this.channel = Listener.pipeline(request.connection()).channel();
    this.path = target.path();
    this.query = target.query();
    this.host = host;
    request.response().endHandler(end -> finish());
    request.response().closeHandler(close -> finish());
    request.exceptionHandler(gone -> finish());
  }

  public HttpServerRequest request() {
    return request;
  }

  public HttpServerResponse response() {
    return request.response();
  }

  Channel channel() {
    return channel;
  }

  /// Where this exchange may be touched.
  public Context context() {
    return context;
  }

  /// Upper case, as sent.
  public String method() {
    return request.method().name();
  }

  /// Made regular: see [Request#path()].
  public String path() {
    return path;
  }

  /// The raw query without `?`, empty when there is none.
  public String query() {
    return query;
  }

  /// The authority the client asked for, in lower case, with its port when it sent one.
  public String host() {
    return host;
  }

  /// The host without its port.
  public String hostName() {
    return Authority.name(host);
  }

  public String scheme() {
    return request.isSSL() ? "https" : "http";
  }

  /// The client's address without its port; empty on a Unix socket.
  public String remote() {
    var address = request.remoteAddress();
    var name = address == null ? null : address.hostAddress();
    return name == null ? "" : name;
  }

  public long elapsedMicros() {
    return (System.nanoTime() - begunNanos) / 1_000;
  }

  /// Runs once when the answer is out or the client is gone, whichever comes first.
  public void atEnd(Runnable action) {
    if (over) {
      action.run();
    } else {
      atEnd.add(action);
    }
  }

  /// True once the answer is out or the client is gone: there is nobody left to answer.
  public boolean over() {
    return over;
  }

  /// States that the exchange is over; for those who took its connection away from the engine.
  public void finish() {
    if (over) {
      return;
    }
    over = true;
    atEnd.forEach(Runnable::run);
    if (closing) {
      lingerAndClose();
    }
  }

  /// Closes the connection once this answer is out, and says so to the client.
  public void closeAfterAnswer() {
    if (!closing && !response().headWritten()) {
      closing = true;
      response().putHeader("Connection", "close");
    }
  }

  void answersBy(HandlerRunner chosen) {
    runner = chosen;
  }

  /// Answers a streamed request from any thread, with a body that is held in memory. Cuts the
  /// connection when an answer has begun already.
  public void answer(Response answer) {
    var by = Objects.requireNonNull(runner);
    context.runOnContext(v -> by.answer(this, answer));
  }

  /// Turns the connection into a plain socket, after an answer of 101. Silence on it is no longer
  /// ours to end; whoever takes it calls [#finish()] when it closes.
  public Future<NetSocket> takeOver() {
    Listener.pipeline(request.connection()).remove(ConnectionGuard.class);
    return request.toNetSocket();
  }

  /// Sends the head of an answer whose body follows piece by piece. Without a known length the body
  /// is chunked, or ends with the connection for a client that knows no chunks (HTTP/1.0).
  public void beginStream() {
    var response = response();
    if (response.headers().contains("Content-Length")) {
      response.writeHead();
    } else if (request.version() == HttpVersion.HTTP_1_0) {
      closeAfterAnswer();
    } else {
      response.setChunked(true).writeHead();
    }
  }

  /// Answers with a part of a file, which is closed after it, or with its length alone for `HEAD`.
  ///
  /// Packets go out full: the system holds the head back until the first bytes of the file, and
  /// each piece of the file until the next. With the last byte nothing is held any more.
  ///
  /// @param first offset of the part's first byte
  /// @param length bytes
  public void sendFile(FileChannel file, long first, long length) {
    response().putHeader(FieldNames.CONTENT_LENGTH, Long.toString(length));
    if (length == 0 || method().equals("HEAD")) {
      close(file);
      response().end();
      return;
    }
    hold(true);
    response()
        .sendFile(file, first, length)
        .onComplete(sentOrNot -> {
          hold(false);
          close(file);
          finish(); // The engine does not say so when a client leaves in between.
        });
  }

  /// Does nothing on a connection whose transport cannot: a Unix socket, or one of the JDK's own.
  private void hold(boolean partOfPackets) {
    if (channel instanceof EpollSocketChannel tcp && tcp.isOpen()) {
      tcp.config().setTcpCork(partOfPackets);
    }
  }

  /// Closes a file that was only read from: it has nothing to lose by a failed close.
  public static void close(@Nullable FileChannel file) {
    if (file == null) {
      return;
    }
    try {
      file.close();
    } catch (IOException alreadyUnusable) {
      return;
    }
  }

  /// Ends the connection at once, whatever still waits to be sent on it. From the head of the
  /// pipeline: the engine's own handler would first wait until everything is sent.
  public void cut() {
    var head = channel.pipeline().firstContext();
    if (head != null) {
      var unusedNobodyWaits = head.close();
    }
  }

  /// Answers with a short plain text, unless an answer has begun already; then the connection is
  /// cut so that the client cannot take half an answer for a whole one.
  public void refuse(int status, String text) {
    if (over) {
      return;
    }
    if (response().headWritten()) {
      cut();
      return;
    }
    response().headers().remove("Content-Length").remove("Transfer-Encoding");
    response().setChunked(false);
    response().setStatusCode(status).putHeader("Content-Type", "text/plain; charset=utf-8");
    response().putHeader("X-Content-Type-Options", "nosniff");
    var bytes = (text + "\n").getBytes(StandardCharsets.UTF_8);
    response().putHeader(FieldNames.CONTENT_LENGTH, Integer.toString(bytes.length));
    if (method().equals("HEAD")) {
      response().end();
    } else {
      response().end(Buffer.buffer(bytes));
    }
  }

  /// Shared bytes as the engine takes them; nothing is copied.
  public static Buffer buffer(ByteBuffer shared) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(shared));
  }

  private void lingerAndClose() {
    Listener.giveUp(request);
    if (request.isEnded()) {
      request.connection().close();
      return;
    }
    long timer = vertx.setTimer(LINGER_MS, id -> request.connection().close());
    request.handler(dropped -> {});
    request.endHandler(end -> {
      vertx.cancelTimer(timer);
      request.connection().close();
    });
    request.resume();
  }
}
