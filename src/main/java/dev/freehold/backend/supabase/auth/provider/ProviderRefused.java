package dev.freehold.backend.supabase.auth.provider;

/// A provider cannot be used, in GoTrue's words, which the caller may read.
public final class ProviderRefused extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;

  ProviderRefused(String code, String message) {
    super(message);
    this.code = code;
  }

  /// GoTrue's error code.
  public String code() {
    return code;
  }

  public String text() {
    var message = getMessage();
    return message == null ? "" : message;
  }
}
