package dev.freehold.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.RawHttp;
import dev.freehold.http.Response;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Fifty releases go live one after the other while clients never stop asking, on connections they
/// keep and on fresh ones. No request fails, and a page always finds the script it names, even when
/// the next release has replaced it in between.
class SwitchUnderLoadTest {
  private static final int RELEASES = 50;
  private static final int KEPT_RECENT = 3;
  private static final int CLIENTS = 4;

  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger asked = new AtomicInteger();
  private final AtomicInteger handled = new AtomicInteger();
  private final AtomicIntegerArray rounds = new AtomicIntegerArray(CLIENTS);
  private volatile boolean over;

  @Test
  void noRequestFailsAndNoPageLosesItsScript(@TempDir Path store) throws Exception {
    try (var engine = HttpEngine.start(Events.NONE);
        var edge = new Edge(engine, EdgeSettings.on(ListenSpec.tcp("127.0.0.1", 0)), Events.NONE)) {
      List<StaticSite> recent = new ArrayList<>();
      assertThat(edge.install(release(1, store, recent)).join().cut()).isZero();
      int port = edge.listen().port();
      var clients = new ArrayList<Thread>();
      for (int i = 0; i < CLIENTS; i++) {
        boolean keepAlive = i % 2 == 0;
        int who = i;
        clients.add(Thread.ofVirtual().start(() -> askUntilOver(who, port, keepAlive)));
      }
      for (int number = 2; number <= RELEASES; number++) {
        var drained = edge.install(release(number, store, recent)).join();
        assertThat(drained).isEqualTo(new Drained("shop/production", number - 1, 0));
        awaitEveryClient();
      }
      over = true;
      for (var client : clients) {
        client.join();
      }
    }
    assertThat(failures).isEmpty();
    assertThat(asked.get()).isGreaterThan(RELEASES * 4);
    assertThat(handled.get()).isPositive();
  }

  @Test
  void noRequestFailsWhileProcessesTakeOverFromOneAnother() throws Exception {
    try (var blue = new NodeApp();
        var green = new NodeApp();
        var engine = HttpEngine.start(Events.NONE);
        var edge = new Edge(engine, EdgeSettings.on(ListenSpec.tcp("127.0.0.1", 0)), Events.NONE)) {
      assertThat(edge.install(process(1, blue)).join().cut()).isZero();
      int port = edge.listen().port();
      var clients = new ArrayList<Thread>();
      for (int i = 0; i < CLIENTS; i++) {
        boolean keepAlive = i % 2 == 0;
        clients.add(Thread.ofVirtual().start(() -> postUntilOver(port, keepAlive)));
      }
      for (int number = 2; number <= RELEASES; number++) {
        assertThat(edge.install(process(number, number % 2 == 0 ? green : blue)).join().cut())
            .isZero();
        Thread.sleep(20);
      }
      over = true;
      for (var client : clients) {
        client.join();
      }
    }
    assertThat(failures).isEmpty();
    assertThat(asked.get()).isGreaterThan(RELEASES);
  }

  private static Route process(int number, NodeApp app) {
    var content = new Content.ProcessContent(List.of(app.upstream()), StaticSite.EMPTY, List.of());
    return new Route("shop/production", number, Set.of("shop.localhost"), true, content, List.of());
  }

  private void postUntilOver(int port, boolean keepAlive) {
    try {
      var client = new RawHttp(port);
      while (!over) {
        asked.incrementAndGet();
        var answer =
            client.send("POST /count HTTP/1.1\nHost: localhost\nContent-Length: 5\n\nhello");
        expect(answer.status() == 200 && answer.text().equals("5"), "post: " + answer.status());
        client = keepAlive ? client : fresh(client, port);
      }
      client.close();
    } catch (RuntimeException broken) {
      failures.add(broken.toString());
    }
  }

  private Route release(int number, Path store, List<StaticSite> recent) {
    var script = "/assets/app-" + number + ".js";
    var site =
        new TestSite(store)
            .file("/index.html", number + " " + script)
            .hashed(script, "script " + number)
            .singlePage();
    var content = new Content.StaticContent(site, recent);
    recent.addFirst(site);
    while (recent.size() > KEPT_RECENT) {
      recent.removeLast();
    }
    var mount =
        new Mount(
            "/rest/v1",
            request -> {
              handled.incrementAndGet();
              return Response.text(200, "row");
            },
            1_000);
    return new Route(
        "shop/production", number, Set.of("shop.localhost"), true, content, List.of(mount));
  }

  /// Lets each client come round once: a browser asks for a page's script soon after the page, not
  /// after more releases than are kept, however busy the machine is that runs this test.
  private void awaitEveryClient() throws InterruptedException {
    var before = new int[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
      before[i] = rounds.get(i);
    }
    for (int i = 0; i < CLIENTS; i++) {
      while (rounds.get(i) == before[i] && failures.isEmpty()) {
        Thread.sleep(1);
      }
    }
  }

  private void askUntilOver(int who, int port, boolean keepAlive) {
    try {
      var client = new RawHttp(port);
      while (!over) {
        var page = ask(client, "/");
        var words = page.text().split(" ");
        expect(page.status() == 200 && words.length == 2, "page: " + page.status());
        client = keepAlive ? client : fresh(client, port);
        var script = ask(client, words[1]);
        expect(script.status() == 200, words[1] + ": " + script.status());
        rounds.incrementAndGet(who);
        expect(script.text().equals("script " + words[0]), script.text());
        var row = ask(client, "/rest/v1/todos");
        expect(row.status() == 200, "row: " + row.status());
        client = keepAlive ? client : fresh(client, port);
      }
      client.close();
    } catch (RuntimeException broken) {
      failures.add(broken.toString());
    }
  }

  private static RawHttp fresh(RawHttp client, int port) {
    client.close();
    return new RawHttp(port);
  }

  private RawHttp.Answer ask(RawHttp client, String path) {
    asked.incrementAndGet();
    return client.send("GET " + path + " HTTP/1.1\nHost: shop.localhost\n\n");
  }

  private void expect(boolean right, String otherwise) {
    if (!right) {
      failures.add(otherwise);
    }
  }
}
