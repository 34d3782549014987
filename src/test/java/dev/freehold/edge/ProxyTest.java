package dev.freehold.edge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.RawHttp;
import dev.freehold.http.Response;
import dev.freehold.telemetry.Events;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProxyTest {
  private static final String HOST = "127.0.0.1";

  private final NodeApp app = new NodeApp();
  private final HttpEngine engine = HttpEngine.start(Events.NONE);
  private final Edge edge =
      new Edge(
          engine,
          EdgeSettings.on(ListenSpec.tcp(HOST, 0))
              .withDrain(Duration.ofSeconds(2), Duration.ofMillis(100)),
          Events.NONE);
  private final HttpClient client = HttpClient.newHttpClient();
  private StaticSite assets = StaticSite.EMPTY;
  private int port;

  @BeforeEach
  void start(@TempDir Path store) {
    assets = new TestSite(store).hashed("/_next/app.js", "script").singlePage();
    install(1, List.of(app.upstream())).join();
    port = edge.listen().port();
  }

  @AfterEach
  void stop() {
    client.close();
    edge.close();
    engine.close();
    app.close();
  }

  private CompletableFuture<Drained> install(int release, List<Upstream> upstreams) {
    var mount = new Mount("/rest/v1", r -> Response.text(200, r.path() + "|" + r.text()), 100);
    return edge.install(
        new Route(
            "shop/production",
            release,
            Set.of("shop.localhost"),
            true,
            new Content.ProcessContent(upstreams, assets, List.of()),
            List.of(mount)));
  }

  @Test
  void theAppSeesTheRequestWithoutWhatBelongsToTheConnection() {
    var answer =
        RawHttp.exchange(
            port,
            """
            GET /x/../echo?a=1%20 HTTP/1.1
            Host: Shop.localhost:80
            Connection: keep-alive, X-Secret-Hop
            X-Secret-Hop: 1
            X-Forwarded-For: 6.6.6.6
            X-Forwarded-Host: evil
            Forwarded: for=6.6.6.6
            X-Real-Ip: 6.6.6.6
            TE: trailers
            Proxy-Authorization: basic x
            Cookie: c=1
            X-Own: kept

            """);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text())
        .contains("\"url\":\"/echo?a=1%20\"")
        .contains("\"Host\",\"shop.localhost:80\"")
        .contains("\"X-Forwarded-For\",\"127.0.0.1\"")
        .contains("\"X-Forwarded-Proto\",\"http\"")
        .contains("\"X-Forwarded-Host\",\"shop.localhost:80\"")
        .contains("\"X-Own\",\"kept\"")
        .contains("\"Cookie\",\"c=1\"")
        .doesNotContain("6.6.6.6", "evil", "X-Secret-Hop", "trailers", "basic x");
    assertThat(answer.headers()).doesNotContainKey("x-hop").containsEntry("set-cookie", "b=2");
  }

  @Test
  void mountsAndTheAppsFilesComeBeforeTheApp() {
    var mounted =
        RawHttp.exchange(
            port,
            "POST /rest/v1/todos%20x HTTP/1.1\nHost: shop.localhost\nContent-Length: 2\n\nhi");
    assertThat(mounted.text()).isEqualTo("/todos%20x|hi");
    assertThat(RawHttp.get(port, HOST, "/rest/v1").text()).isEqualTo("/|");
    var tooLarge =
        RawHttp.exchange(
            port,
            "POST /rest/v1/x HTTP/1.1\nHost: shop.localhost\nContent-Length: 101\n\n"
                + "x".repeat(101));
    assertThat(tooLarge.status()).isEqualTo(413);
    assertThat(RawHttp.get(port, HOST, "/rest/v10").text()).isEqualTo("app says no");
    assertThat(RawHttp.get(port, HOST, "/_next/app.js").text()).isEqualTo("script");
    assertThat(RawHttp.get(port, HOST, "/dashboard").text()).isEqualTo("app says no");
    assertThat(RawHttp.get(port, HOST, "/.freehold/x").text()).isEqualTo("Not found.\n");
  }

  @Test
  void bodiesStreamThroughWholeWhateverTheirFraming() throws Exception {
    var announced = post(HttpRequest.BodyPublishers.ofByteArray(new byte[20_000_000]));
    assertThat(announced.body()).isEqualTo("20000000");
    var chunked =
        post(
            HttpRequest.BodyPublishers.ofByteArrays(
                java.util.Collections.nCopies(100, new byte[50_000])));
    assertThat(chunked.body()).isEqualTo("5000000");
    assertThat(post(HttpRequest.BodyPublishers.noBody()).body()).isEqualTo("0");
  }

  @Test
  void anAnswerMayComeBeforeTheBodyIsThrough() throws Exception {
    var early = post("/early", HttpRequest.BodyPublishers.ofByteArray(new byte[5_000_000]));
    assertThat(early.statusCode()).isEqualTo(413);
    assertThat(early.body()).isEqualTo("too big for me");
    assertThat(post(HttpRequest.BodyPublishers.ofString("abc")).body()).isEqualTo("3");
  }

  private HttpResponse<String> post(HttpRequest.BodyPublisher body) throws Exception {
    return post("/count", body);
  }

  private HttpResponse<String> post(String path, HttpRequest.BodyPublisher body) throws Exception {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .version(HttpClient.Version.HTTP_1_1)
            .POST(body)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void headAndNoContentHaveNoBody() {
    try (var raw = new RawHttp(port)) {
      assertThat(raw.send("HEAD /echo HTTP/1.1\nHost: 127.0.0.1\n\n").status()).isEqualTo(200);
      assertThat(raw.send("GET /none HTTP/1.1\nHost: 127.0.0.1\n\n").status()).isEqualTo(204);
      assertThat(raw.send("GET /slow HTTP/1.1\nHost: 127.0.0.1\n\n").text())
          .isEqualTo("slow but whole");
    }
  }

  @Test
  void eventsArriveOneByOneAndTheAppLearnsWhenTheReaderLeaves() throws Exception {
    try (var raw = new RawHttp(port)) {
      raw.write("GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(UTF_8));
      while (!raw.line().isEmpty()) {}
      assertThat(new String(raw.chunk(), UTF_8)).isEqualTo("data: 0\n\n");
      assertThat(new String(raw.chunk(), UTF_8)).isEqualTo("data: 1\n\n");
    }
    assertThat(app.next()).isEqualTo("events closed");
  }

  @Test
  void aClientThatLeavesEndsTheRequestAtTheApp() {
    try (var raw = new RawHttp(port)) {
      raw.write("GET /wait HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(UTF_8));
      assertThat(app.next()).isEqualTo("wait begun");
    }
    assertThat(app.next()).isEqualTo("wait closed");
  }

  @Test
  void aSlowReaderSlowsTheApp() throws Exception {
    try (var raw = new RawHttp(port)) {
      raw.write("GET /flood HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(UTF_8));
      while (!raw.line().isEmpty()) {}
      assertThat(raw.chunk()).isNotEmpty();
      Thread.sleep(400);
    }
    var sent = Long.parseLong(app.next().substring("flood ".length()));
    assertThat(sent).isLessThan(32L * 1024 * 1024);
  }

  @Test
  void aHostWhoseRouteIsStillToComeIsNoHostThatIsGone() throws Exception {
    assertThat(RawHttp.get(port, "later.localhost", "/").status()).isEqualTo(404);
    edge.filling();
    var meanwhile = RawHttp.get(port, "later.localhost", "/");
    assertThat(meanwhile.status()).isEqualTo(503);
    assertThat(meanwhile.header("retry-after")).isEqualTo("5");
    assertThat(RawHttp.get(port, HOST, "/echo").status()).isEqualTo(200);
    edge.filled();
    assertThat(RawHttp.get(port, "later.localhost", "/").status()).isEqualTo(404);
  }

  @Test
  void failuresOfTheAppAreToldApart() throws Exception {
    assertThat(RawHttp.get(port, HOST, "/drop").status()).isEqualTo(502);
    try (var raw = new RawHttp(port)) {
      raw.write("GET /break HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(UTF_8));
      while (!raw.line().isEmpty()) {}
      assertThat(new String(raw.readBytes(100), UTF_8)).describedAs("cut short").isEqualTo("half");
    }
    install(2, List.of()).join();
    assertThat(RawHttp.get(port, HOST, "/echo").status()).isEqualTo(503);
    var nobody = new Upstream(HOST, unusedPort());
    install(3, List.of(nobody)).join();
    assertThat(RawHttp.get(port, HOST, "/echo").status()).isEqualTo(502);
    install(4, List.of(nobody, app.upstream())).join();
    for (int i = 0; i < 4; i++) {
      assertThat(RawHttp.get(port, HOST, "/echo").status()).isEqualTo(200);
    }
  }

  private static int unusedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void aClientOfTheOldVersionGetsItsAnswerUntilTheConnectionEnds() {
    var answer =
        RawHttp.exchange(port, "GET /slow HTTP/1.0\nHost: 127.0.0.1\nConnection: keep-alive\n\n");
    assertThat(answer.text()).isEqualTo("slow but whole");
    assertThat(answer.headers()).doesNotContainKey("transfer-encoding");
  }

  @Test
  void aClientThatAsksFirstIsToldToSend() {
    try (var raw = new RawHttp(port)) {
      var head = "POST /count HTTP/1.1\nHost: a.localhost\nContent-Length: 5\n";
      assertThat(raw.send(head.replace("a.", "shop.") + "Expect: 100-continue\n\n").status())
          .isEqualTo(100);
      raw.write("hello".getBytes(UTF_8));
      assertThat(raw.read(false).text()).isEqualTo("5");
    }
  }

  @Test
  void aSwitchWaitsForWhatRuns() {
    try (var raw = new RawHttp(port)) {
      raw.write("GET /slow HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(UTF_8));
      assertThat(app.next()).isEqualTo("slow begun");
      var drained = install(2, List.of());
      assertThat(drained).isNotDone();
      assertThat(raw.read(false).text()).isEqualTo("slow but whole");
      assertThat(drained.join()).isEqualTo(new Drained("shop/production", 1, 0));
    }
  }

  @Test
  void aSwitchDoesNotWaitForEver() {
    try (var raw = new RawHttp(port)) {
      raw.write("GET /wait HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(UTF_8));
      assertThat(app.next()).isEqualTo("wait begun");
      assertThat(install(2, List.of()).join()).isEqualTo(new Drained("shop/production", 1, 1));
      assertThat(raw.read(false).status()).isEqualTo(503);
    }
    assertThat(app.next()).isEqualTo("wait closed");
  }

  @Test
  void aWebSocketPassesThroughAndIsToldToGoAwayWhenItsReleaseIsReplaced() throws Exception {
    var heard = new LinkedBlockingQueue<String>();
    var socket =
        client
            .newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + port + "/socket"), new Listening(heard))
            .get(20, TimeUnit.SECONDS);
    socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("echo hello");
    socket.sendText("again", true).get(20, TimeUnit.SECONDS);
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("echo again");

    var drained = install(2, List.of());
    assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("close 1001");
    assertThat(drained.get(20, TimeUnit.SECONDS).cut()).isZero();
    assertThat(app.next()).isEqualTo("socket closed");
  }

  @Test
  void aWebSocketTheAppRefusesIsAnOrdinaryAnswer() {
    var answer =
        RawHttp.exchange(
            port,
            """
            GET /refused HTTP/1.1
            Host: 127.0.0.1
            Connection: Upgrade
            Upgrade: websocket
            Sec-WebSocket-Key: x
            Sec-WebSocket-Version: 13

            """);
    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.text()).isEqualTo("no");
  }

  private record Listening(LinkedBlockingQueue<String> heard) implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      heard.add(text.toString());
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("close " + code);
      return CompletableFuture.completedFuture(null);
    }
  }
}
