package dev.freehold.target.thishost;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A fetch handler behind our listener, on real Node.
class FetchHandlerTest {
  private static final String HANDLER =
      """
      let release;
      const released = new Promise((done) => (release = done));
      const pages = {
        '/cookies': () => new Response('ok', { headers: [
          ['set-cookie', 'a=1; Path=/'], ['set-cookie', 'b=2; Path=/'], ['x-seen', 'yes']] }),
        '/echo': (request) => new Response(request.body, { status: 201 }),
        '/url': (request) => new Response(request.url),
        '/throw': () => { throw new Error('a secret cause'); },
        '/nothing': () => undefined,
        '/release': () => { release(); return new Response(null, { status: 204 }); },
        '/stream': () => new Response(new ReadableStream({
          async start(out) {
            out.enqueue(new TextEncoder().encode('first '));
            await released;
            out.enqueue(new TextEncoder().encode('second'));
            out.close();
          } })),
        '/broken': () => new Response(new ReadableStream({
          async pull(out) {
            out.enqueue(new TextEncoder().encode('part'));
            await new Promise((done) => setTimeout(done, 20));
            out.error(new Error('broke in the middle'));
          } })),
        '/wait': (request) => new Promise((_, fail) => {
          console.log('waiting');
          request.signal.addEventListener('abort', () => { console.log('aborted'); fail(new Error()); });
        }),
        '/slow': async () => {
          console.log('slow');
          await new Promise((done) => setTimeout(done, 300));
          return new Response('finished');
        },
        '/self': async (request) =>
          fetch('http://shop.localhost:' + new URL(request.url).port + '/url'),
        '/issuer': async (request) =>
          new Response((await import('./mcp.js')).issuer(new URL(request.url).searchParams.get('at'))),
      };
      export default { fetch: (request) =>
        (pages[new URL(request.url).pathname] ?? (() => new Response('app', { status: 404 })))(request) };
      """;

  /// As Lovable's MCP package asks whether an address is this machine's.
  private static final String MCP =
      """
      const local = (host) => host === "localhost" || host === "127.0.0.1" || host === "[::1]";
      export const issuer = (at) =>
        local(new URL(at).hostname) ? 'taken' : '@lovable.dev/mcp-js: auth.issuer must use https';
      """;

  private final Path root;
  private final ServedApp app;

  FetchHandlerTest(@TempDir Path folder) {
    root = folder.resolve("app");
    ServedApp.write(root, "server/server.js", HANDLER);
    ServedApp.write(root, "server/mcp.js", MCP);
    ServedApp.write(root, "client/assets/a-1234.js", "export default 1");
    ServedApp.write(root, "client/about/index.html", "<p>about</p>");
    ServedApp.write(root, "client/.env", "KEY=hidden");
    app = new ServedApp(folder, "serve-fetch-handler.mjs", root);
  }

  @AfterEach
  void close() {
    app.close();
  }

  @Test
  void anAddressUnderLocalhostIsThisMachinesToAnMcpServerToo() throws Exception {
    assertThat(app.get("/issuer?at=http://shop.localhost:4280/auth/v1").body()).isEqualTo("taken");
    assertThat(app.get("/issuer?at=http://127.0.0.1:4280/auth/v1").body()).isEqualTo("taken");
    assertThat(app.get("/issuer?at=http://shop.example/auth/v1").body()).contains("must use https");
    assertThat(app.get("/issuer?at=http://notlocalhost/auth/v1").body()).contains("must use https");
  }

  @Test
  void keepsEveryCookieApart() throws Exception {
    var answer = app.get("/cookies");
    assertThat(answer.headers().allValues("set-cookie"))
        .containsExactly("a=1; Path=/", "b=2; Path=/");
    assertThat(answer.headers().firstValue("x-seen")).hasValue("yes");
  }

  @Test
  void streamsTheAnswerAsItComes() throws Exception {
    var answer = app.client().send(app.request("/stream").build(), BodyHandlers.ofInputStream());
    try (var body = answer.body()) {
      assertThat(body.readNBytes(6)).asString(StandardCharsets.UTF_8).isEqualTo("first ");
      app.get("/release");
      assertThat(body.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("second");
    }
  }

  @Test
  void passesALargeBodyThroughUnchanged() throws Exception {
    var bytes = new byte[5 << 20];
    new java.util.Random(1).nextBytes(bytes);
    var request =
        app.request("/echo")
            .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(bytes)))
            .build();
    var answer = app.client().send(request, BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo(bytes);
  }

  @Test
  void answersHeadWithoutABody() throws Exception {
    var head = app.send(app.request("/cookies").HEAD().build());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.headers().firstValue("x-seen")).hasValue("yes");
    assertThat(head.body()).isEmpty();
  }

  @Test
  void tellsTheLogWhyItFailedAndTheClientOnlyThat() throws Exception {
    var answer = app.get("/throw");
    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).isEqualTo("Internal Server Error\n");
    ServedApp.await(() -> app.log().contains("a secret cause") && app.log().contains("server.js"));
    assertThat(app.get("/nothing").statusCode()).isEqualTo(500);
    assertThat(app.get("/url").statusCode()).isEqualTo(200);
  }

  @Test
  void breaksTheConnectionWhenTheAnswerBreaksInTheMiddle() throws Exception {
    var all = app.raw("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
    assertThat(all).startsWith("HTTP/1.1 200").contains("part").doesNotEndWith("0\r\n\r\n");
    ServedApp.await(() -> app.log().contains("broke in the middle"));
  }

  @Test
  void abortsTheRequestOfAClientThatWentAway() throws Exception {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), app.port())) {
      socket
          .getOutputStream()
          .write("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      ServedApp.await(() -> app.log().contains("waiting"));
    }
    ServedApp.await(() -> app.log().contains("aborted"));
  }

  @Test
  void finishesWhatIsInFlightWhenAskedToStop() throws Exception {
    var slow = app.client().sendAsync(app.request("/slow").build(), BodyHandlers.ofString());
    ServedApp.await(() -> app.log().contains("slow"));
    app.running().stop(Duration.ofSeconds(10));
    assertThat(slow.get().body()).isEqualTo("finished");
    assertThat(app.running().exit().join()).isZero();
  }

  @Test
  void servesFilesBeforeTheHandlerAndOnlyThoseOfTheFolder() throws Exception {
    var hashed = app.get("/assets/a-1234.js");
    assertThat(hashed.body()).isEqualTo("export default 1");
    assertThat(hashed.headers().firstValue("cache-control"))
        .hasValue("public, max-age=31536000, immutable");
    var tag = hashed.headers().firstValue("etag").orElseThrow();
    var again = app.send(app.request("/assets/a-1234.js").header("If-None-Match", tag).build());
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(app.get("/about").body()).isEqualTo("<p>about</p>");

    Files.createSymbolicLink(root.resolve("client/out.js"), root.resolve("server/server.js"));
    for (var path :
        new String[] {"/.env", "/..%2fserver/server.js", "/out.js", "/assets", "/%00", "/%ff"}) {
      assertThat(app.get(path).body()).as(path).isEqualTo("app");
    }
  }

  @Test
  void theHostOfTheUrlIsTheHostHeaderWhateverThePath() throws IOException {
    assertThat(url("GET //evil.example/url HTTP/1.1")).endsWith("\r\napp\r\n0\r\n\r\n");
    assertThat(url("GET http://evil.example/url?q=1 HTTP/1.1"))
        .contains("http://shop.example/url?q=1");
    assertThat(url("GET /url HTTP/1.1\r\nX-Forwarded-Proto: https"))
        .contains("https://shop.example/url");
    assertThat(app.raw("GET / HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 400");
  }

  @Test
  void namesUnderLocalhostLeadHome() throws Exception {
    assertThat(app.get("/self").body()).isEqualTo("http://shop.localhost:" + app.port() + "/url");
  }

  private String url(String head) throws IOException {
    return app.raw(head + "\r\nHost: shop.example\r\nConnection: close\r\n\r\n");
  }
}
