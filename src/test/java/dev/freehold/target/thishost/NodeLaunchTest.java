package dev.freehold.target.thishost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.os.Jail;
import dev.freehold.os.JailFiles;
import dev.freehold.os.OsUser;
import dev.freehold.os.Sandbox;
import dev.freehold.plan.BuildRecipe.Kind;
import dev.freehold.supervisor.ProcessSpec;
import dev.freehold.supervisor.ProcessSpec.LogLabels;
import dev.freehold.supervisor.Supervisor;
import dev.freehold.telemetry.Events;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each kind of built server, started as an app is: in its jail, under a supervisor.
class NodeLaunchTest {
  private static final OsUser USER = OsUser.numbered("app", 64_322);
  private static final Jail JAIL =
      new Jail(USER, List.of(), true, new Jail.Limits(512L << 20, 200, 1, 1L << 20));
  private static final Map<String, String> VARIABLES =
      Map.of(
          "SUPABASE_URL", "http://shop.localhost:1", "PORT", "1", "NODE_OPTIONS", "--no-warnings");

  private final Path folder;
  private final Path root;
  private final NodeLaunch launch;

  NodeLaunchTest(@TempDir Path folder) throws IOException {
    this.folder =
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    root = folder.resolve("app");
    var scripts = NodeScripts.into(folder.resolve("scripts"));
    var lists = JailFiles.into(folder.resolve("lists"), USER, "shop");
    launch = new NodeLaunch(Path.of("/usr/bin/node"), scripts, lists);
  }

  @Test
  void nitroSeesItsOwnFilesVariablesAndHost() throws Exception {
    ServedApp.write(folder, "other/secret", "of another app");
    ServedApp.write(
        root,
        "server/index.mjs",
        """
        import { createServer } from 'node:http';
        import { readFileSync } from 'node:fs';
        import { getHeapStatistics } from 'node:v8';
        const read = (file) => { try { return readFileSync(file, 'utf8'); } catch (e) { return e.code; } };
        const facts = [
          process.env.SUPABASE_URL, process.env.NODE_ENV, process.getuid(),
          read('/etc/passwd').trim(), read('/etc/hosts').includes('127.0.0.1 shop.localhost'),
          read('%s'), getHeapStatistics().heap_size_limit < 480 * 2 ** 20,
          process.env.NODE_OPTIONS.endsWith('--max-old-space-size=384 --no-warnings')];
        createServer((q, a) => a.end(facts.join('|'))).listen(process.env.PORT, process.env.HOST);
        """
            .formatted(folder.resolve("other/secret")));
    assertThat(Sandbox.available()).isTrue();
    assertThat(page(Kind.NITRO_NODE))
        .isEqualTo(
            "http://shop.localhost:1|production|%1$d|app:x:%1$d:%2$d::/tmp:/usr/sbin/nologin|true"
                    .formatted(USER.uid(), USER.gid())
                + "|ENOENT|true|true");
  }

  @Test
  void aFetchHandlerGetsAListener() throws Exception {
    ServedApp.write(
        root, "server/server.js", "export default () => new Response('from the handler')");
    assertThat(page(Kind.FETCH_HANDLER)).isEqualTo("from the handler");
  }

  @Test
  void aWorkerGetsItsEnvironment() throws Exception {
    ServedApp.write(root, "server/wrangler.json", "{\"main\": \"index.js\"}");
    ServedApp.write(
        root,
        "server/index.js",
        "export default { fetch: (request, env) => new Response(env.SUPABASE_URL) }");
    assertThat(page(Kind.WORKER)).isEqualTo("http://shop.localhost:1");
  }

  @Test
  void staticFilesNeedNoProcess() {
    assertThatThrownBy(() -> launch.command(Kind.STATIC, root, 1, VARIABLES, JAIL))
        .hasMessage("static files need no process");
  }

  @Test
  void aHostNameCannotAddALineToTheHostList() {
    assertThatThrownBy(() -> JailFiles.into(folder, USER, "a\n1.2.3.4 b"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private String page(Kind kind) throws IOException, InterruptedException {
    try (var supervisor = Supervisor.open(folder.resolve("instances"), Events.NONE);
        var client = HttpClient.newHttpClient()) {
      int port = supervisor.freePort();
      var command = launch.command(kind, root, port, VARIABLES, JAIL);
      var instance =
          supervisor.start(
              ProcessSpec.of("shop/production/v1", command, port, new LogLabels("app", "shop", 1)));
      instance.awaitHealthy(ServedApp.LONG);
      var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/")).build();
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }
}
