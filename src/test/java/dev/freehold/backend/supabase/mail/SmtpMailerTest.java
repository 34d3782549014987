package dev.freehold.backend.supabase.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.DummySSLSocketFactory;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.freehold.backend.supabase.auth.AuthMail;
import dev.freehold.backend.supabase.auth.MailFailed;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMultipart;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

/// Against mail servers that listen: GreenMail, and for what it does not do one of a few lines.
class SmtpMailerTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final ServerSetup PLAIN = new ServerSetup(28210, "127.0.0.1", "smtp");
  private static final ServerSetup TLS = new ServerSetup(28211, "127.0.0.1", "smtps");

  @Test
  void aMailArrivesInBothFormsFromTheSender() throws Exception {
    var green = new GreenMail(PLAIN);
    green.setUser("postman", "s3cret");
    green.start();
    try {
      mailer(settings(PLAIN.getPort(), SmtpSettings.Security.NONE, "postman", "s3cret"))
          .send(MailTemplatesTest.mail("signup"));

      var received = green.getReceivedMessages();
      assertThat(received).hasSize(1);
      var from = (InternetAddress) received[0].getFrom()[0];
      assertThat(from.getPersonal()).isEqualTo("The Shöp");
      assertThat(from.getAddress()).isEqualTo("hello@example.com");
      assertThat(received[0].getAllRecipients()[0]).hasToString("ada@example.com");
      assertThat(received[0].getSubject()).isEqualTo("Please confirm your e-mail address");
      var parts = (MimeMultipart) received[0].getContent();
      assertThat(parts.getContentType()).contains("multipart/alternative");
      assertThat(parts.getBodyPart(0).getContentType()).startsWith("text/plain");
      assertThat(parts.getBodyPart(1).getContentType()).startsWith("text/html");
      assertThat((String) parts.getBodyPart(0).getContent())
          .contains("https://shop.example.com/auth/v1/verify?token=t&type=signup", "123456");
    } finally {
      green.stop();
    }
  }

  @Test
  void aWrongPasswordAndAnAbsentServerAreToldAndNothingOfTheSecretIs() {
    var green = new GreenMail(PLAIN);
    green.setUser("postman", "s3cret");
    green.start();
    try {
      assertThatThrownBy(() ->
              mailer(settings(PLAIN.getPort(), SmtpSettings.Security.NONE, "postman", "wr0ng"))
                  .send(MailTemplatesTest.mail("signup")))
          .isInstanceOf(MailFailed.class)
          .hasMessageContaining("signup mail")
          .hasMessageNotContaining("wr0ng");
    } finally {
      green.stop();
    }
    assertThatThrownBy(() ->
            mailer(settings(28219, SmtpSettings.Security.NONE, "", "")).test("ada@example.com"))
        .isInstanceOf(MailFailed.class);
  }

  @Test
  void tlsFromTheFirstByteTrustsOnlyWhomItMayTrust() {
    var green = new GreenMail(TLS);
    green.start();
    try {
      var settings = settings(TLS.getPort(), SmtpSettings.Security.TLS, "", "");
      assertThatThrownBy(
              () -> new SmtpMailer(settings, MailTemplates::usual).test("ada@example.com"))
          .isInstanceOf(MailFailed.class)
          .hasMessageContaining("certification path");
      assertThat(green.getReceivedMessages()).isEmpty();
    } finally {
      green.stop();
    }
  }

  @Test
  void starttlsIsRequiredWhereItIsChosen() throws Exception {
    try (var server = new TinySmtpServer(TinySmtpServer.Manner.PLAIN_ONLY)) {
      assertThatThrownBy(() ->
              mailer(settings(server.port(), SmtpSettings.Security.STARTTLS, "u", "p"))
                  .test("ada@example.com"))
          .isInstanceOf(MailFailed.class);
      assertThat(server.heard()).noneMatch(line -> line.startsWith("AUTH"));
    }
  }

  @Test
  void starttlsProtectsThePasswordAndTheMail() throws Exception {
    try (var server = new TinySmtpServer(TinySmtpServer.Manner.STARTTLS)) {
      mailer(settings(server.port(), SmtpSettings.Security.STARTTLS, "postman", "s3cret"))
          .test("ada@example.com");

      assertThat(server.heard()).contains("STARTTLS");
      assertThat(server.heard().indexOf("STARTTLS"))
          .isLessThan(
              server
                  .heard()
                  .indexOf(
                      server.heard().stream()
                          .filter(line -> line.startsWith("AUTH"))
                          .findFirst()
                          .orElseThrow()));
      assertThat(server.heard()).contains("RCPT TO:<ada@example.com>");
    }
  }

  @Test
  void aServerThatRefusesSaysWhy() throws Exception {
    try (var server = new TinySmtpServer(TinySmtpServer.Manner.REFUSES)) {
      assertThatThrownBy(() ->
              mailer(settings(server.port(), SmtpSettings.Security.NONE, "", ""))
                  .test("ada@example.com"))
          .isInstanceOf(MailFailed.class)
          .hasMessageContaining("550 not here");
    }
  }

  @Test
  void aMailOfTheAppsOwnGoesToAllItsReadersUnderTheOwnersAddress() throws Exception {
    var green = new GreenMail(PLAIN);
    green.start();
    try {
      mailer(settings(PLAIN.getPort(), SmtpSettings.Security.NONE, "", ""))
          .send(appMail("ada@example.com", "App\r\nBcc: spy@example.com"));

      var received = green.getReceivedMessages();
      assertThat(received).hasSize(3);
      var mail = received[0];
      var from = (InternetAddress) mail.getFrom()[0];
      assertThat(from.getAddress()).isEqualTo("hello@example.com");
      assertThat(from.getPersonal()).isEqualTo("App Bcc: spy@example.com");
      assertThat(mail.getHeader("Bcc")).isNull();
      assertThat(mail.getHeader("Cc")[0]).isEqualTo("cy@example.com");
      assertThat(mail.getMessageID()).isEqualTo("<id-1@example.com>");
      assertThat(mail.getReplyTo()[0]).hasToString("desk@shop.example");
      assertThat(GreenMailUtil.getBody(mail)).contains("Hello");
    } finally {
      green.stop();
    }
  }

  @Test
  void aRefusedReaderIsNoRefusedServer() throws Exception {
    try (var server = new TinySmtpServer(TinySmtpServer.Manner.REFUSES)) {
      var mailer = mailer(settings(server.port(), SmtpSettings.Security.NONE, "", ""));
      assertThatThrownBy(() -> mailer.send(appMail("ada@example.com", "")))
          .isInstanceOfSatisfying(
              MailRefused.class, refused -> assertThat(refused.forGood()).isTrue())
          .hasMessageContaining("550 not here");
      assertThatThrownBy(() -> mailer.send(appMail("ada@", ""))).isInstanceOf(MailRefused.class);
    }
    assertThatThrownBy(() ->
            mailer(settings(28219, SmtpSettings.Security.NONE, "", ""))
                .send(appMail("ada@example.com", "")))
        .isInstanceOf(MailFailed.class);
  }

  private static AppMail appMail(String to, String senderName) {
    return new AppMail(
        Instant.EPOCH,
        "id-1",
        "welcome",
        List.of(to),
        List.of("cy@example.com"),
        List.of("bo@example.com"),
        senderName,
        "desk@shop.example",
        "Hello",
        "<p>Hello</p>",
        "",
        "");
  }

  @Test
  void aServerThatDripsIsGivenUpInTime() throws Exception {
    try (var server = new TinySmtpServer(TinySmtpServer.Manner.DRIPS)) {
      long began = System.nanoTime();
      assertThatThrownBy(() ->
              new SmtpMailer(
                      settings(server.port(), SmtpSettings.Security.NONE, "", ""),
                      MailTemplates::usual,
                      Duration.ofSeconds(1),
                      (SSLSocketFactory) SSLSocketFactory.getDefault())
                  .test("ada@example.com"))
          .isInstanceOf(MailFailed.class)
          .hasMessageContaining("1000 ms");
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(4));
    }
  }

  @Test
  void noValueBecomesAHeader() throws Exception {
    var green = new GreenMail(PLAIN);
    green.start();
    try {
      var templates =
          MailTemplates.with(Map.of("confirmation", new MailTemplates.Own("{{ .Data }}", "")));
      var forged = "Hi\r\nBcc: eve@example.com\r\n\r\nbody";
      var mail =
          new AuthMail(
              Instant.EPOCH, "signup", "ada@example.com", "1", "h", "", "", Map.of("Data", forged));
      var settings = settings(PLAIN.getPort(), SmtpSettings.Security.NONE, "", "");
      new SmtpMailer(settings, () -> templates).send(mail);

      var received = green.getReceivedMessages();
      assertThat(received).hasSize(1);
      assertThat(received[0].getHeader("Bcc")).isNull();
      assertThat(GreenMailUtil.getHeaders(received[0])).contains("Subject: Hi Bcc");
      assertThatThrownBy(() ->
              new SmtpMailer(settings, () -> templates)
                  .test("ada@example.com\r\nRCPT TO:<e@x.org>"))
          .isInstanceOf(MailFailed.class);
    } finally {
      green.stop();
    }
  }

  @Test
  void settingsThatWouldBetrayThePasswordAreRefused() {
    assertThatThrownBy(() ->
            new SmtpSettings(
                "smtp.example.com", 25, SmtpSettings.Security.NONE, "u", "p", "", "a@example.com"))
        .hasMessageContaining("without TLS");
    assertThatThrownBy(() ->
            new SmtpSettings(
                "localhost", 25, SmtpSettings.Security.NONE, "", "", "", "a@example.com\nBcc: x"))
        .hasMessageContaining("sender");
    assertThat(settings(25, SmtpSettings.Security.NONE, "u", "s3cret").toString())
        .doesNotContain("s3cret");
  }

  private static SmtpMailer mailer(SmtpSettings settings) {
    return new SmtpMailer(settings, MailTemplates::usual, LIMIT, new DummySSLSocketFactory());
  }

  private static SmtpSettings settings(
      int port, SmtpSettings.Security security, String user, String password) {
    return new SmtpSettings(
        "localhost", port, security, user, password, "The Shöp", "hello@example.com");
  }
}
