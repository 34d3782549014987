package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.Freehold;
import dev.freehold.testing.ModelServer;
import dev.freehold.testing.TinyExport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An export whose function calls Lovable's AI gateway goes live with its code unchanged: without a
/// provider it is told what to do, with one it is answered, and what it spends is bounded and
/// counted, also over a crash.
class AiJourneyTest {
  /// As Lovable writes them, with `fetch`, the packages of OpenAI and of Vercel, and axios.
  private static final String FUNCTION =
      """
      import { serve } from "https://deno.land/std@0.168.0/http/server.ts";
      import OpenAI from "npm:openai@6.49.0";
      import axios from "npm:axios@1.21.1";
      import { createOpenAICompatible } from "npm:@ai-sdk/openai-compatible@2.0.87";
      import { generateText } from "npm:ai@6.0.326";

      const baseURL = "https://ai.gateway.lovable.dev/v1";
      const messages = [{ role: "user", content: "Hello?" }];

      serve(async (req) => {
        const { way, model } = await req.json();
        const key = Deno.env.get("LOVABLE_API_KEY");
        if (!key) throw new Error("LOVABLE_API_KEY is not configured");
        if (way === "openai") {
          const client = new OpenAI({ apiKey: key, baseURL });
          const answer = await client.chat.completions.create({ model, messages });
          return Response.json({ text: answer.choices[0].message.content });
        }
        if (way === "axios") {
          const answer = await axios.post(baseURL + "/chat/completions", { model, messages });
          return Response.json({ text: answer.data.choices[0].message.content });
        }
        if (way === "sdk") {
          const gateway = createOpenAICompatible({
            name: "lovable", baseURL, headers: { "Lovable-API-Key": key } });
          const { text } = await generateText({ model: gateway(model), prompt: "Hello?" });
          return Response.json({ text });
        }
        const response = await fetch(baseURL + "/chat/completions", {
          method: "POST",
          headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
          body: JSON.stringify({ model, messages, stream: way === "stream" }),
        });
        if (way === "stream") {
          return new Response(response.body, { headers: { "Content-Type": "text/event-stream" } });
        }
        if (response.status === 402) {
          return Response.json({ error: "Payment required, please add funds." }, { status: 402 });
        }
        const env = JSON.stringify(Deno.env.toObject());
        return Response.json({ status: response.status, said: await response.json(), env });
      });
      """;

  @Test
  void callsOfLovablesGatewayAreAnsweredByTheOwnersProvider() throws Exception {
    var export = TinyExport.create();
    export.write("supabase/config.toml", "[functions.chat]\nverify_jwt = false\n");
    export.write("supabase/functions/chat/index.ts", FUNCTION);
    try (var models = ModelServer.start();
        var freehold = Freehold.fresh()) {
      var address = freehold.deploy(export.root(), "shop");
      assertThat(freehold.run("inspect", export.root().toString()).out())
          .contains("freehold ai set");
      assertToldWhatToDo(address);

      set(freehold, models, "--cap", "0.05");
      assertAnswered(address, models);
      assertCounted(freehold);

      ProcessHandle.of(freehold.serverPid()).orElseThrow().destroyForcibly();
      freehold.run("up");
      assertThat(freehold.run("ai", "show").out()).contains("Spent:    0.003 of 0.05");
      freehold.run("ai", "set", "--cap", "0.02");
      var over = call(address, "fetch", "usual");
      assertThat(over.statusCode()).isEqualTo(402);
      assertThat(over.body()).contains("Payment required, please add funds.");

      freehold.run("ai", "set", "--cap", "none");
      assertThat(text(call(address, "fetch", "usual"))).isEqualTo("Hello from usual");
      assertStreamEndsWithItsReader(address, models);
      freehold.run("ai", "unset");
      assertToldWhatToDo(address);
      assertThat(freehold.tryTo("ai", "test").err()).contains("ai-not-set");
      assertNoKeyIsWritten(freehold);
    }
  }

  private static void set(Freehold freehold, ModelServer models, String... more) {
    var words = new ArrayList<>(List.of("ai", "set", "shop"));
    words.addAll(List.of("--url", models.url()));
    words.addAll(List.of("--model", "google/gemini-2.5-flash=usual"));
    words.addAll(List.of("--price", "usual=1,10"));
    words.addAll(List.of(more));
    var said = freehold.withInput(ModelServer.KEY + "\n", words.toArray(String[]::new));
    assertThat(said.err()).isEmpty();
    assertThat(said.out())
        .contains("Key:      set", "google/gemini-2.5-flash → usual", "Spent:    0 of 0.05")
        .doesNotContain(ModelServer.KEY);
  }

  private static void assertToldWhatToDo(String address) throws Exception {
    var answer = JsonMapper.shared().readTree(call(address, "fetch", "usual").body());
    assertThat(answer.path("status").asInt()).isEqualTo(501);
    assertThat(answer.path("said").path("error").path("message").asString())
        .contains("freehold ai set shop --url");
  }

  private static void assertAnswered(String address, ModelServer models) throws Exception {
    var first = call(address, "fetch", "google/gemini-2.5-flash");
    assertThat(text(first)).isEqualTo("Hello from usual");
    assertThat(first.body()).doesNotContain(ModelServer.KEY, "FREEHOLD_CALLS");
    assertThat(text(call(address, "openai", "usual"))).isEqualTo("Hello from usual");
    assertThat(text(call(address, "sdk", "usual"))).isEqualTo("Hello from usual");
    assertThat(text(call(address, "axios", "usual"))).isEqualTo("Hello from usual");
    var streamed = call(address, "stream", "usual").body();
    assertThat(streamed).contains("word0", "[DONE]").doesNotContain("usage");
    assertThat(models.asked())
        .allSatisfy(asked ->
            assertThat(asked.header("Authorization")).isEqualTo("Bearer " + ModelServer.KEY));
    var stranger =
        send(address, "/~ai/v1/chat/completions", "{\"model\":\"usual\",\"messages\":[]}");
    assertThat(stranger.statusCode()).isEqualTo(401);
    assertThat(models.asked()).hasSize(5);
  }

  private static void assertCounted(Freehold freehold) {
    var usage = freehold.run("ai", "usage", "--json").json();
    assertThat(usage.path("cost").asString()).isEqualTo("0.003");
    assertThat(usage.path("usage").path(0).path("caller").asString()).isEqualTo("chat");
    assertThat(freehold.run("ai", "usage").out())
        .containsPattern("chat +google/gemini-2.5-flash → usual +1 +0 +100 +50 +0.0006")
        .containsPattern("chat +usual +4 +0 +400 +200 +0.0024");
    assertThat(freehold.run("logs", "--source", "ai").out())
        .contains("chat: /chat/completions google/gemini-2.5-flash → usual 200");
  }

  /// Who reads a stream of the function and leaves ends the provider's work as well.
  private static void assertStreamEndsWithItsReader(String address, ModelServer models)
      throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var answer =
          client.send(
              request(address, "/functions/v1/chat", body("stream", "endless")),
              HttpResponse.BodyHandlers.ofInputStream());
      assertThat(answer.body().readNBytes(200)).hasSize(200);
      answer.body().close();
    }
    assertThat(models.left().poll(20, TimeUnit.SECONDS)).isEqualTo("endless");
  }

  private static void assertNoKeyIsWritten(Freehold freehold) throws IOException {
    freehold.run("down");
    try (var files = Files.walk(freehold.data())) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        if (Files.size(file) < 64 << 20 && !file.toString().contains("/toolchains/")) {
          assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
              .as(file.toString())
              .doesNotContain(ModelServer.KEY);
        }
      }
    }
  }

  private static String text(HttpResponse<String> answer) {
    assertThat(answer.body()).contains("Hello from usual");
    JsonNode said = JsonMapper.shared().readTree(answer.body());
    var plain = said.path("text").asString("");
    return plain.isEmpty() ? said.at("/said/choices/0/message/content").asString("") : plain;
  }

  private static HttpResponse<String> call(String address, String way, String model)
      throws Exception {
    return send(address, "/functions/v1/chat", body(way, model));
  }

  private static String body(String way, String model) {
    return "{\"way\":\"%s\",\"model\":\"%s\"}".formatted(way, model);
  }

  private static HttpResponse<String> send(String address, String path, String body)
      throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request(address, path, body), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static HttpRequest request(String address, String path, String body) {
    var port = URI.create(address).getPort();
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }
}
