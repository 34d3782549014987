package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.Freehold;
import dev.freehold.testing.TinyExport;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An export with an edge function goes live: the real client calls it, a second deploy changes its
/// code, a rollback and a crash of the server bring the earlier code back, and the command line
/// shows all of it.
class FunctionsJourneyTest {
  private static final Path SCRIPTS = Path.of("src", "test", "js");
  private static final int CLIENT_SECONDS = 60;

  static final String VISITORS =
      "create table public.visitors (id int generated always as identity, name text);";

  /// A function that does what functions of real exports do.
  static final String HELLO =
      """
      import { createClient } from "https://esm.sh/@supabase/supabase-js@2.45.0";
      import { greeting } from "../_shared/greeting.ts";

      Deno.serve(async (req: Request) => {
        const path = new URL(req.url).pathname;
        if (path === "/hello/text") return new Response("plain words");
        if (path === "/hello/refuse") return Response.json({ error: "no" }, { status: 422 });
        if (path === "/hello/events") {
          return new Response("data: 1\\n\\n", { headers: { "content-type": "text/event-stream" } });
        }
        if (req.headers.get("content-type")?.startsWith("multipart/")) {
          return Response.json({ field: (await req.formData()).get("field") });
        }
        const admin = createClient(
          Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
        if (path === "/hello/who") {
          const token = req.headers.get("authorization")!.replace("Bearer ", "");
          const { data } = await admin.auth.getUser(token);
          return Response.json({ email: data.user?.email ?? "nobody" });
        }
        const { name } = await req.json();
        const { data, error } = await admin.from("visitors").insert({ name }).select().single();
        if (error) throw error;
        console.log("greeted", name);
        return Response.json({ text: greeting(name), id: data.id, token: Deno.env.get("MY_TOKEN") });
      });
      """;

  @Test
  void functionsGoLiveAreCalledAndRolledBack() throws IOException, InterruptedException {
    var export = TinyExport.create();
    export.write("supabase/migrations/20260102000000_visitors.sql", VISITORS);
    export.write("supabase/functions/hello/index.ts", HELLO);
    greet(export, "Hello");
    try (var freehold = Freehold.fresh()) {
      var address = freehold.deploy(export.root(), "shop");
      assertClientIsAnswered(client(address, freehold.keys("shop").api().anon()));
      assertCommandsShowTheCalls(freehold);

      freehold.withInput("sesame", "secrets", "set", "MY_TOKEN");
      greet(export, "Good day");
      freehold.deploy(export.root(), "shop");
      var second = invoke(freehold);
      assertThat(second.path("text").asString()).isEqualTo("Good day, Bob");
      assertThat(second.path("token").asString()).isEqualTo("sesame");
      assertThat(freehold.run("functions", "list").out()).contains("v2");

      freehold.run("rollback");
      var earlier = invoke(freehold);
      assertThat(earlier.path("text").asString()).isEqualTo("Hello, Bob");
      assertThat(earlier.has("token")).isFalse();
      assertThat(earlier.path("id").asInt()).isEqualTo(3);

      assertThat(functionsRunning(freehold)).isPositive();
      ProcessHandle.of(freehold.serverPid()).orElseThrow().destroyForcibly();
      freehold.run("up");
      assertThat(functionsRunning(freehold)).isZero();
      assertThat(invoke(freehold).path("text").asString()).isEqualTo("Hello, Bob");

      assertThat(functionsRunning(freehold)).isPositive();
      freehold.run("down");
      assertThat(functionsRunning(freehold)).isZero();
    }
  }

  static void assertClientIsAnswered(JsonNode said) {
    assertThat(said.path("hello").toString()).isEqualTo("{\"text\":\"Hello, Ada\",\"id\":1}");
    assertThat(said.path("form").toString()).isEqualTo("{\"field\":\"value\"}");
    assertThat(said.path("text").asString()).isEqualTo("plain words");
    assertThat(said.path("events").asString()).isEqualTo("data: 1\n\n");
    assertThat(said.path("nobody").toString()).isEqualTo("{\"email\":\"nobody\"}");
    assertThat(said.path("user").toString()).isEqualTo("{\"email\":\"ada@example.com\"}");
    assertThat(said.path("refused").toString())
        .contains("\"FunctionsHttpError\"", "422", "{\\\"error\\\":\\\"no\\\"}");
    assertThat(said.path("missing").toString())
        .contains("\"FunctionsHttpError\"", "404", "NOT_FOUND");
    assertThat(said.path("stranger").toString())
        .isEqualTo("{\"status\":401,\"code\":\"UNAUTHORIZED_NO_AUTH_HEADER\"}");
  }

  private static void assertCommandsShowTheCalls(Freehold freehold) {
    assertThat(freehold.run("functions", "list").out()).contains("hello", "with a token", "v1");
    assertThat(freehold.run("functions", "stats").out()).containsPattern("hello +7 +0 +1 .* ms");
    assertThat(freehold.run("logs", "--function", "hello").out())
        .contains("greeted Ada", "POST /hello 200 in", "cold start");
    var refused = freehold.tryTo("functions", "invoke", "hello", "--path", "/refuse");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("function-failed");
  }

  private static void greet(TinyExport export, String word) {
    export.write(
        "supabase/functions/_shared/greeting.ts",
        "export const greeting = (name: string) => `" + word + ", ${name}`;\n");
  }

  private static JsonNode invoke(Freehold freehold) {
    return JsonMapper.shared()
        .readTree(
            freehold.run("functions", "invoke", "hello", "--body", "{\"name\":\"Bob\"}").out());
  }

  /// What the real client is answered. It goes to the machine's own address: not every resolver
  /// knows the names below `localhost`, as browsers do.
  static JsonNode client(String address, String key) throws IOException, InterruptedException {
    var loopback = "http://127.0.0.1:" + URI.create(address).getPort();
    var process =
        new ProcessBuilder("node", "functions.mjs", loopback, key)
            .directory(SCRIPTS.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(CLIENT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(out).isZero();
    return JsonMapper.shared().readTree(out);
  }

  private static long functionsRunning(Freehold freehold) {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(freehold.data() + "/") && line.contains("function-boot.mjs"))
        .count();
  }
}
