package dev.freehold.backend.supabase.auth;

/// A mail could not be handed over. The request that wanted it fails and changes nothing; the
/// message says why, in words for a log and an owner, never for the caller.
public final class MailFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MailFailed(String why, Throwable cause) {
    super(why, cause);
  }

  public MailFailed(String why) {
    super(why);
  }
}
