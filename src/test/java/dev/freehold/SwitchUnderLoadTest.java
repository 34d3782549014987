package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.Freehold;
import dev.freehold.testing.TinyExport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Fifty switches between releases under constant requests: no request fails, and a page never
/// names an asset that cannot be had.
class SwitchUnderLoadTest {
  private static final int SWITCHES = 50;
  private static final int CLIENTS = 4;
  private static final long FEWEST_PAGES = 500;
  private static final Pattern ASSET = Pattern.compile("/assets/[^\"]+");

  @Test
  void noRequestIsLost() throws Exception {
    var export = TinyExport.create();
    try (var freehold = Freehold.fresh()) {
      var address = freehold.deploy(export.root(), "tiny");
      freehold.deploy(export.version(2).root(), "tiny");

      var wrong = new ConcurrentLinkedQueue<String>();
      var pages = new AtomicLong();
      var going = new AtomicBoolean(true);
      var clients = new ArrayList<Thread>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(Thread.ofPlatform().start(() -> load(address, going, pages, wrong)));
      }
      for (int i = 0; i < SWITCHES; i++) {
        freehold.run("rollback", i % 2 == 0 ? "v1" : "v2");
      }
      going.set(false);
      for (var client : clients) {
        client.join();
      }
      assertThat(List.copyOf(wrong)).isEmpty();
      assertThat(pages.get()).isGreaterThan(FEWEST_PAGES);
    }
  }

  private static void load(
      String address, AtomicBoolean going, AtomicLong pages, Queue<String> wrong) {
    var base = "http://127.0.0.1:" + URI.create(address).getPort();
    try (var http = HttpClient.newHttpClient()) {
      while (going.get()) {
        var page = get(http, base + "/");
        if (page.statusCode() != 200) {
          wrong.add("page " + page.statusCode());
          continue;
        }
        var asset = ASSET.matcher(page.body());
        var name = asset.find() ? asset.group() : "/nothing-named";
        var script = get(http, base + name);
        if (script.statusCode() != 200) {
          wrong.add(name + " " + script.statusCode());
        }
        pages.incrementAndGet();
      }
    } catch (IOException e) {
      wrong.add(e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static HttpResponse<String> get(HttpClient http, String address)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
