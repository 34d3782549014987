package dev.freehold.backend.supabase.mail;

/// The mail server does not take this one mail: an address is none, or the server refuses it. Any
/// other failure, which the next mail would meet too, is a
/// [dev.freehold.backend.supabase.auth.MailFailed].
public final class MailRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean forGood;

  /// @param why in the server's words
  /// @param forGood whether it makes no sense to try again
  public MailRefused(String why, boolean forGood, Throwable cause) {
    super(Letter.oneLine(why), cause);
    this.forGood = forGood;
  }

  /// Whether it makes no sense to try again.
  public boolean forGood() {
    return forGood;
  }
}
