package dev.freehold.supervisor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// One HTTP GET on loopback, of which only the status line is read. It holds no connection open
/// afterwards, so it never stands in the way of a process that wants to finish.
final class Probe {
  private static final int MAX_STATUS_LINE_BYTES = 1_024;
  private static final int STATUS_FROM = "HTTP/1.1 ".length();
  private static final int STATUS_TO = STATUS_FROM + 3;

  private Probe() {}

  /// What one question brought.
  sealed interface Answer {
    record Status(int code) implements Answer {}

    record Silence(String reason) implements Answer {}
  }

  /// Asks on a thread of its own; the answer always comes, at the latest when its time is over.
  static CompletableFuture<Answer> ask(int port, String path, Duration within) {
    var answer = new CompletableFuture<Answer>();
    Thread.ofVirtual()
        .name("freehold-probe")
        .start(() -> answer.complete(answer(port, path, within)));
    return answer;
  }

  private static Answer answer(int port, String path, Duration within) {
    long deadline = System.nanoTime() + within.toNanos();
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(loopback(), port), left(deadline));
      var question =
          ("GET " + path + " HTTP/1.1\r\nHost: localhost:" + port)
              + "\r\nUser-Agent: freehold-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(question.getBytes(StandardCharsets.US_ASCII));
      var line = new byte[MAX_STATUS_LINE_BYTES];
      int length = 0;
      while (length < STATUS_TO) {
        socket.setSoTimeout(left(deadline));
        int read = socket.getInputStream().read(line, length, line.length - length);
        if (read < 0) {
          return new Answer.Silence("it closed the connection without an answer");
        }
        length += read;
      }
      return parse(new String(line, 0, length, StandardCharsets.ISO_8859_1));
    } catch (SocketTimeoutException e) {
      return new Answer.Silence("no answer within " + within.toMillis() + " ms");
    } catch (IOException e) {
      return new Answer.Silence("no answer: " + e.getMessage());
    }
  }

  private static Answer parse(String line) {
    var digits = line.substring(STATUS_FROM, STATUS_TO);
    return line.startsWith("HTTP/1.") && digits.chars().allMatch(c -> c >= '0' && c <= '9')
        ? new Answer.Status(Integer.parseInt(digits))
        : new Answer.Silence("what it answered is not HTTP");
  }

  private static InetAddress loopback() throws IOException {
    return InetAddress.getByAddress("localhost", new byte[] {127, 0, 0, 1});
  }

  private static int left(long deadline) throws SocketTimeoutException {
    long millis = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
    if (millis <= 0) {
      throw new SocketTimeoutException();
    }
    return (int) Math.min(millis, Integer.MAX_VALUE);
  }
}
