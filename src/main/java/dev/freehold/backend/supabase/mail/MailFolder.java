package dev.freehold.backend.supabase.mail;

import dev.freehold.backend.supabase.auth.AuthMail;
import dev.freehold.backend.supabase.auth.Mailer;
import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/// Keeps an Environment's mails as text files, for an owner who has not set up delivery: one file a
/// mail, its name beginning with its time, the newest [#MAX_MAILS] of them. They are never sent.
///
/// A mail holds a code or a link that signs somebody in, so only the account that Freehold runs as
/// can read the folder.
public final class MailFolder implements Mailer {
  public static final int MAX_MAILS = 200;
  private static final DateTimeFormatter NAME_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.nnnnnnnnn").withZone(ZoneOffset.UTC);

  private final Path folder;

  public MailFolder(Path folder) {
    this.folder = folder;
  }

  @Override
  public synchronized void send(AuthMail mail) {
    DurableFiles.secretFolder(folder);
    var name = NAME_TIME.format(mail.at()) + "-" + mail.action().replaceAll("[^a-z_]", "") + ".txt";
    DurableFiles.writeSecret(folder.resolve(name), text(mail).getBytes(StandardCharsets.UTF_8));
    var kept = names();
    kept.subList(0, Math.max(0, kept.size() - MAX_MAILS)).forEach(DurableFiles::deleteTree);
  }

  /// Oldest first.
  private List<Path> names() {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(AuthMail mail) {
    var text =
        new StringBuilder("To: %s\nAbout: %s\n".formatted(oneLine(mail.to()), mail.action()));
    if (!mail.code().isEmpty()) {
      text.append("Code: ").append(mail.code()).append('\n');
    }
    if (!mail.link().isEmpty()) {
      text.append("Link: ").append(oneLine(mail.link())).append('\n');
    }
    return text.toString();
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", " ");
  }
}
