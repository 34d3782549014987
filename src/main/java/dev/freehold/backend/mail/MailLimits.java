package dev.freehold.backend.mail;

import java.time.Duration;

/// What one Environment's own mails may take of this machine and of its owner's mail server.
///
/// @param running mails on their way at once; 429 above. Fewer than a mail server's connections, so
///   that the mails of sign-in find one
/// @param bodyBytes the largest request
/// @param recipients of one mail, `to`, `cc` and `bcc` together: the Vendor's own limit
/// @param perMinute mails in a minute, over time; as many may come at once
/// @param pause what a caller is told to wait when the mail server takes no mail
public record MailLimits(
    int running, int bodyBytes, int recipients, int perMinute, Duration pause) {
  public static final MailLimits DEFAULT =
      new MailLimits(2, 2 << 20, 5, 300, Duration.ofSeconds(60));
}
