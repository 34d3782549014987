package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.freehold.os.DurableFiles;
import dev.freehold.testing.Freehold;
import dev.freehold.testing.TinyExport;
import jakarta.mail.Message;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// An export with Lovable's queue of mails goes live with its code unchanged: its mails are kept
/// while no mail server is set, leave once by one that is, wait for one that is down, and the job
/// that works the queue off follows the Releases and the keys.
class MailJourneyTest {
  private static final ServerSetup SMTP = new ServerSetup(28230, "127.0.0.1", "smtp");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String JOB = "process-email-queue";

  @Test
  void mailsOfAnUnchangedExportLeaveOnceByTheOwnersMailServer() throws Exception {
    var export = export();
    try (var freehold = Freehold.fresh()) {
      var address = freehold.deploy(export.root(), "shop");
      assertThat(freehold.run("inspect", export.root().toString()).out())
          .contains("[mail-at-vendor]", "freehold auth smtp set")
          .doesNotContain("LOVABLE_SEND_URL");
      assertThat(jobs(freehold)).containsExactly(JOB);

      enqueue(freehold, address, "one", Map.of());
      await(() -> freehold.run("mail", "list", "shop").out().contains("Mail one"), freehold);
      assertThat(freehold.run("mail", "show", "shop").out()).contains("Hello one");

      setMailServer(freehold);
      enqueue(freehold, address, "two", Map.of("unsubscribe_token", "t0k&en"));
      await(() -> freehold.run("logs", "--source", "mail").out().contains("put off"), freehold);
      var green = new GreenMail(SMTP);
      green.start();
      try {
        noPause(freehold, address);
        assertArrivesOnce(freehold, address, green);
        assertStrangersAreRefused(freehold, address, green);
        assertKeysMayChange(freehold, address, green);
        assertJobFollowsReleases(freehold, export);
      } finally {
        green.stop();
      }
    }
  }

  private static TinyExport export() throws IOException {
    var export = TinyExport.create();
    export.write("supabase/migrations/20260102000000_email_infra.sql", resource("queue.sql"));
    export.write("supabase/config.toml", "[functions.send-note]\nverify_jwt = false\n");
    for (var name : List.of(JOB, "send-note")) {
      export.write("supabase/functions/" + name + "/index.ts", resource(name + ".ts"));
    }
    export.write(
        "supabase/functions/handle-email-unsubscribe/index.ts",
        "Deno.serve(() => new Response('gone'));\n");
    return export;
  }

  private static String resource(String name) throws IOException {
    try (var in = MailJourneyTest.class.getResourceAsStream("/mail/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void setMailServer(Freehold freehold) {
    var port = Integer.toString(SMTP.getPort());
    freehold.run(
        "auth",
        "smtp",
        "set",
        "shop",
        "--host",
        "127.0.0.1",
        "--port",
        port,
        "--from",
        "hello@example.com",
        "--name",
        "The owner");
  }

  private static void assertArrivesOnce(Freehold freehold, String address, GreenMail green)
      throws Exception {
    await(() -> green.getReceivedMessages().length > 0, freehold);
    var mail = green.getReceivedMessages()[0];
    var from = (InternetAddress) mail.getFrom()[0];
    assertThat(from.getAddress()).isEqualTo("hello@example.com");
    assertThat(from.getPersonal()).isEqualTo("The Shöp, Inc.");
    assertThat(mail.getRecipients(Message.RecipientType.TO)[0]).hasToString("ada@example.com");
    assertThat(mail.getReplyTo()[0]).hasToString("desk@shop.example");
    assertThat(mail.getSubject()).isEqualTo("Mail two");
    assertThat(mail.getHeader("List-Unsubscribe")[0])
        .isEqualTo("<" + address + "/functions/v1/handle-email-unsubscribe?token=t0k%26en>");
    assertThat(mail.getHeader("List-Unsubscribe-Post")[0]).isEqualTo("List-Unsubscribe=One-Click");

    // The same again: by the queue, and by code that sends at once.
    enqueue(freehold, address, "two", Map.of("idempotency_key", "key-two"));
    enqueue(freehold, address, "three", Map.of());
    await(() -> subjects(green).contains("Mail three"), freehold);
    var again = send(address, mail("two", Map.of("idempotency_key", "key-two")), Map.of());
    assertThat(again.at("/said/status").asString()).isEqualTo("duplicate");
    assertThat(subjects(green)).containsExactly("Mail two", "Mail three");
    var log = freehold.run("logs", "--source", "mail").out();
    assertThat(log).contains(JOB + ": “welcome” sent").doesNotContain("ada@example.com");
  }

  private static void assertStrangersAreRefused(Freehold freehold, String address, GreenMail green)
      throws Exception {
    int before = green.getReceivedMessages().length;
    var told = send(address, mail("four", Map.of()), Map.of());
    assertThat(told.at("/said/success").asBoolean()).isTrue();
    var key = told.path("apiKey").asString();
    assertThat(key).hasSizeGreaterThan(20);
    assertThat(told.path("env").asString()).doesNotContain("FREEHOLD_CALLS");
    await(() -> green.getReceivedMessages().length == before + 1, freehold);

    var body = JsonMapper.shared().writeValueAsString(mail("five", Map.of()));
    for (var token : List.of("", "Bearer " + key)) {
      var answer = post(address, "/~mail/v1/messaging/email/send", token, body);
      assertThat(answer.statusCode()).isEqualTo(401);
    }
    assertThat(send(address, mail("five", Map.of()), Map.of("key", "")).path("message").asString())
        .contains("Missing Lovable API key");
    var nobody = send(address, mail("five", Map.of("to", "nobody at all")), Map.of());
    assertThat(nobody.path("status").asInt()).isEqualTo(400);
    assertThat(nobody.path("code").asString()).isEqualTo("invalid_request");
    assertThat(green.getReceivedMessages()).hasSize(before + 1);
  }

  /// The key in the vault is the one in force.
  private static void assertKeysMayChange(Freehold freehold, String address, GreenMail green)
      throws Exception {
    freehold.run("auth", "keys", "rotate", "shop", "--now");
    enqueue(freehold, address, "six", Map.of());
    await(() -> subjects(green).contains("Mail six"), freehold);
    assertThat(jobs(freehold)).containsExactly(JOB);
  }

  private static void assertJobFollowsReleases(Freehold freehold, TinyExport export) {
    freehold.deploy(export.version(2).root(), "shop");
    assertThat(jobs(freehold)).containsExactly(JOB);
    DurableFiles.deleteTree(export.root().resolve("supabase/functions/" + JOB));
    freehold.deploy(export.version(3).root(), "shop");
    assertThat(jobs(freehold)).isEmpty();
    freehold.run("rollback", "--app", "shop");
    assertThat(jobs(freehold)).containsExactly(JOB);
  }

  private static List<String> jobs(Freehold freehold) {
    var names = new ArrayList<String>();
    for (var job : freehold.run("cron", "list", "--json").json().path("jobs")) {
      names.add(job.path("name").asString());
    }
    return names;
  }

  private static List<String> subjects(GreenMail green) {
    var subjects = new ArrayList<String>();
    for (MimeMessage mail : green.getReceivedMessages()) {
      try {
        subjects.add(mail.getSubject());
      } catch (jakarta.mail.MessagingException e) {
        throw new IllegalStateException(e);
      }
    }
    return subjects;
  }

  private static Map<String, Object> mail(String word, Map<String, Object> more) {
    var mail = new TreeMap<String, Object>();
    mail.put("message_id", "message-" + word);
    mail.put("to", "ada@example.com");
    mail.put("from", "\"The Shöp, Inc.\" <noreply@notify.shop.example>");
    mail.put("reply_to", "desk@shop.example");
    mail.put("sender_domain", "notify.shop.example");
    mail.put("subject", "Mail " + word);
    mail.put("html", "<p>Hello " + word + "</p>");
    mail.put("text", "Hello " + word);
    mail.put("purpose", "transactional");
    mail.put("label", "welcome");
    mail.put("idempotency_key", "key-" + word);
    mail.putAll(more);
    return mail;
  }

  private static void enqueue(
      Freehold freehold, String address, String word, Map<String, Object> more) throws Exception {
    var key = freehold.keys("shop").api().serviceRole();
    var body =
        JsonMapper.shared()
            .writeValueAsString(
                Map.of("queue_name", "transactional_emails", "payload", mail(word, more)));
    var answer = post(address, "/rest/v1/rpc/enqueue_email?apikey=" + key, "Bearer " + key, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
  }

  /// Ends the minute for which the queue pauses.
  private static void noPause(Freehold freehold, String address) throws Exception {
    var key = freehold.keys("shop").api().serviceRole();
    var path = "/rest/v1/email_send_state?id=eq.1&apikey=" + key;
    var answer = post("PATCH", address, path, "Bearer " + key, "{\"retry_after_until\":null}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(204);
  }

  /// @param more `key`, for a function that has another than the Environment's
  private static JsonNode send(String address, Map<String, Object> mail, Map<String, Object> more)
      throws Exception {
    var asked = new TreeMap<String, Object>(more);
    asked.put("mail", mail);
    var body = JsonMapper.shared().writeValueAsString(asked);
    return JsonMapper.shared().readTree(post(address, "/functions/v1/send-note", "", body).body());
  }

  private static HttpResponse<String> post(String address, String path, String token, String body)
      throws Exception {
    return post("POST", address, path, token, body);
  }

  private static HttpResponse<String> post(
      String method, String address, String path, String token, String body) throws Exception {
    var at = URI.create("http://127.0.0.1:" + URI.create(address).getPort() + path);
    var request =
        HttpRequest.newBuilder(at)
            .header("Content-Type", "application/json")
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", token);
    }
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static void await(BooleanSupplier reached, Freehold freehold)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!reached.getAsBoolean()) {
      assertThat(System.nanoTime())
          .as(
              "log %s; runs %s",
              freehold.run("logs", "--app", "shop").out(), freehold.run("cron", "runs").out())
          .isLessThan(deadline);
      Thread.sleep(200);
    }
  }
}
