package dev.freehold.backend.supabase.functions.deno;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.functions.FunctionLimits;
import dev.freehold.os.Jail;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// What a function sees and what its callers get, with the real Deno in its jail.
class FunctionServingTest {
  private final FunctionBench bench;

  FunctionServingTest() throws IOException {
    bench =
        new FunctionBench(FunctionLimits.DEFAULT, new Jail.Limits(400L << 20, 128, 1, 256L << 20));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void aRequestArrivesAsItWasSent() throws Exception {
    bench.with(
        "echo",
        """
        Deno.serve({ port: 8000 }, async (req, info) => {
          const url = new URL(req.url);
          return Response.json({
            method: req.method, url: req.url, path: url.pathname, query: url.search,
            own: req.headers.get('x-own'), ours: [...req.headers.keys()].join(),
            agent: info.remoteAddr.hostname, body: await req.text(),
          }, { status: 201, headers: { 'x-mine': 'yes' } });
        });
        """);
    var answer =
        bench.client.send(
            HttpRequest.newBuilder(bench.address("/echo/a/b%20c?x=1&y=2"))
                .method("PATCH", HttpRequest.BodyPublishers.ofString("héllo"))
                .header("x-own", "1")
                .header("x-freehold-control", "state")
                .header("x-forwarded-for", "6.6.6.6")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.headers().firstValue("x-mine")).hasValue("yes");
    assertThat(answer.headers().firstValue("sb-request-id")).isPresent();
    assertThat(answer.body())
        .contains("\"method\":\"PATCH\"")
        .contains("\"url\":\"http://127.0.0.1:" + bench.port() + "/echo/a/b%20c?x=1&y=2\"")
        .contains("\"own\":\"1\"", "\"agent\":\"127.0.0.1\"", "\"body\":\"héllo\"")
        .doesNotContain("x-freehold", "6.6.6.6");
  }

  @Test
  void itsEnvironmentIsTheHostedOneAndNothingOfOurs() throws Exception {
    bench.with("env", "Deno.serve(() => Response.json(Deno.env.toObject()));");
    assertThat(bench.get("/env").body())
        .contains("\"SUPABASE_URL\":\"http://shop.localhost\"", "\"MY_SECRET\":\"kept\"")
        .doesNotContain("FREEHOLD", "PATH", "HOME");
  }

  @Test
  void theJailHoldsWhereDenoPermissionsWouldNot() throws Exception {
    bench.with(
        "hostile",
        """
        const tried = {};
        const attempt = async (name, work) => {
          try { await work(); tried[name] = 'done'; } catch (e) { tried[name] = e.name; }
        };
        Deno.serve(async () => {
          await attempt('passwd', () => Deno.readTextFile('/etc/shadow'));
          await attempt('write', () => Deno.writeTextFile('/usr/x', 'x'));
          await attempt('run', () => new Deno.Command('/bin/sh').output());
          await attempt('metadata', () => fetch('http://169.254.169.254/latest/meta-data'));
          await attempt('tmp', () => Deno.writeTextFile('/tmp/x', 'x'));
          await attempt('ffi', () => Deno.dlopen('/lib/x.so', {}));
          return Response.json(tried);
        });
        """);
    assertThat(bench.get("/hostile").body())
        .contains("\"passwd\":\"NotCapable\"", "\"write\":\"NotCapable\"", "\"run\":\"NotCapable\"")
        .contains("\"metadata\":\"NotCapable\"", "\"tmp\":\"done\"", "\"ffi\":\"NotCapable\"");
  }

  /// The bench's users are not the firewall's: here Deno holds alone, as where we are not root.
  @Test
  void denoClosesAddressesByItself() throws Exception {
    bench.with(
        "caller",
        """
        Deno.serve(async (req) => {
          const said = {};
          for (const host of await req.json()) {
            try {
              const connected = await Promise.race([
                Deno.connect({ hostname: host, port: 9 }),
                new Promise((done, late) => setTimeout(() => late({ name: 'Late' }), 500)),
              ]);
              connected.close();
            } catch (e) {
              said[host] = e.name;
            }
          }
          return Response.json(said);
        });
        """);
    var hosts =
        List.of(
            "127.0.0.1",
            "127.9.9.9",
            "0.0.0.0",
            "2130706433",
            "::1",
            "::ffff:127.0.0.1",
            "::",
            "localhost",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1");
    var said = bench.post("/caller", JsonMapper.shared().writeValueAsString(hosts)).body();
    for (var host : hosts) {
      assertThat(said).contains("\"" + host + "\":\"NotCapable\"");
    }
    assertThat(bench.post("/caller", "[\"198.51.100.7\"]").body()).doesNotContain("NotCapable");
  }

  @Test
  void callersWithoutATokenAreRefusedWhereOneIsAskedFor() throws Exception {
    bench.with("closed", true, "Deno.serve(() => new Response('in'));");
    var none = bench.get("/closed");
    assertThat(none.statusCode()).isEqualTo(401);
    assertThat(none.headers().firstValue("sb-error-code")).hasValue("UNAUTHORIZED_NO_AUTH_HEADER");
    assertThat(none.body()).contains("\"code\":\"UNAUTHORIZED_NO_AUTH_HEADER\"");
    assertThat(bearer("sb_publishable_x").body()).contains("UNAUTHORIZED_INVALID_JWT_FORMAT");
    var foreign =
        dev.freehold.backend.EnvironmentKeys.generate(java.time.Clock.systemUTC()).api().anon();
    assertThat(bearer(foreign).body()).contains("UNAUTHORIZED_LEGACY_JWT");
    assertThat(bearer(bench.keys.api().anon()).body()).isEqualTo("in");
    var user = bench.keys.jwt().sign(Map.of("role", "authenticated", "exp", 9_999_999_999L));
    assertThat(bearer(user).body()).isEqualTo("in");
    var preflight =
        HttpRequest.newBuilder(bench.address("/closed"))
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody())
            .build();
    assertThat(bench.client.send(preflight, HttpResponse.BodyHandlers.ofString()).body())
        .isEqualTo("in");
    assertThat(bench.get("/nobody").statusCode()).isEqualTo(404);
  }

  private HttpResponse<String> bearer(String token) throws Exception {
    return bench.client.send(
        HttpRequest.newBuilder(bench.address("/closed"))
            .header("Authorization", "Bearer " + token)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void answersAndRequestsAreStreamed() throws Exception {
    bench.with(
        "stream",
        """
        Deno.serve(async (req) => {
          if (req.method === 'POST') {
            return new Response(await req.bytes());
          }
          let timer;
          const body = new ReadableStream({
            start(c) {
              let n = 0;
              timer = setInterval(() => {
                c.enqueue(new TextEncoder().encode(`data: ${n++}\\n\\n`));
              }, 100);
            },
            cancel() { clearInterval(timer); console.log('cancelled'); },
          });
          return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
        });
        """);
    var lines =
        bench.client.send(
            HttpRequest.newBuilder(bench.address("/stream")).build(),
            HttpResponse.BodyHandlers.ofInputStream());
    try (var in = lines.body()) {
      var first = new String(in.readNBytes(9), java.nio.charset.StandardCharsets.UTF_8);
      assertThat(first).isEqualTo("data: 0\n\n");
    }
    var big = "x".repeat(20 << 20);
    assertThat(bench.post("/stream", big).body()).isEqualTo(big);
    for (int i = 0; i < 100 && !bench.lines("stream").toString().contains("cancelled"); i++) {
      Thread.sleep(50);
    }
    assertThat(bench.lines("stream")).anyMatch(line -> line.contains("cancelled"));
  }

  @Test
  void aWebSocketIsCarried() throws Exception {
    bench.with(
        "socket",
        """
        Deno.serve((req) => {
          if (req.headers.get('upgrade') !== 'websocket') return new Response('no', { status: 426 });
          const { socket, response } = Deno.upgradeWebSocket(req);
          socket.onmessage = (e) => socket.send(`you said ${e.data}`);
          return response;
        });
        """);
    var said = new CompletableFuture<String>();
    var socket =
        bench
            .client
            .newWebSocketBuilder()
            .buildAsync(
                java.net.URI.create("ws://127.0.0.1:" + bench.port() + "/socket"),
                new WebSocket.Listener() {
                  @Override
                  public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean end) {
                    said.complete(data.toString());
                    return CompletableFuture.completedFuture(null);
                  }
                })
            .get(20, TimeUnit.SECONDS);
    socket.sendText("hello", true).get(20, TimeUnit.SECONDS);
    assertThat(said.get(10, TimeUnit.SECONDS)).isEqualTo("you said hello");
    socket.abort();
    assertThat(bench.get("/socket").statusCode()).isEqualTo(426);
  }

  @Test
  void everyOldAndNewWayToServeWorks() throws Exception {
    bench
        .with("object", "Deno.serve({ handler: () => new Response('object') });")
        .with("bare", "export default () => new Response('bare');")
        .with("fetcher", "export default { fetch: () => new Response('fetcher') };")
        .with(
            "late",
            "await new Promise((r) => setTimeout(r, 50));"
                + "Deno.serve(() => new Response('late'));");
    for (var name : new String[] {"object", "bare", "fetcher", "late"}) {
      assertThat(bench.get("/" + name).body()).isEqualTo(name);
    }
  }

  @Test
  void workGoesOnAfterTheAnswerAndLinesNameTheirCall() throws Exception {
    bench.with(
        "mail",
        """
        Deno.serve(() => {
          EdgeRuntime.waitUntil(new Promise((r) => setTimeout(() => {
            console.log('sent'); r();
          }, 300)));
          console.log('answering %s', 'now');
          return new Response('ok');
        });
        """);
    var answer = bench.get("/mail");
    var id = answer.headers().firstValue("sb-request-id").orElseThrow().substring(0, 8);
    for (int i = 0; i < 60 && bench.lines("mail").size() < 2; i++) {
      Thread.sleep(50);
    }
    assertThat(bench.lines("mail"))
        .containsExactly("[" + id + "] answering now", "[" + id + "] sent");
    assertThat(bench.calls().getFirst().id()).isEqualTo(id);
  }

  @Test
  void failuresAnswerAsTheEdgeRuntimeDoes() throws Exception {
    bench
        .with("throws", "Deno.serve(() => { throw new Error('no'); });")
        .with("boot", "throw new Error('cannot start');")
        .with("silent", "console.log('nothing to serve');")
        .with("exits", "Deno.serve(() => new Promise(() => { setTimeout(() => Deno.exit(3)); }));");
    var thrown = bench.get("/throws");
    assertThat(thrown.statusCode()).isEqualTo(500);
    assertThat(thrown.headers().firstValue("sb-error-code")).hasValue("EDGE_FUNCTION_ERROR");
    assertThat(bench.get("/boot").statusCode()).isEqualTo(503);
    assertThat(bench.get("/boot").body()).contains("BOOT_ERROR");
    assertThat(bench.lines("boot")).anyMatch(line -> line.contains("cannot start"));
    assertThat(bench.get("/silent").body()).contains("BOOT_ERROR");
    var gone = bench.get("/exits");
    assertThat(gone.statusCode()).isEqualTo(500);
    assertThat(gone.body()).contains("WORKER_ERROR");
  }
}
