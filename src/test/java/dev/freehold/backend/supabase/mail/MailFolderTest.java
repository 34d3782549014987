package dev.freehold.backend.supabase.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.auth.AuthMail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MailFolderTest {
  private static final Instant NOON = Instant.parse("2026-05-01T12:00:00Z");

  @Test
  void aMailIsAFileForTheOwnerAlone(@TempDir Path folder) throws IOException {
    var mails = folder.resolve("mail/shop.production");

    new MailFolder(mails).send(mail(NOON, "ada@example.com\nAbout: forged"));

    var file = only(mails);
    assertThat(file.getFileName().toString()).isEqualTo("20260501T120000.000000000-recovery.txt");
    assertThat(Files.readString(file))
        .startsWith(
            """
            To: ada@example.com About: forged
            About: recovery
            Code: 123456
            Link: http://shop.localhost/auth/v1/verify?token=t
            Subject: Choose a new password

            Choose a new password
            """);
    var kept = new MailFolder(mails).list().getFirst();
    assertThat(kept.to()).isEqualTo("ada@example.com About: forged");
    assertThat(kept.action()).isEqualTo("recovery");
    assertThat(kept.code()).isEqualTo("123456");
    assertThat(kept.at()).isEqualTo(NOON);
    assertThat(new MailFolder(mails).find("20260501T12")).contains(kept);
    assertThat(new MailFolder(mails).find("2027")).isEmpty();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(mails)))
        .isEqualTo("rwx------");
  }

  @Test
  void theNewestAreKept(@TempDir Path folder) throws IOException {
    var mails = new MailFolder(folder);
    for (int i = 0; i < MailFolder.MAX_MAILS + 3; i++) {
      mails.send(mail(NOON.plusNanos(i), "ada@example.com"));
    }

    assertThat(files(folder)).hasSize(MailFolder.MAX_MAILS);
    assertThat(files(folder).getFirst().getFileName().toString())
        .startsWith("20260501T120000.000000003-");
  }

  private static AuthMail mail(Instant at, String to) {
    var link = "http://shop.localhost/auth/v1/verify?token=t";
    return new AuthMail(at, "recovery", to, "123456", "t", link, "http://shop.localhost", Map.of());
  }

  private static Path only(Path folder) throws IOException {
    assertThat(files(folder)).hasSize(1);
    return files(folder).getFirst();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }
}
