package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.os.DurableFiles;
import dev.freehold.testing.Freehold;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An export with edge functions goes live: the real client calls them, the command line shows
/// them, and a rollback brings the earlier code back.
class FunctionsJourneyTest {
  private static final String HELLO =
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
        const { name } = await req.json();
        const { data } = await admin.from("visitors").insert({ name }).select().single();
        console.log("greeted", name);
        return Response.json({ text: greeting(name), id: data.id, token: Deno.env.get("MY_TOKEN") });
      });
      """;

  @Test
  void functionsGoLiveAreCalledAndRolledBack() throws Exception {
    var export = Files.createTempDirectory("freehold-functions-export");
    try (var freehold = Freehold.fresh()) {
      write(
          export,
          "index.html",
          "<script>const u = 'https://abcdefghijklmnopqrst.supabase.co'</script>");
      write(export, "supabase/functions/hello/index.ts", HELLO);
      write(
          export,
          "supabase/migrations/20250101000000_visitors.sql",
          "create table public.visitors (id int generated always as identity, name text);");
      greet(export, "Hello");
      var address = freehold.deploy(export, "shop");
      Files.writeString(freehold.data().resolve("token"), "sesame");
      var said = client(address, freehold.keys("shop").api().anon());
      assertThat(said.path("hello").path("text").asString()).isEqualTo("Hello, Ada");
      assertThat(said.path("hello").path("id").asInt()).isEqualTo(1);
      assertThat(said.path("form").path("field").asString()).isEqualTo("value");
      assertThat(said.path("text").asString()).isEqualTo("plain words");
      assertThat(said.path("refused").toString()).isEqualTo("[\"FunctionsHttpError\",422]");
      assertThat(said.path("missing").toString()).isEqualTo("[\"FunctionsHttpError\",404]");
      assertThat(said.path("events").asString()).isEqualTo("data: 1\n\n");

      greet(export, "Good day");
      freehold.deploy(export, "shop");
      assertThat(invoke(freehold).path("text").asString()).isEqualTo("Good day, Bob");
      freehold.run("rollback");
      assertThat(invoke(freehold).path("text").asString()).isEqualTo("Hello, Bob");

      assertThat(freehold.run("functions", "list").out()).contains("hello", "with a token", "v1");
      assertThat(freehold.run("functions", "stats").out()).contains("hello", "ms");
      assertThat(freehold.run("logs", "--function", "hello").out())
          .contains("greeted Ada", "POST /hello 200 in", "cold start");
      var refused = freehold.tryTo("functions", "invoke", "hello", "--path", "/refuse");
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.err()).contains("function-failed");
    } finally {
      DurableFiles.deleteTree(export);
    }
  }

  private static void greet(Path export, String word) throws IOException {
    write(
        export,
        "supabase/functions/_shared/greeting.ts",
        "export const greeting = (name: string) => `" + word + ", ${name}`;\n");
  }

  private static JsonNode invoke(Freehold freehold) {
    var answer = freehold.run("functions", "invoke", "hello", "--body", "{\"name\":\"Bob\"}");
    return JsonMapper.shared().readTree(answer.out());
  }

  private static JsonNode client(String address, String key) throws Exception {
    var process =
        new ProcessBuilder("node", "functions.mjs", address, key)
            .directory(Path.of("src/test/js").toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return JsonMapper.shared().readTree(out);
  }

  private static void write(Path export, String path, String text) throws IOException {
    var file = export.resolve(path);
    Files.createDirectories(DurableFiles.parent(file));
    Files.writeString(file, text);
  }
}
