package dev.freehold.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Hands requests on to processes that listen on Unix sockets, and their answers back: streamed
/// both ways, each side slowed to the pace of the other, WebSockets included.
public final class SocketRelay implements AutoCloseable {
  private static final int CONNECT_TIMEOUT_MS = 2_000;
  private static final int IDLE_SECONDS = 15 * 60;
  private static final int KEEP_ALIVE_SECONDS = 30;
  private static final int MAX_CONNECTIONS_PER_SOCKET = 256;
  private static final int MAX_WAITING_PER_SOCKET = 256;

  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable HttpClient client;
  private boolean closed;

  /// How a request goes on.
  ///
  /// @param socket where the process listens
  /// @param target path and query as it sees them
  /// @param headers all header fields it gets, but for those of the connection
  /// @param firstByte how long it may take from the end of the request to the head of the answer
  /// @param maxBodyBytes 413 above
  public record Onward(
      Path socket, String target, Headers headers, Duration firstByte, long maxBodyBytes) {}

  /// Why there is no answer.
  public enum Failure {
    /// Nobody listens there, or it has no room for one more connection.
    NOT_REACHED,
    /// It broke off before an answer had begun.
    BROKEN_OFF,
    /// No answer began in time.
    TIMED_OUT
  }

  /// Who follows one request.
  public interface Watcher {
    /// What the client gets in the place of an answer. On a virtual thread; may block.
    Response failed(Failure why);

    /// Header fields to add to the answer. On the event loop.
    Headers answered(int status);
  }

  /// From any thread; returns at once.
  public void pass(Exchange exchange, Onward onward, Watcher watcher) {
    var clients = client(exchange.context().owner());
    exchange
        .context()
        .runOnContext(v -> new RelayedRequest(clients, exchange, onward, watcher).begin());
  }

  private HttpClient client(Vertx vertx) {
    lock.lock();
    try {
      if (closed) {
        throw new IllegalStateException("the relay is closed");
      }
      if (client == null) {
        var options =
            new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setConnectTimeout(CONNECT_TIMEOUT_MS)
                .setIdleTimeout(IDLE_SECONDS)
                .setKeepAlive(true)
                .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
                .setPipelining(false)
                .setDecompressionSupported(false);
        var pool =
            new PoolOptions()
                .setHttp1MaxSize(MAX_CONNECTIONS_PER_SOCKET)
                .setMaxWaitQueueSize(MAX_WAITING_PER_SOCKET);
        client = vertx.createHttpClient(options, pool);
      }
      return client;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      if (client != null) {
        var unusedNobodyWaits = client.close();
      }
    } finally {
      lock.unlock();
    }
  }
}
