package dev.freehold.backend.supabase.auth.provider;

/// A provider did not answer as it must: it refused, it could not be reached, or its token does not
/// hold. The message is for the log; it names no token and no secret.
public final class ProviderFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ProviderFailure(String message) {
    super(message);
  }

  ProviderFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
