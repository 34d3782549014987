package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.Freehold;
import dev.freehold.testing.TinyExport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The real `@supabase/supabase-js` from npm, an old and a current one, against the running server:
/// `src/test/js` holds what exports do with it.
class ClientSuiteTest {
  private static final Path SUITE = Path.of("src", "test", "js");

  @Test
  void theClientsFindWhatTheyKnow() throws IOException, InterruptedException {
    var export = TinyExport.create();
    export.write(
        "supabase/migrations/20260102000000_salon.sql",
        Files.readString(SUITE.resolve("schema.sql")));
    export.write(
        "supabase/migrations/20260103000000_realtime.sql",
        Files.readString(SUITE.resolve("realtime.sql")));
    try (var freehold = Freehold.fresh()) {
      var address = freehold.deploy(export.root(), "suite");
      var keys = freehold.keys("suite").api();
      var s3 = JsonMapper.shared().readTree(freehold.run("storage", "s3", "suite", "--json").out());
      var builder =
          new ProcessBuilder("node", "suite.mjs")
              .directory(SUITE.toFile())
              .redirectErrorStream(true);
      builder
          .environment()
          .put("SUPABASE_URL", "http://127.0.0.1:" + URI.create(address).getPort());
      builder.environment().put("STORAGE_S3_ACCESS_KEY_ID", s3.path("access_key_id").asString());
      builder.environment().put("STORAGE_S3_SECRET", s3.path("secret_access_key").asString());
      builder.environment().put("SUPABASE_ANON_KEY", keys.anon());
      builder.environment().put("SUPABASE_SERVICE_ROLE_KEY", keys.serviceRole());
      builder.environment().put("SUPABASE_PUBLISHABLE_KEY", keys.publishable());
      var suite = builder.start();
      var said = new String(suite.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = suite.waitFor();
      var failures = said.lines().filter(line -> line.startsWith("not ok")).toList();
      assertThat(failures).as(said).isEmpty();
      assertThat(exit).as(said).isZero();
      assertThat(said).containsPattern("[1-9][0-9]+ passed, 0 failed");
      statusTellsOfRealtime(freehold, address, keys.anon());
      assertThat(freehold.run("storage", "verify", "suite", "--read").out())
          .contains("Rows and bytes agree");
      assertThat(freehold.run("storage", "list", "suite").out()).contains("albums", "private");
    }
  }

  private static void statusTellsOfRealtime(Freehold freehold, String address, String key)
      throws InterruptedException {
    var join =
        "{\"topic\":\"realtime:a\",\"event\":\"phx_join\",\"ref\":\"1\",\"payload\":{\"config\":{}}}";
    var uri =
        URI.create("ws://127.0.0.1:" + URI.create(address).getPort())
            .resolve("/realtime/v1/websocket?vsn=1.0.0&apikey=" + key);
    try (var http = HttpClient.newHttpClient()) {
      var socket = http.newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {}).join();
      socket.sendText(join, true).join();
      JsonNode told = JsonMapper.shared().nullNode();
      for (int i = 0; i < 100 && !told.path("changes").asString("").equals("reading"); i++) {
        Thread.sleep(100);
        told = freehold.run("status", "--json").json().at("/environments/0/realtime");
      }
      assertThat(told.path("sockets").asInt()).as("" + told).isEqualTo(1);
      assertThat(told.path("channels").asInt()).isEqualTo(1);
      assertThat(told.path("slot").asString()).startsWith("freehold_realtime_");
      assertThat(freehold.run("status").out())
          .containsPattern("suite/production +1 +1 +reading +[0-9]+ MB +[0-9]+ MB");
      socket.abort();
    }
  }
}
