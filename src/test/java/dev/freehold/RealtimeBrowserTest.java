package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.postgres.Database;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.BackendProcess;
import dev.freehold.testing.Browser;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two people with the real `@supabase/supabase-js` in Chromium: changes of their own rows,
/// broadcast, presence and private channels, through a kill of the server, a restart, and a token
/// that is renewed.
class RealtimeBrowserTest {
  private static final Path SUITE = Path.of("src", "test", "js");
  private static final Path LIBRARY =
      SUITE.resolve("node_modules/@supabase/supabase-js/dist/umd/supabase.js");

  /// The client's longest pause between two attempts is ten seconds.
  private static final double PATIENCE_MS = 40_000;

  private static final long SILENCE_MS = 700;

  private static final String SCHEMA =
      """
      create table notes (
        id bigint generated always as identity primary key,
        owner uuid not null default auth.uid(), text text);
      alter table notes enable row level security;
      create policy own on notes to authenticated using (owner = auth.uid());
      grant select, insert on notes to authenticated;
      alter publication supabase_realtime add table notes;
      create policy desks on realtime.messages for select to authenticated
        using (realtime.topic() = 'desk:' || auth.uid());
      """;

  @TempDir Path folder = Path.of("");
  private final Database database = TestPostgres.create();
  private final HttpEngine engine = HttpEngine.start(Events.NONE);
  private final Listener pages = engine.listen(ListenSpec.tcp("127.0.0.1", 0), this::page);
  private final Browser browser = Browser.open();

  @AfterEach
  void close() {
    browser.close();
    pages.drain(Duration.ofSeconds(1));
    engine.close();
  }

  private Response page(Request request) {
    try {
      return request.path().equals("/supabase.js")
          ? Response.of(200, "text/javascript", Files.readString(LIBRARY))
          : Response.of(200, "text/html", Files.readString(SUITE.resolve("page.html")));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private BackendProcess backend(String settings) {
    TestPostgres.bounded();
    var backend = BackendProcess.start(folder, database, settings);
    TestPostgres.execute(database.as("postgres", ""), SCHEMA);
    TestPostgres.execute(database, "notify pgrst, 'reload schema'");
    return backend;
  }

  /// A person in a page of their own, in every channel and subscribed to changes.
  private static final class Person {
    final Page page;
    final String id;

    Person(Page page, String address, BackendProcess backend, String name) {
      this.page = page;
      page.navigate(address);
      var known =
          Map.of("url", backend.address(), "key", BackendProcess.ANON_KEY, "email", mail(name));
      this.id = (String) page.evaluate("enter", known);
      subscribed(1);
    }

    static String mail(String name) {
      return name + "@example.com";
    }

    void subscribed(int times) {
      until(
          "joined() && told.systems.filter((s) => s.startsWith('Subscribed')).length >= " + times);
    }

    void until(String condition) {
      page.waitForFunction(
          "() => " + condition,
          null,
          new Page.WaitForFunctionOptions().setTimeout(PATIENCE_MS).setPollingInterval(50));
    }

    Object told(String what) {
      return page.evaluate("told." + what);
    }

    void does(String what) {
      page.evaluate(what);
    }
  }

  private Person person(BackendProcess backend, String name) {
    return new Person(browser.page(), "http://127.0.0.1:" + pages.port() + "/", backend, name);
  }

  private void write(Person owner, String text) {
    TestPostgres.execute(
        database, "insert into notes (owner, text) values ('" + owner.id + "', '" + text + "')");
  }

  private void ring(Person who, String text) {
    TestPostgres.execute(
        database,
        "select realtime.send('{\"text\": \"%s\"}', 'ring', 'desk:%s', true)"
            .formatted(text, who.id));
  }

  private static void everything(RealtimeBrowserTest test, Person ann, Person bob, String word) {
    assertThat(ann.page.evaluate("write('" + word + "')")).isEqualTo("");
    ann.until("told.rows.includes('INSERT " + word + "')");
    bob.does("say('" + word + "')");
    ann.until("told.says.includes('" + word + "')");
    test.ring(ann, word);
    ann.until("told.rings.includes('" + word + "')");
    for (var one : List.of(ann, bob)) {
      one.until("present() === 'ann@example.com bob@example.com'");
    }
  }

  @Test
  void pagesHearWhatIsTheirsThroughAKillAndARestart() throws InterruptedException {
    try (var backend = backend("")) {
      var ann = person(backend, "ann");
      var bob = person(backend, "bob");
      everything(this, ann, bob, "first");
      assertThat(bob.page.evaluate("knock('" + ann.id + "')")).isEqualTo("CHANNEL_ERROR");

      backend.kill();
      write(ann, "while it was down");
      backend.startAgain();
      ann.subscribed(2);
      bob.subscribed(2);
      ann.until("told.rows.includes('INSERT while it was down')");
      everything(this, ann, bob, "second");

      backend.end();
      write(ann, "while it was away");
      backend.startAgain();
      ann.subscribed(3);
      bob.subscribed(3);
      everything(this, ann, bob, "third");

      Thread.sleep(SILENCE_MS);
      assertThat(ann.told("rows"))
          .isEqualTo(
              List.of(
                  "INSERT first",
                  "INSERT while it was down",
                  "INSERT second",
                  "INSERT while it was away",
                  "INSERT third"));
      assertThat(bob.told("rows")).isEqualTo(List.of());
      assertThat(bob.told("rings")).isEqualTo(List.of());
      assertThat(ann.told("rings")).isEqualTo(List.of("first", "second", "third"));
    }
  }

  @Test
  void aTokenIsRenewedInPlaceAndAnExpiredOneEndsTheChannel() throws InterruptedException {
    try (var backend = backend("jwt-exp = 8\n")) {
      var bob = person(backend, "bob");
      var ann = person(backend, "ann");
      var sockets = new CopyOnWriteArrayList<String>();
      ann.page.onWebSocket(socket -> sockets.add(socket.url()));
      for (int i = 0; i < 3; i++) {
        ann.page.waitForTimeout(4_000);
        ann.does("refresh()");
      }
      write(ann, "still here");
      ann.until("told.rows.includes('INSERT still here')");
      assertThat(sockets).as("sockets opened again").isEmpty();
      assertThat((List<?>) ann.told("systems"))
          .noneMatch(said -> said.toString().contains("expired"));
      bob.until("told.systems.some((said) => said.startsWith('Token has expired'))");
    }
  }
}
