package dev.freehold.backend.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.ProcessPass;
import dev.freehold.backend.supabase.auth.MailFailed;
import dev.freehold.backend.supabase.mail.AppMail;
import dev.freehold.backend.supabase.mail.MailRefused;
import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.store.Store;
import dev.freehold.testing.TempFolder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// The gateway alone: who is let in, what is a mail, what is sent once, what a failure is called.
class MailGatewayTest {
  private static final ProcessPass PASS = new ProcessPass("a secret");

  private final Store store = Store.open(TempFolder.create("fh-mail").resolve("store.db"));
  private final List<AppMail> sent = new ArrayList<>();
  private final MailLimits limits = new MailLimits(2, 4_000, 3, 5, Duration.ofSeconds(60));
  private MailGateway gateway = gateway(this::keep);

  private boolean keep(AppMail mail) {
    return sent.add(mail);
  }

  private MailGateway gateway(MailGateway.Outbox outbox) {
    var clock = Clock.systemUTC();
    return new MailGateway(
        new MailGateway.Scope("shop/production", "shop", PASS),
        limits,
        new MailGateway.Ground(new SentMails(store, clock), clock, event -> {}),
        outbox);
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void onlyTheAppsProcessesAreLetIn() {
    var body = body(Map.of());
    for (var word : List.of("", "server", "server.guess", new ProcessPass("other").of("server"))) {
      assertThat(ask("POST", MailGateway.SEND_PATH, word, "", body).status()).isEqualTo(401);
    }
    assertThat(ask("GET", MailGateway.SEND_PATH, PASS.of("server"), "", body).status())
        .isEqualTo(404);
    assertThat(ask("POST", "/v1/messaging/email/logs", PASS.of("server"), "", body).status())
        .isEqualTo(404);
    assertThat(sent).isEmpty();
    assertThat(send(body).status()).isEqualTo(200);
    assertThat(sent).hasSize(1);
  }

  @Test
  void whatIsNoMailIsRefused() {
    for (var bad :
        List.of(
            "{",
            "[]",
            body(Map.of("to", "")),
            body(Map.of("to", "a@x.de\r\nBcc: b@x.de")),
            body(Map.of("to", 5)),
            body(Map.of("cc", List.of("b@x.de", "c@x.de", "d@x.de"))),
            body(Map.of("subject", " ")),
            body(Map.of("html", "", "text", "")),
            body(Map.of("reply_to", "nobody")),
            body(Map.of("idempotency_key", "k".repeat(513))))) {
      var answer = send(bad);
      assertThat(answer.status()).as(bad).isEqualTo(400);
      assertThat(text(answer)).contains("\"type\":\"invalid_request\"");
    }
    assertThat(send(body(Map.of("html", "x".repeat(4_000)))).status()).isEqualTo(413);
    assertThat(text(send(body(Map.of("test_mode", true))))).contains("\"status\":\"test\"");
    assertThat(sent).isEmpty();
  }

  @Test
  void theVendorsWordsBecomeAMail() {
    gateway.unsubscribeAt("http://shop.localhost/leave");
    var body =
        body(
            Map.of(
                "from", "\"Shop \\\"Ltd.\\\"\" <a@b.de>",
                "to", "Ada <ada@x.de>",
                "bcc", List.of("bo@x.de"),
                "unsubscribe_token", "t k"));
    assertThat(send(body).status()).isEqualTo(200);
    var mail = sent.getFirst();
    assertThat(mail.senderName()).isEqualTo("Shop \"Ltd.\"");
    assertThat(mail.to()).containsExactly("ada@x.de");
    assertThat(mail.bcc()).containsExactly("bo@x.de");
    assertThat(mail.unsubscribe()).isEqualTo("http://shop.localhost/leave?token=t+k");
  }

  @Test
  void aKeyIsSentOnceToTheSameReadersAlsoAfterAStart() {
    var mail = body(Map.of("idempotency_key", "k1"));
    assertThat(text(send(mail))).contains("\"status\":\"sent\"");
    assertThat(text(send(mail))).contains("\"status\":\"duplicate\"");
    gateway = gateway(this::keep);
    assertThat(text(send(mail))).contains("\"status\":\"duplicate\"");
    var byHeader = ask("POST", MailGateway.SEND_PATH, PASS.of("f"), "k1", body(Map.of()));
    assertThat(text(byHeader)).contains("\"status\":\"duplicate\"");
    assertThat(sent).hasSize(1);

    assertThat(send(body(Map.of("idempotency_key", "k1", "to", "bo@x.de"))).status())
        .isEqualTo(200);
    assertThat(send(body(Map.of())).status()).isEqualTo(200);
    assertThat(send(body(Map.of())).status()).isEqualTo(200);
    assertThat(sent).hasSize(4);
    new SentMails(store, Clock.systemUTC()).forget("shop/production");
    assertThat(text(send(mail))).contains("\"status\":\"sent\"");
  }

  @Test
  void aFailureIsCalledWhatTheVendorsCodeUnderstandsAndSentLater() {
    var mail = body(Map.of("idempotency_key", "k1"));
    gateway =
        gateway(unused -> {
          throw new MailFailed("nobody there");
        });
    var away = send(mail);
    assertThat(away.status()).isEqualTo(429);
    assertThat(away.headers().first("Retry-After")).contains("60");
    assertThat(text(away)).contains("mail_server_unavailable").doesNotContain("nobody there");
    gateway = gateway(unused -> refuse(true));
    assertThat(send(mail).status()).isEqualTo(422);
    gateway = gateway(unused -> refuse(false));
    assertThat(send(mail).status()).isEqualTo(503);
    gateway = gateway(this::keep);
    assertThat(text(send(mail))).contains("\"status\":\"sent\"");
  }

  private static boolean refuse(boolean forGood) {
    throw new MailRefused("550 no", forGood, new IllegalStateException());
  }

  @Test
  void theSameMailAndTooManyWait() throws Exception {
    var began = new CountDownLatch(2);
    var go = new CountDownLatch(1);
    gateway =
        gateway(mail -> {
          began.countDown();
          try {
            go.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return sent.add(mail);
        });
    var slow = body(Map.of("idempotency_key", "k1"));
    var first = Thread.startVirtualThread(() -> send(slow));
    var second = Thread.startVirtualThread(() -> send(body(Map.of())));
    began.await();
    assertThat(text(send(slow))).contains("on its way");
    var third = send(body(Map.of()));
    assertThat(third.status()).isEqualTo(429);
    assertThat(third.headers().first("Retry-After")).isPresent();
    go.countDown();
    first.join();
    second.join();
    assertThat(sent).hasSize(2);
    assertThat(text(send(slow))).contains("\"status\":\"duplicate\"");
    for (int i = 0; i < 3; i++) {
      assertThat(send(body(Map.of())).status()).isEqualTo(200);
    }
    var over = send(body(Map.of()));
    assertThat(over.status()).isEqualTo(429);
    assertThat(over.headers().first("Retry-After")).contains("12");
    assertThat(sent).hasSize(5);
  }

  private static String body(Map<String, Object> more) {
    var mail =
        new TreeMap<String, Object>(
            Map.of("to", "ada@x.de", "from", "Shop <a@b.de>", "subject", "S", "html", "<p>H</p>"));
    mail.putAll(more);
    return JsonMapper.shared().writeValueAsString(mail);
  }

  private Response send(String body) {
    return ask("POST", MailGateway.SEND_PATH, PASS.of("server"), "", body);
  }

  private Response ask(String method, String path, String word, String key, String body) {
    return gateway.handle(
        new Request(
            method,
            path,
            "",
            "http",
            "localhost",
            "127.0.0.1",
            Headers.of(ProcessPass.FIELD, word, "Idempotency-Key", key),
            body.getBytes(StandardCharsets.UTF_8)));
  }

  private static String text(Response answer) {
    return new String(((Body.Bytes) answer.body()).bytes(), StandardCharsets.UTF_8);
  }
}
