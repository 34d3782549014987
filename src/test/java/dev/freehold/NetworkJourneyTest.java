package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import dev.freehold.os.Running;
import dev.freehold.testing.Freehold;
import dev.freehold.testing.TinyExport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A deployed function tries in every way it has to reach what it must not: a program of this
/// machine, another app's database, a private network. It reaches its own address, its own database
/// and a public host, which a network namespace stands for. Runs as root, as on a server.
class NetworkJourneyTest {
  private static final String NAMESPACE = "freehold-net";
  private static final String PUBLIC = "198.51.100.214";
  private static final String PRIVATE = "10.213.7.2";
  private static final int PORT = 21_590;

  private static final String PROBE =
      """
      import postgres from "npm:postgres@3.4.5";
      import net from "node:net";
      import { createClient } from "npm:@supabase/supabase-js@2";

      const ways: Record<string, (host: string, port: number) => Promise<string>> = {
        fetch: async (host, port) => await (await fetch(`http://${host}:${port}/`)).text(),
        redirect: async (host, port) => await (await fetch(host)).text(),
        tcp: async (host, port) => {
          const hostname = host.replace(/[\\[\\]]/g, "");
          (await Deno.connect({ hostname, port })).close();
          return "connected";
        },
        node: (host, port) => new Promise((done, failed) => {
          const socket = net.connect(port, host.replace(/[\\[\\]]/g, ""));
          socket.on("connect", () => { socket.destroy(); done("connected"); });
          socket.on("error", failed);
        }),
        sql: async (host) => {
          const sql = postgres(host || Deno.env.get("SUPABASE_DB_URL")!, { connect_timeout: 20 });
          try {
            return String((await sql`select count(*)::int as n from public.visitors`)[0].n);
          } finally {
            await sql.end({ timeout: 1 });
          }
        },
        api: async () => {
          const client = createClient(
            Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
          const { data, error } = await client.from("visitors").select();
          if (error) throw new Error(error.message);
          return String(data.length);
        },
      };

      Deno.serve(async (req: Request) => {
        const said: Record<string, string> = {};
        for (const [way, host, port] of await req.json()) {
          const name = `${way} ${host} ${port}`;
          try {
            said[name] = await ways[way](host, port);
          } catch (e) {
            said[name] = "refused";
            console.log(name, String(e), String((e as Error).cause ?? ""));
          }
        }
        return Response.json(said);
      });
      """;

  private final CountDownLatch listening = new CountDownLatch(1);
  private HttpServer canary;
  private Running outside;

  @BeforeEach
  void listen() throws IOException, InterruptedException {
    canary = HttpServer.create(new InetSocketAddress("::", 0), 0);
    canary.createContext(
        "/",
        exchange -> {
          var body = "canary".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    canary.start();
    removeNetwork();
    must(true, "ip", "netns", "add", NAMESPACE);
    must(true, "ip", "link", "add", "fh-net", "type", "veth", "peer", "fh-far");
    must(true, "ip", "link", "set", "fh-far", "netns", NAMESPACE);
    must(true, "ip", "link", "set", "fh-net", "up");
    must(true, "ip", "address", "add", "198.51.100.213/30", "dev", "fh-net");
    must(true, "ip", "address", "add", "10.213.7.1/30", "dev", "fh-net");
    inside("ip", "link", "set", "fh-far", "up");
    inside("ip", "address", "add", PUBLIC + "/30", "dev", "fh-far");
    inside("ip", "address", "add", PRIVATE + "/30", "dev", "fh-far");
    var script =
        "require('node:http').createServer((req, res) => req.url === '/away'"
            + " ? res.writeHead(302, { location: 'http://127.0.0.1:%d/' }).end()"
                .formatted(canary.getAddress().getPort())
            + " : res.end('outside')).listen(%d, () => console.log('up'))".formatted(PORT);
    outside =
        Commands.start(
            Command.of("ip", "netns", "exec", NAMESPACE, "node", "-e", script),
            line -> listening.countDown());
    assertThat(listening.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @AfterEach
  void close() {
    canary.stop(0);
    outside.stop(Duration.ofSeconds(2));
    removeNetwork();
  }

  private static void removeNetwork() {
    must(false, "ip", "link", "del", "fh-net");
    must(false, "ip", "netns", "del", NAMESPACE);
  }

  @Test
  void aFunctionReachesTheInternetItsAddressAndItsDatabaseAndNothingElse() throws IOException {
    var export = TinyExport.create();
    export.write(
        "supabase/migrations/20260102000000_visitors.sql",
        "create table public.visitors (id int); insert into public.visitors values (1), (2);");
    export.write("supabase/functions/probe/index.ts", PROBE);
    int port = canary.getAddress().getPort();
    try (var freehold = Freehold.fresh()) {
      freehold.deploy(export.root(), "shop");
      freehold.deploy(TinyExport.create().root(), "other");
      assertThat(freehold.run("status").err()).doesNotContain("nftables");
      assertHeld(freehold, port);

      var said = freehold.run("network", "allow", "127.0.0.1:" + port, "--app", "shop");
      assertThat(said.out()).contains("127.0.0.1:" + port + " is open to the app");
      freehold.run("network", "allow", "10.213.0.0/16", "--app", "shop");
      var opened =
          probe(
              freehold,
              List.of(List.of("fetch", "127.0.0.1", port), List.of("fetch", PRIVATE, PORT)));
      assertThat(opened)
          .containsEntry("fetch 127.0.0.1 " + port, "canary")
          .containsEntry("fetch " + PRIVATE + " " + PORT, "outside");
      assertThat(freehold.run("network", "list", "shop").out())
          .contains("127.0.0.1:" + port, "10.213.0.0/16");
      freehold.run("network", "forbid", "127.0.0.1:" + port, "--app", "shop");
      freehold.run("network", "forbid", "10.213.0.0/16", "--app", "shop");
      assertRefusals(freehold);

      ProcessHandle.of(freehold.serverPid()).orElseThrow().destroyForcibly();
      freehold.run("up");
      assertHeld(freehold, port);
      var block = Files.readAllLines(freehold.data().resolve("control/jail-users")).getFirst();
      assertThat(tables()).contains("table inet freehold_" + block);
      freehold.run("down");
      assertThat(tables()).doesNotContain("table inet freehold_" + block);
    }
  }

  private static void assertHeld(Freehold freehold, int port) throws IOException {
    var theirs =
        Integer.parseInt(
            Files.readString(freehold.data().resolve("clusters/other.production/port")).strip());
    var tried = new java.util.ArrayList<List<Object>>();
    for (var host :
        List.of(
            "127.0.0.1",
            "localhost",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "0.0.0.0",
            "2130706433",
            "0x7f.1",
            "127.9.9.9",
            "[::]",
            "shop.localhost",
            "198.51.100.213")) {
      for (var way : List.of("fetch", "tcp", "node")) {
        tried.add(List.of(way, host, port));
      }
    }
    tried.add(List.of("tcp", "127.0.0.1", theirs));
    tried.add(List.of("redirect", "http://" + PUBLIC + ":" + PORT + "/away", 0));
    tried.add(List.of("fetch", PRIVATE, PORT));
    tried.add(List.of("fetch", "169.254.169.254", 80));
    probe(freehold, tried)
        .forEach((name, outcome) -> assertThat(outcome).as(name).isEqualTo("refused"));
    assertThat(
            probe(
                freehold,
                List.of(
                    List.of("fetch", PUBLIC, PORT),
                    List.of("tcp", PUBLIC, PORT),
                    List.of("node", PUBLIC, PORT),
                    List.of("sql", "", 0),
                    List.of("api", "", 0))))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "fetch " + PUBLIC + " " + PORT,
                "outside",
                "tcp " + PUBLIC + " " + PORT,
                "connected",
                "node " + PUBLIC + " " + PORT,
                "connected",
                "sql  0",
                "2",
                "api  0",
                "2"));
  }

  private void assertRefusals(Freehold freehold) {
    int port = canary.getAddress().getPort();
    assertThat(
            probe(
                freehold,
                List.of(List.of("fetch", "127.0.0.1", port), List.of("fetch", PRIVATE, PORT))))
        .containsEntry("fetch 127.0.0.1 " + port, "refused")
        .containsEntry("fetch " + PRIVATE + " " + PORT, "refused");
    Map.of(
            "169.254.169.254", "host-closed",
            "127.0.0.1", "host-invalid",
            "no host", "host-invalid",
            "db.internal:70000", "host-invalid")
        .forEach((host, code) -> {
          var said = freehold.tryTo("network", "allow", host, "--app", "shop");
          assertThat(said.exit()).isEqualTo(1);
          assertThat(said.err()).contains(code);
        });
    assertThat(freehold.tryTo("network", "forbid", "10.0.0.1", "--app", "shop").err())
        .contains("host-not-allowed");
  }

  private static Map<String, String> probe(Freehold freehold, List<List<Object>> tried) {
    var body = JsonMapper.shared().writeValueAsString(tried);
    JsonNode said =
        JsonMapper.shared()
            .readTree(
                freehold
                    .run("functions", "invoke", "probe", "--app", "shop", "--body", body)
                    .out());
    var all = new java.util.LinkedHashMap<String, String>();
    said.properties().forEach(entry -> all.put(entry.getKey(), entry.getValue().asString()));
    return all;
  }

  private static List<String> tables() {
    return Commands.run(Command.of("nft", "list", "tables")).out().lines().toList();
  }

  private static void inside(String... words) {
    var all = new java.util.ArrayList<>(List.of("ip", "netns", "exec", NAMESPACE));
    all.addAll(List.of(words));
    must(true, all.toArray(String[]::new));
  }

  private static void must(boolean succeed, String... words) {
    var outcome = Commands.run(Command.of(words));
    assertThat(outcome.ok() || !succeed).as(outcome.lastWords()).isTrue();
  }
}
