package dev.freehold.backend.supabase.auth;

import dev.freehold.telemetry.Event;

/// What the auth server states. Never a token, a password or a code.
public sealed interface AuthEvent extends Event {
  /// A request failed for a reason that is not the caller's.
  ///
  /// @param route method and path
  /// @param cause the failure in the database's or the program's words
  record Failed(String route, String cause) implements AuthEvent {
    @Override
    public String describe() {
      return "auth: " + route + " failed: " + cause;
    }
  }

  /// A refresh token was presented long after it was replaced; its session is revoked.
  record RefreshTokenReused(String session) implements AuthEvent {
    @Override
    public String describe() {
      return "auth: a refresh token of session " + session + " was reused; the session is revoked";
    }
  }

  /// A sign-in provider did not answer as it must.
  ///
  /// @param cause without tokens, codes or secrets
  record ProviderFailed(String provider, String cause) implements AuthEvent {
    @Override
    public String describe() {
      return "auth: sign-in by " + provider + " failed: " + cause;
    }
  }

  /// A mail was handed to the mailer.
  record MailHandedOver(String action, String to) implements AuthEvent {
    @Override
    public String describe() {
      return "auth: " + action + " mail for " + to;
    }
  }

  /// A mail was not taken.
  ///
  /// @param why the mail server's words
  record MailRefused(String action, String why) implements AuthEvent {
    @Override
    public String describe() {
      return "auth: a mail was not sent: " + why;
    }
  }
}
