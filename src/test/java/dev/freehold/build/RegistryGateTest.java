package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryGateTest {
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final HttpServer registry;
  private final String host;
  private final Path socket;
  private final RegistryGate gate;

  RegistryGateTest(@TempDir Path folder) throws IOException {
    registry = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    registry.createContext(
        "/",
        exchange -> {
          asked.add(exchange.getRequestURI() + " " + exchange.getRequestHeaders().get("X-Test"));
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("ok".getBytes(StandardCharsets.US_ASCII));
          exchange.close();
        });
    registry.start();
    host = "127.0.0.1:" + registry.getAddress().getPort();
    socket = folder.resolve("gate.sock");
    gate = RegistryGate.open(socket, Set.of(host, "127.0.0.1:1"), Set.of(), log::add);
  }

  @AfterEach
  void close() {
    gate.close();
    registry.stop(0);
  }

  @Test
  void forwardsPlainHttpToAHostOnTheList() throws IOException {
    var answer =
        ask(
            "GET http://"
                + host
                + "/left-pad?write=1 HTTP/1.1\r\nHost: "
                + host
                + "\r\nX-Test: 7\r\nProxy-Connection: keep-alive\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200").endsWith("ok");
    assertThat(asked).containsExactly("/left-pad?write=1 [7]");
  }

  @Test
  void tunnelsToAHostOnTheList() throws IOException {
    var answer =
        ask(
            "CONNECT "
                + host
                + " HTTP/1.1\r\nHost: "
                + host
                + "\r\n\r\n"
                + "GET /in-tunnel HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 200 Connection Established").endsWith("ok");
    assertThat(asked).containsExactly("/in-tunnel null");
  }

  @Test
  void refusesOthersAndNamesEachOnce() throws IOException {
    int other = registry.getAddress().getPort() + 1;
    for (int i = 0; i < 2; i++) {
      assertThat(ask("CONNECT example.com:443 HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 403");
      assertThat(ask("CONNECT 127.0.0.1:" + other + " HTTP/1.1\r\n\r\n"))
          .startsWith("HTTP/1.1 403");
      assertThat(ask("GET http://EXAMPLE.com/ HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 403");
    }
    assertThat(log)
        .hasSize(3)
        .allMatch(line -> line.startsWith("refused: the build asked for "))
        .anyMatch(line -> line.contains("example.com:80"));
  }

  @Test
  void aHostThatIsDownIsABadGateway() throws IOException {
    assertThat(ask("CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 502");
    assertThat(log).singleElement().asString().startsWith("could not reach 127.0.0.1");
  }

  @Test
  void nonsenseIsABadRequest() throws IOException {
    for (var head : List.of("hello", "GET", "CONNECT :443 HTTP/1.1", "CONNECT a@b@c HTTP/1.1")) {
      assertThat(ask(head + "\r\n\r\n"))
          .satisfiesAnyOf(
              answer -> assertThat(answer).startsWith("HTTP/1.1 400"),
              answer -> assertThat(answer).isEmpty());
    }
    assertThat(ask("GET file:///etc/passwd HTTP/1.1\r\n\r\n")).isEmpty();
    assertThat(asked).isEmpty();
  }

  private String ask(String text) throws IOException {
    try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
