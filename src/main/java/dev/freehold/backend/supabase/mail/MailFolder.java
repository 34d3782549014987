package dev.freehold.backend.supabase.mail;

import dev.freehold.backend.supabase.auth.AuthMail;
import dev.freehold.backend.supabase.auth.Mailer;
import dev.freehold.backend.supabase.auth.TextMessage;
import dev.freehold.backend.supabase.auth.TextSender;
import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Keeps an Environment's mails and text messages as files, for an owner who has not set up
/// delivery: one file a mail, its name beginning with its time, the newest [#MAX_MAILS] of them,
/// none longer than about [#MAX_TEXT_CHARS]. They are never sent.
///
/// A mail holds a code or a link that signs somebody in, so only the account that Freehold runs as
/// can read the folder.
public final class MailFolder implements Mailer, TextSender {
  static final int MAX_MAILS = 200;
  static final int MAX_TEXT_CHARS = 64 * 1024;
  private static final DateTimeFormatter NAME_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.nnnnnnnnn").withZone(ZoneOffset.UTC);
  private static final String ENDING = ".txt";

  private final Path folder;
  private final Supplier<MailTemplates> templates;

  public MailFolder(Path folder) {
    this(folder, MailTemplates::usual);
  }

  public MailFolder(Path folder, Supplier<MailTemplates> templates) {
    this.folder = folder;
    this.templates = templates;
  }

  @Override
  public void send(AuthMail mail) {
    keep(mail.at(), mail.action(), text(mail, templates.get().letter(mail)));
  }

  @Override
  public String send(TextMessage message) {
    var about = "sms_" + message.action();
    var text =
        "To: %s\nAbout: %s\nCode: %s\nSubject: Text message\n\n%s\n"
            .formatted(oneLine(message.phone()), about, message.code(), message.text());
    keep(message.at(), about, text);
    return "";
  }

  /// Keeps a mail of the App's own.
  public void keep(AppMail mail) {
    var letter = mail.letter();
    var about = mail.label().isEmpty() ? "app" : oneLine(mail.label());
    var text = letter.text();
    keep(
        mail.at(),
        "app",
        "To: %s\nAbout: %s\nSubject: %s\n\n%s"
            .formatted(
                oneLine(String.join(", ", mail.to())),
                about,
                letter.subject(),
                text.substring(0, Math.min(text.length(), MAX_TEXT_CHARS))));
  }

  private synchronized void keep(Instant at, String about, String text) {
    DurableFiles.secretFolder(folder);
    var name = NAME_TIME.format(at) + "-" + about.replaceAll("[^a-z_]", "") + ENDING;
    DurableFiles.writeSecret(folder.resolve(name), text.getBytes(StandardCharsets.UTF_8));
    var kept = names();
    kept.subList(0, Math.max(0, kept.size() - MAX_MAILS)).forEach(DurableFiles::deleteTree);
  }

  /// What is kept, newest first.
  public synchronized List<KeptMail> list() {
    return names().reversed().stream().flatMap(file -> read(file).stream()).toList();
  }

  /// The mail of that id, or the only one whose id begins so.
  public Optional<KeptMail> find(String id) {
    var near = list().stream().filter(mail -> mail.id().startsWith(id)).toList();
    return near.stream()
        .filter(mail -> mail.id().equals(id))
        .findFirst()
        .or(() -> near.size() == 1 ? Optional.of(near.getFirst()) : Optional.empty());
  }

  /// Oldest first.
  private List<Path> names() {
    if (!Files.isDirectory(folder)) {
      return new ArrayList<>();
    }
    try (var files = Files.list(folder)) {
      return new ArrayList<>(
          files.filter(file -> file.toString().endsWith(ENDING)).sorted().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(AuthMail mail, Letter letter) {
    var text =
        new StringBuilder("To: %s\nAbout: %s\n".formatted(oneLine(mail.to()), mail.action()));
    if (!mail.code().isEmpty()) {
      text.append("Code: ").append(mail.code()).append('\n');
    }
    if (!mail.link().isEmpty()) {
      text.append("Link: ").append(oneLine(mail.link())).append('\n');
    }
    text.append("Subject: ").append(letter.subject()).append("\n\n");
    text.append(letter.text(), 0, Math.min(letter.text().length(), MAX_TEXT_CHARS));
    return text.toString();
  }

  /// A file that somebody removed or changed meanwhile is no mail.
  private static Optional<KeptMail> read(Path file) {
    try {
      var name = file.getFileName().toString();
      var id = name.substring(0, name.length() - ENDING.length());
      var text = Files.readString(file);
      int end = text.indexOf("\n\n");
      var head = end < 0 ? text : text.substring(0, end);
      return Optional.of(
          new KeptMail(
              id,
              NAME_TIME.parse(id.replaceFirst("-.*$", ""), Instant::from),
              field(head, "To"),
              field(head, "About"),
              field(head, "Subject"),
              field(head, "Code"),
              field(head, "Link"),
              end < 0 ? "" : text.substring(end + 2)));
    } catch (IOException | java.time.DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String field(String head, String name) {
    return head.lines()
        .filter(line -> line.startsWith(name + ": "))
        .findFirst()
        .map(line -> line.substring(name.length() + 2))
        .orElse("");
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }
}
