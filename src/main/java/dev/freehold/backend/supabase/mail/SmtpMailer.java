package dev.freehold.backend.supabase.mail;

import dev.freehold.backend.supabase.auth.AuthMail;
import dev.freehold.backend.supabase.auth.MailFailed;
import dev.freehold.backend.supabase.auth.Mailer;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/// Sends mails through a mail server, one connection a mail, as GoTrue does: once, without a second
/// try. Whoever asked for the mail gets the failure and asks again.
///
/// A request waits at most [#LIMIT], whatever the server does, and at most [#AT_ONCE] do at a time:
/// a server that hangs must not take every connection to the database with it.
public final class SmtpMailer implements Mailer {
  /// From the first connection to the server's last word.
  static final Duration LIMIT = Duration.ofSeconds(10);

  /// Mails on their way at the same time.
  static final int AT_ONCE = 4;

  private static final Duration STEP_LIMIT = Duration.ofSeconds(5);
  private static final Duration TURN_LIMIT = Duration.ofSeconds(2);

  private final SmtpSettings settings;
  private final Supplier<MailTemplates> templates;
  private final Session session;
  private final Semaphore turns = new Semaphore(AT_ONCE);
  private final Duration limit;

  public SmtpMailer(SmtpSettings settings, Supplier<MailTemplates> templates) {
    this(settings, templates, LIMIT, (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  /// @param trust makes the sockets of TLS, and with them decides who is trusted
  SmtpMailer(
      SmtpSettings settings,
      Supplier<MailTemplates> templates,
      Duration limit,
      SSLSocketFactory trust) {
    this.settings = settings;
    this.templates = templates;
    this.limit = limit;
    this.session = Session.getInstance(properties(settings, limit, trust));
  }

  private static Properties properties(
      SmtpSettings settings, Duration limit, SSLSocketFactory trust) {
    var step = Long.toString(Math.min(STEP_LIMIT.toMillis(), limit.toMillis()));
    var properties = new Properties();
    properties.put("mail.smtp.host", settings.host());
    properties.put("mail.smtp.port", Integer.toString(settings.port()));
    properties.put("mail.smtp.connectiontimeout", step);
    properties.put("mail.smtp.timeout", step);
    properties.put("mail.smtp.writetimeout", step);
    properties.put("mail.smtp.auth", Boolean.toString(!settings.user().isEmpty()));
    properties.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
    properties.put("mail.smtp.ssl.checkserveridentity", "true");
    properties.put("mail.smtp.ssl.socketFactory", trust);
    properties.put("mail.smtp.quitwait", "false");
    switch (settings.security()) {
      case TLS -> properties.put("mail.smtp.ssl.enable", "true");
      case STARTTLS -> {
        properties.put("mail.smtp.starttls.enable", "true");
        properties.put("mail.smtp.starttls.required", "true");
      }
      case NONE -> {}
    }
    return properties;
  }

  @Override
  public void send(AuthMail mail) {
    deliver(mail.to(), templates.get().letter(mail), mail.action());
  }

  /// Sends a letter that says nothing but that the settings work.
  ///
  /// @throws MailFailed with the server's words
  public void test(String to) {
    var words = "<p>Freehold sent this mail to show that the settings of the mail server work.</p>";
    deliver(to, new Letter("Mail from your app works", words, PlainText.of(words)), "test");
  }

  private void deliver(String to, Letter letter, String action) {
    try {
      if (!turns.tryAcquire(TURN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new MailFailed(action + " mail: too many mails wait for " + settings);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailFailed(action + " mail was interrupted", e);
    }
    try {
      withinLimit(to, letter, action);
    } finally {
      turns.release();
    }
  }

  private void withinLimit(String to, Letter letter, String action) {
    var sending =
        new FutureTask<Void>(() -> {
          transmit(to, letter);
          return null;
        });
    // An interrupt closes the socket of a virtual thread that waits for it.
    var thread = Thread.ofVirtual().name("smtp").start(sending);
    try {
      var unused = sending.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new MailFailed(
          action + " mail: " + settings + " failed: " + Letter.oneLine("" + cause), cause);
    } catch (TimeoutException e) {
      thread.interrupt();
      throw new MailFailed(
          action + " mail: " + settings + " did not take it in " + limit.toMillis() + " ms", e);
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
      throw new MailFailed(action + " mail was interrupted", e);
    }
  }

  private void transmit(String to, Letter letter)
      throws MessagingException, UnsupportedEncodingException {
    var message = message(to, letter);
    try (var transport = session.getTransport("smtp")) {
      if (settings.user().isEmpty()) {
        transport.connect();
      } else {
        transport.connect(settings.host(), settings.port(), settings.user(), settings.password());
      }
      transport.sendMessage(message, message.getAllRecipients());
    }
  }

  /// Every address is checked by the library, every other header is encoded by it: no line end of a
  /// value reaches the wire as one.
  private MimeMessage message(String to, Letter letter)
      throws MessagingException, UnsupportedEncodingException {
    var utf8 = StandardCharsets.UTF_8.name();
    var message = new MimeMessage(session);
    message.setFrom(
        settings.senderName().isEmpty()
            ? new InternetAddress(settings.senderAddress(), true)
            : new InternetAddress(settings.senderAddress(), settings.senderName(), utf8));
    var recipient = new InternetAddress();
    recipient.setAddress(Letter.oneLine(to));
    recipient.validate();
    message.setRecipient(Message.RecipientType.TO, recipient);
    message.setSubject(letter.subject(), utf8);
    message.setHeader(
        "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
    message.setHeader("Auto-Submitted", "auto-generated");
    var text = new MimeBodyPart();
    text.setText(letter.text(), utf8);
    var html = new MimeBodyPart();
    html.setText(letter.html(), utf8, "html");
    var both = new MimeMultipart("alternative");
    both.addBodyPart(text);
    both.addBodyPart(html);
    message.setContent(both);
    message.saveChanges();
    return message;
  }
}
