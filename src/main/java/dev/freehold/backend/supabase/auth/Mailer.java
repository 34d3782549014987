package dev.freehold.backend.supabase.auth;

/// Takes a mail for delivery. Called inside a request and its transaction, as GoTrue sends: it
/// returns when the mail is in somebody else's hands, within some seconds.
@FunctionalInterface
public interface Mailer {
  /// @throws MailFailed when the mail is not handed over
  void send(AuthMail mail);
}
