package dev.freehold.client;

import dev.freehold.problem.Problem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The control API from outside: one HTTP/1.1 request per connection over the server's unix socket,
/// which only its owner can open. The JDK's HTTP client cannot speak to a unix socket.
public final class ControlClient {
  /// Who the journal says did it.
  public static final String BY_HEADER = "Freehold-By";

  /// How long the server may take for anything but a stream; long work is told as a stream.
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

  private final Path socket;
  private final String by;
  private final JsonMapper json = JsonMapper.shared();

  /// @param socket the server's control socket
  /// @param by who is at the keyboard
  public ControlClient(Path socket, String by) {
    this.socket = socket;
    this.by = by;
  }

  /// Whether a server answers.
  public boolean serverAnswers() {
    if (!Files.exists(socket)) {
      return false;
    }
    try (var connection = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return connection.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException e) {
      return false;
    }
  }

  public JsonNode get(String path) {
    return call("GET", path, Optional.empty());
  }

  public JsonNode post(String path, Object body) {
    return call("POST", path, Optional.of(body));
  }

  public JsonNode put(String path, Object body) {
    return call("PUT", path, Optional.of(body));
  }

  public JsonNode delete(String path) {
    return call("DELETE", path, Optional.empty());
  }

  /// Reads an endless answer of one JSON value a line, until it ends or the connection breaks.
  public void lines(String path, Consumer<JsonNode> line) {
    try (var reply = open("GET", path, Optional.empty(), new AtomicReference<>())) {
      if (reply.status() != 200) {
        throw problem(reply);
      }
      var text = new StringBuilder();
      for (int c = reply.body().read(); c >= 0; c = reply.body().read()) {
        if (c == '\n') {
          line.accept(json.readTree(bytes(text)));
          text.setLength(0);
        } else {
          text.append((char) c);
        }
      }
    } catch (IOException e) {
      throw gone(e);
    }
  }

  private JsonNode call(String method, String path, Optional<Object> body) {
    var connection = new AtomicReference<SocketChannel>();
    var watch = Thread.ofVirtual().name("control-timeout").start(() -> cut(connection));
    try (var reply = open(method, path, body, connection)) {
      if (reply.status() >= 400) {
        throw problem(reply);
      }
      var bytes = reply.body().readAllBytes();
      return bytes.length == 0 ? json.createObjectNode() : json.readTree(bytes);
    } catch (IOException e) {
      throw gone(e);
    } finally {
      watch.interrupt();
    }
  }

  /// Closes a connection that gave no answer in time, which ends the read that waits on it.
  private static void cut(AtomicReference<SocketChannel> connection) {
    try {
      Thread.sleep(ANSWER_TIMEOUT);
      var waiting = connection.get();
      if (waiting != null) {
        waiting.close();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record Reply(SocketChannel connection, int status, InputStream body)
      implements AutoCloseable {
    @Override
    public void close() throws IOException {
      connection.close();
    }
  }

  private Reply open(
      String method, String path, Optional<Object> body, AtomicReference<SocketChannel> opened)
      throws IOException {
    var connection = SocketChannel.open(StandardProtocolFamily.UNIX);
    opened.set(connection);
    try {
      connection.connect(UnixDomainSocketAddress.of(socket));
      var content = body.map(json::writeValueAsBytes).orElse(new byte[0]);
      var head =
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: freehold\r\nConnection: close\r\nContent-Length: "
              + content.length
              + "\r\n"
              + (body.isPresent() ? "Content-Type: application/json\r\n" : "")
              + BY_HEADER
              + ": "
              + by.replaceAll("[^\\x21-\\x7e]", "_")
              + "\r\n\r\n";
      send(connection, head.getBytes(StandardCharsets.ISO_8859_1));
      send(connection, content);
      var in = new BufferedInputStream(Channels.newInputStream(connection));
      var statusLine = line(in).split(" ");
      if (statusLine.length < 2) {
        throw new IOException("it closed the connection without an answer");
      }
      boolean chunked = false;
      for (var header = line(in); !header.isEmpty(); header = line(in)) {
        chunked |= header.equalsIgnoreCase("Transfer-Encoding: chunked");
      }
      return new Reply(
          connection, Integer.parseInt(statusLine[1]), chunked ? new ChunkedStream(in) : in);
    } catch (IOException e) {
      connection.close();
      throw e;
    }
  }

  private static void send(SocketChannel connection, byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      connection.write(buffer);
    }
  }

  static String line(InputStream in) throws IOException {
    var text = new StringBuilder();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      if (c != '\r') {
        text.append((char) c);
      }
    }
    return text.toString();
  }

  private static byte[] bytes(StringBuilder latin) {
    return latin.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private RuntimeException problem(Reply reply) throws IOException {
    var node = json.readTree(reply.body().readAllBytes());
    var problem =
        Problem.of(
            node.path("code").asString("control-api-error"),
            node.path("title").asString("the server answered " + reply.status()));
    if (node.hasNonNull("detail")) {
      problem = problem.detail(node.path("detail").asString());
    }
    if (node.hasNonNull("hint")) {
      problem = problem.hint(node.path("hint").asString());
    }
    return problem.raise();
  }

  private RuntimeException gone(IOException cause) {
    return Problem.of("server-unreachable", "Freehold's server does not answer")
        .detail(socket + ": " + cause.getMessage())
        .hint("start it: freehold up")
        .raise(cause);
  }
}
