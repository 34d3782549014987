package dev.freehold.backend.supabase.auth;

/// A text message that was not handed over, with the reason in the carrier's words.
public final class TextFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TextFailed(String reason) {
    super(reason);
  }
}
