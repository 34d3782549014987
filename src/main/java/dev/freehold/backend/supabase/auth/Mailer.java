package dev.freehold.backend.supabase.auth;

/// Takes a mail for delivery. Called inside a request: it hands over and does not wait for a mail
/// server.
@FunctionalInterface
public interface Mailer {
  void send(AuthMail mail);
}
