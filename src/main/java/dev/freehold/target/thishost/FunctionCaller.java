package dev.freehold.target.thishost;

import dev.freehold.problem.Problem;
import dev.freehold.target.EdgeFunctions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Calls a function through the edge, as its clients do, for an owner at the command line.
///
/// By hand, because the Host field names the app and not the machine: in HTTP/1.0, so that the
/// answer ends with the connection.
record FunctionCaller(int port, String host, String key) {
  private static final int CONNECT_MS = 5_000;
  private static final int SILENCE_MS = 160_000;
  private static final int MAX_ANSWER_BYTES = 16 << 20;
  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,16}");
  private static final Pattern PATH = Pattern.compile("(?:[/?][\\x21-\\x7e]*)?");
  private static final Pattern TYPE = Pattern.compile("[\\x20-\\x7e]{1,200}");

  EdgeFunctions.Answer call(EdgeFunctions.Call call) {
    if (!METHOD.matcher(call.method()).matches()
        || !PATH.matcher(call.path()).matches()
        || !TYPE.matcher(call.contentType()).matches()) {
      throw Problem.of("function-not-called", "that is no request")
          .hint("a method is one word; a path begins with a slash and has no spaces")
          .raise();
    }
    var body = call.body().getBytes(StandardCharsets.UTF_8);
    var head =
        "%s /functions/v1/%s%s HTTP/1.0\r\nHost: %s\r\nAuthorization: Bearer %s\r\napikey: %s\r\n"
            .formatted(call.method(), call.name(), call.path(), host, key, key);
    var framing =
        body.length == 0
            ? "\r\n"
            : "Content-Type: %s\r\nContent-Length: %d\r\n\r\n"
                .formatted(call.contentType(), body.length);
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), CONNECT_MS);
      socket.setSoTimeout(SILENCE_MS);
      socket.getOutputStream().write((head + framing).getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      return read(socket.getInputStream().readNBytes(MAX_ANSWER_BYTES));
    } catch (IOException e) {
      throw Problem.of("function-not-called", "there was no answer")
          .detail(String.valueOf(e.getMessage()))
          .raise(e);
    }
  }

  private static EdgeFunctions.Answer read(byte[] bytes) throws IOException {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    var lines = text.substring(0, Math.max(0, end)).split("\r\n");
    var first = lines[0].split(" ");
    if (end < 0 || first.length < 2) {
      throw new IOException("the connection ended before an answer");
    }
    var fields = new TreeMap<String, String>();
    for (var line : lines) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        fields.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    var body = new String(bytes, end + 4, bytes.length - end - 4, StandardCharsets.UTF_8);
    return new EdgeFunctions.Answer(
        Integer.parseInt(first[1]),
        fields.getOrDefault("content-type", ""),
        body,
        fields.getOrDefault("sb-request-id", ""));
  }
}
