package dev.freehold.target.thishost;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A Cloudflare worker on plain Node.
class WorkerTest {
  private static final String CONFIG =
      """
      {"main": "index.js", "assets": {"directory": "../client"}, "vars": {"COLOUR": "green"},
       "kv_namespaces": [], "durable_objects": {"bindings": []}}
      """;

  private final Path folder;
  private final Path root;

  WorkerTest(@TempDir Path folder) {
    this.folder = folder;
    root = folder.resolve("app");
    ServedApp.write(root, "client/logo.svg", "<svg/>");
  }

  @Test
  void hasVariablesAssetsContextAndCache() throws Exception {
    ServedApp.write(root, "server/wrangler.json", CONFIG);
    ServedApp.write(
        root,
        "server/index.js",
        """
        import { env as imported } from 'cloudflare:workers';
        import 'cloudflare:sockets';
        globalThis.process = { env: {} };  // as a bundle's own polyfill does
        export default { async fetch(request, env, ctx) {
          const path = new URL(request.url).pathname;
          if (path === '/later') {
            ctx.passThroughOnException();
            ctx.waitUntil(new Promise((done) => setTimeout(done, 300))
              .then(() => console.log('later is done')));
            return new Response('now');
          }
          if (path === '/asset') return env.ASSETS.fetch(new URL('/logo.svg', request.url));
          await caches.default.put(request, new Response('x'));
          return Response.json({
            vars: [env.COLOUR, env.GREETING, imported.GREETING],
            cached: (await caches.default.match(request)) ?? 'no',
            client: request.headers.get('cf-connecting-ip'),
            country: request.cf.country ?? 'unknown' });
        } };
        """);
    try (var app = new ServedApp(folder, "serve-worker.mjs", root)) {
      var asked =
          app.request("/")
              .header("X-Forwarded-For", "6.6.6.6, 203.0.113.9")
              .header("CF-Connecting-IP", "6.6.6.6")
              .build();
      assertThat(app.send(asked).body())
          .isEqualTo(
              "{\"vars\":[\"green\",\"hello\",\"hello\"],\"cached\":\"no\","
                  + "\"client\":\"203.0.113.9\",\"country\":\"unknown\"}");
      assertThat(app.get("/asset").body()).isEqualTo("<svg/>");
      assertThat(app.get("/logo.svg").headers().firstValue("content-type"))
          .hasValue("image/svg+xml");

      assertThat(app.get("/later").body()).isEqualTo("now");
      app.running().stop(Duration.ofSeconds(10));
      assertThat(app.running().exit().join()).isZero();
      assertThat(app.log()).contains("later is done");
    }
  }

  @Test
  void mayBeAnEntrypointClass() throws Exception {
    ServedApp.write(root, "server/wrangler.json", CONFIG);
    ServedApp.write(
        root,
        "server/index.js",
        """
        import { WorkerEntrypoint } from 'cloudflare:workers';
        export default class extends WorkerEntrypoint {
          fetch() { return new Response(this.env.COLOUR); }
        }
        """);
    try (var app = new ServedApp(folder, "serve-worker.mjs", root)) {
      assertThat(app.get("/").body()).isEqualTo("green");
    }
  }

  @Test
  void refusesToStartWithoutWhatOnlyCloudflareHas() {
    ServedApp.write(
        root,
        "server/wrangler.json",
        """
        {"main": "index.js", "kv_namespaces": [{"binding": "SESSIONS", "id": "1"}],
         "d1_databases": [{"binding": "DB"}], "ai": {"binding": "AI"},
         "queues": {"producers": [{"binding": "MAIL", "queue": "mail"}]},
         "durable_objects": {"bindings": [{"name": "ROOM", "class_name": "Room"}]}}
        """);
    ServedApp.write(root, "server/index.js", "export default { fetch() {} }");
    try (var app = new ServedApp(folder, "serve-worker.mjs", root)) {
      assertThat(app.running().exit().join()).isEqualTo(78);
      assertThat(app.log())
          .isEqualTo(
              "freehold: this worker needs bindings that exist on Cloudflare only: SESSIONS"
                  + " (kv_namespaces), DB (d1_databases), AI (ai), MAIL (queues), ROOM"
                  + " (durable_objects)");
    }
  }

  @Test
  void saysWhichCloudflareModuleIsMissing() {
    ServedApp.write(root, "server/wrangler.json", CONFIG);
    ServedApp.write(root, "server/index.js", "import { EmailMessage } from 'cloudflare:email'");
    try (var app = new ServedApp(folder, "serve-worker.mjs", root)) {
      assertThat(app.running().exit().join()).isEqualTo(1);
      assertThat(app.log()).contains("cloudflare:email exists on Cloudflare only");
    }
  }
}
