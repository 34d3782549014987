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
import java.util.List;
import java.util.Optional;
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

  private static final String UTF_8 = StandardCharsets.UTF_8.name();
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
    var letter = templates.get().letter(mail);
    deliver(() -> message(mail.to(), letter), mail.action());
  }

  /// Sends a mail of the App's own, to all its addresses or to none.
  ///
  /// @throws MailRefused when the server takes others, and not this one
  /// @throws MailFailed when it takes none, or is not there
  public void send(AppMail mail) {
    try {
      deliver(() -> message(mail), "app");
    } catch (MailFailed e) {
      Optional<? extends RuntimeException> refused = Refusal.of(e);
      throw refused.isPresent() ? refused.get() : e;
    }
  }

  /// Sends a letter that says nothing but that the settings work.
  ///
  /// @throws MailFailed with the server's words
  public void test(String to) {
    var words = "<p>Freehold sent this mail to show that the settings of the mail server work.</p>";
    var letter = new Letter("Mail from your app works", words, PlainText.of(words));
    deliver(() -> message(to, letter), "test");
  }

  /// Makes the mail, on the thread that sends it.
  private interface Writing {
    MimeMessage message() throws MessagingException, UnsupportedEncodingException;
  }

  private void deliver(Writing writing, String action) {
    try {
      if (!turns.tryAcquire(TURN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new MailFailed(action + " mail: too many mails wait for " + settings);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MailFailed(action + " mail was interrupted", e);
    }
    try {
      withinLimit(writing, action);
    } finally {
      turns.release();
    }
  }

  private void withinLimit(Writing writing, String action) {
    var sending =
        new FutureTask<Void>(() -> {
          transmit(writing.message());
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

  private void transmit(MimeMessage message) throws MessagingException {
    try (var transport = session.getTransport("smtp")) {
      if (settings.user().isEmpty()) {
        transport.connect();
      } else {
        transport.connect(settings.host(), settings.port(), settings.user(), settings.password());
      }
      transport.sendMessage(message, message.getAllRecipients());
    }
  }

  private MimeMessage message(String to, Letter letter)
      throws MessagingException, UnsupportedEncodingException {
    var message = new MimeMessage(session);
    message.setFrom(sender(settings.senderName()));
    message.setRecipient(Message.RecipientType.TO, recipient(to));
    write(message, letter);
    message.saveChanges();
    return message;
  }

  private MimeMessage message(AppMail mail)
      throws MessagingException, UnsupportedEncodingException {
    var domain = settings.senderAddress().substring(settings.senderAddress().indexOf('@'));
    var message =
        new MimeMessage(session) {
          @Override
          protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", "<" + Letter.oneLine(mail.id()) + domain + ">");
          }
        };
    var name = mail.senderName().isEmpty() ? settings.senderName() : mail.senderName();
    message.setFrom(sender(name));
    message.setRecipients(Message.RecipientType.TO, recipients(mail.to()));
    message.setRecipients(Message.RecipientType.CC, recipients(mail.cc()));
    message.setRecipients(Message.RecipientType.BCC, recipients(mail.bcc()));
    if (!mail.replyTo().isEmpty()) {
      message.setReplyTo(recipients(List.of(mail.replyTo())));
    }
    if (!mail.unsubscribe().isEmpty()) {
      message.setHeader("List-Unsubscribe", "<" + Letter.oneLine(mail.unsubscribe()) + ">");
      message.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
    }
    write(message, mail.letter());
    message.saveChanges();
    return message;
  }

  /// Every address is checked by the library, every other header is encoded by it: no line end of a
  /// value reaches the wire as one.
  private static InternetAddress recipient(String address) throws MessagingException {
    var recipient = new InternetAddress();
    recipient.setAddress(Letter.oneLine(address));
    recipient.validate();
    return recipient;
  }

  private static InternetAddress[] recipients(List<String> addresses) throws MessagingException {
    var all = new InternetAddress[addresses.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = recipient(addresses.get(i));
    }
    return all;
  }

  private InternetAddress sender(String name)
      throws MessagingException, UnsupportedEncodingException {
    return name.isEmpty()
        ? new InternetAddress(settings.senderAddress(), true)
        : new InternetAddress(settings.senderAddress(), name, UTF_8);
  }

  private static void write(MimeMessage message, Letter letter) throws MessagingException {
    message.setSubject(letter.subject(), UTF_8);
    message.setHeader(
        "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC)));
    message.setHeader("Auto-Submitted", "auto-generated");
    if (letter.html().isEmpty()) {
      message.setText(letter.text(), UTF_8);
      return;
    }
    var text = new MimeBodyPart();
    text.setText(letter.text(), UTF_8);
    var html = new MimeBodyPart();
    html.setText(letter.html(), UTF_8, "html");
    var both = new MimeMultipart("alternative");
    both.addBodyPart(text);
    both.addBodyPart(html);
    message.setContent(both);
  }
}
