package dev.freehold.backend.supabase.mail;

import dev.freehold.backend.supabase.auth.MailFailed;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.AddressException;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.jspecify.annotations.Nullable;

/// Whether it is this mail that a mail server did not take: it answered a recipient or the words of
/// the mail with a refusal, for good when its code is 500 or more (RFC 5321, 4.2.1). That it
/// refuses the sender or the password says nothing of the mail: those are settings, which an owner
/// corrects.
final class Refusal {
  private static final int FIRST_FINAL_CODE = 500;
  private static final String SENDER_COMMAND = "MAIL";

  private Refusal() {}

  /// Empty when another mail would fare no better.
  static Optional<MailRefused> of(MailFailed failed) {
    Optional<MailRefused> found = Optional.empty();
    for (var cause = failed.getCause(); cause != null; cause = next(cause)) {
      var one = one(cause, failed);
      if (one.isPresent() && (found.isEmpty() || one.get().forGood())) {
        found = one;
      }
    }
    return found;
  }

  private static Optional<MailRefused> one(Throwable cause, MailFailed failed) {
    var words = String.valueOf(cause.getMessage());
    return switch (cause) {
      case AddressException _ -> Optional.of(new MailRefused(words, true, failed));
      case SMTPAddressFailedException refused ->
          Optional.of(new MailRefused(words, refused.getReturnCode() >= FIRST_FINAL_CODE, failed));
      case SMTPSendFailedException refused
          when refused.getReturnCode() >= FIRST_FINAL_CODE
              && !refused.getCommand().startsWith(SENDER_COMMAND) ->
          Optional.of(new MailRefused(words, true, failed));
      default -> Optional.empty();
    };
  }

  private static @Nullable Throwable next(Throwable cause) {
    return cause instanceof MessagingException mail && mail.getNextException() != null
        ? mail.getNextException()
        : cause.getCause();
  }
}
