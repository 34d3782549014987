package dev.freehold.http;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// A client that sends exactly the bytes a test writes down, and reads one answer after the other.
public final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MS = 10_000;

  /// @param headers names in lower case; of several with one name the last
  @SuppressWarnings("ArrayRecordComponent")
  public record Answer(int status, Map<String, String> headers, byte[] bytes) {
    public String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    public String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  private final Socket socket;
  private final InputStream in;

  public RawHttp(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(PATIENCE_MS);
      in = new java.io.BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One request on a connection of its own. Lines end in a line feed and are sent with CR LF.
  public static Answer exchange(int port, String request) {
    try (var client = new RawHttp(port)) {
      return client.send(request);
    }
  }

  public static Answer get(int port, String host, String path, String... headers) {
    var more = new StringBuilder();
    for (var header : headers) {
      more.append(header).append('\n');
    }
    return exchange(port, "GET " + path + " HTTP/1.1\nHost: " + host + "\n" + more + "\n");
  }

  public Answer send(String request) {
    write(
        request.replace("\r\n", "\n").replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    return read(request.startsWith("HEAD "));
  }

  public void write(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.getOutputStream().flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Status 0 when the connection ended without an answer.
  public Answer read(boolean head) {
    try {
      var statusLine = firstLine();
      if (statusLine.isEmpty()) {
        return new Answer(0, Map.of(), new byte[0]);
      }
      int status = Integer.parseInt(statusLine.split(" ")[1]);
      var headers = new TreeMap<String, String>();
      for (var line = line(); !line.isEmpty(); line = line()) {
        int colon = line.indexOf(':');
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      boolean bodyless = head || status < 200 || status == 204 || status == 304;
      return new Answer(status, headers, bodyless ? new byte[0] : body(headers));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Empty when the connection ended: also by a reset, which a server sends that had more to read.
  private String firstLine() throws IOException {
    try {
      return line();
    } catch (SocketException reset) {
      return "";
    }
  }

  private byte[] body(Map<String, String> headers) throws IOException {
    if (headers.containsKey("content-length")) {
      int length = Integer.parseInt(headers.get("content-length"));
      var bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw new EOFException("the answer is cut off");
      }
      return bytes;
    }
    if (!headers.getOrDefault("transfer-encoding", "").equals("chunked")) {
      return in.readAllBytes();
    }
    var body = new ByteArrayOutputStream();
    for (var chunk = chunk(); chunk.length > 0; chunk = chunk()) {
      body.writeBytes(chunk);
    }
    return body.toByteArray();
  }

  /// The next chunk of a chunked answer, empty at its end.
  public byte[] chunk() throws IOException {
    int size = Integer.parseInt(line().strip(), 16);
    var bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new EOFException("the answer is cut off");
    }
    line();
    return bytes;
  }

  public int readByte() throws IOException {
    return in.read();
  }

  public byte[] readBytes(int count) throws IOException {
    return in.readNBytes(count);
  }

  /// Without its line end; empty at the end of the connection.
  public String line() throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n'; b = in.read()) {
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
