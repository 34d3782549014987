package dev.freehold.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Asks other servers, each at the very network address that the caller has looked at: the name in
/// the address is not looked up again, so it cannot mean another machine by then. The name still
/// stands in `Host` and is what a certificate is held against.
///
/// One connection a request, no redirect followed, answers bounded.
public final class Outbound implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 256;
  private static final int HTTPS_PORT = 443;
  private static final int HTTP_PORT = 80;

  /// What the connection decides, not the caller.
  private static final Set<String> OURS =
      Set.of("host", "content-length", "transfer-encoding", "connection", "upgrade", "te");

  private final HttpClient client;

  /// One request.
  ///
  /// @param at `http` or `https`
  /// @param address where that name is
  /// @param body none for a request without one
  /// @param timeout from now to the answer's last byte
  /// @param maxAnswerBytes a longer body is [Failure#TOO_LARGE]
  public record Call(
      String method,
      URI at,
      InetAddress address,
      Headers headers,
      @Nullable ByteBuffer body,
      Duration timeout,
      int maxAnswerBytes) {}

  /// What came back.
  public record Answer(int status, Headers headers, ByteBuffer body) {}

  /// Why nothing came back.
  public enum Failure {
    TIMED_OUT,
    NOT_CONNECTED,
    TLS,
    NO_ANSWER,
    TOO_LARGE,
    MALFORMED
  }

  /// Nothing usable came back.
  public static final class CallFailed extends Exception {
    private static final long serialVersionUID = 1L;
    private final Failure why;

    CallFailed(Failure why, @Nullable Throwable cause) {
      super(why.name(), cause);
      this.why = why;
    }

    public Failure why() {
      return why;
    }
  }

  private static final class TooLarge extends IOException {
    private static final long serialVersionUID = 1L;
  }

  public Outbound(HttpEngine engine) {
    var options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_1_1)
            .setKeepAlive(false)
            .setDecompressionSupported(false)
            .setVerifyHost(true)
            .setTcpNoDelay(true);
    client =
        engine
            .vertx()
            .createHttpClient(options, new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS));
  }

  /// Sends the request and waits for the whole answer.
  public Answer send(Call call) throws CallFailed, InterruptedException {
    var answer = new CompletableFuture<Answer>();
    var sent = new AtomicReference<@Nullable HttpClientRequest>();
    try {
      client
          .request(options(call))
          .onSuccess(request -> {
            sent.set(request);
            var body = call.body();
            // On the event loop: from elsewhere, an answer may have come and gone before it is
            // read.
            (body == null ? request.send() : request.send(Buffer.buffer(bytes(body))))
                .onSuccess(response -> collect(response, call.maxAnswerBytes(), answer))
                .onFailure(answer::completeExceptionally);
          })
          .onFailure(answer::completeExceptionally);
      return answer.get(call.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new CallFailed(Failure.TIMED_OUT, e);
    } catch (ExecutionException e) {
      throw new CallFailed(reason(e.getCause(), sent.get() != null), e.getCause());
    } catch (IllegalArgumentException e) {
      throw new CallFailed(Failure.MALFORMED, e);
    } finally {
      var request = sent.get();
      if (request != null && (!answer.isDone() || answer.isCompletedExceptionally())) {
        var unused = request.reset();
      }
    }
  }

  @Override
  public void close() {
    var unused = client.close();
  }

  private static byte[] bytes(ByteBuffer body) {
    var bytes = new byte[body.remaining()];
    body.duplicate().get(bytes);
    return bytes;
  }

  private static RequestOptions options(Call call) {
    boolean tls = "https".equalsIgnoreCase(call.at().getScheme());
    int port = call.at().getPort() >= 0 ? call.at().getPort() : tls ? HTTPS_PORT : HTTP_PORT;
    var path = call.at().getRawPath() == null ? "" : call.at().getRawPath();
    var query = call.at().getRawQuery();
    var place = call.address().getHostAddress().replaceFirst("%.*$", "");
    var options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(call.method().toUpperCase(Locale.ROOT)))
            .setServer(SocketAddress.inetSocketAddress(port, place))
            .setHost(call.at().getHost())
            .setPort(port)
            .setSsl(tls)
            .setConnectTimeout(call.timeout().toMillis())
            .setURI((path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query));
    for (var header : call.headers().fields()) {
      if (!OURS.contains(header.name().toLowerCase(Locale.ROOT))) {
        options.addHeader(header.name(), header.value());
      }
    }
    return options;
  }

  private static void collect(
      HttpClientResponse response, int maxBytes, CompletableFuture<Answer> answer) {
    var body = Buffer.buffer();
    response.exceptionHandler(answer::completeExceptionally);
    response.handler(part -> {
      if (body.length() + part.length() > maxBytes) {
        answer.completeExceptionally(new TooLarge());
      } else {
        body.appendBuffer(part);
      }
    });
    response.endHandler(end -> {
      var fields = new ArrayList<Headers.Field>();
      response
          .headers()
          .forEach(header -> fields.add(new Headers.Field(header.getKey(), header.getValue())));
      answer.complete(
          new Answer(response.statusCode(), Headers.of(fields), ByteBuffer.wrap(body.getBytes())));
    });
  }

  private static Failure reason(@Nullable Throwable cause, boolean connected) {
    for (var at = cause; at != null; at = at.getCause()) {
      switch (at) {
        case TooLarge _ -> {
          return Failure.TOO_LARGE;
        }
        case SSLException _ -> {
          return Failure.TLS;
        }
        case ConnectException e when !String.valueOf(e.getMessage()).contains("timed out") -> {
          return Failure.NOT_CONNECTED;
        }
        case ConnectException _, TimeoutException _ -> {
          return Failure.TIMED_OUT;
        }
        case IllegalArgumentException _ -> {
          return Failure.MALFORMED;
        }
        default -> {}
      }
    }
    return connected ? Failure.NO_ANSWER : Failure.NOT_CONNECTED;
  }
}
