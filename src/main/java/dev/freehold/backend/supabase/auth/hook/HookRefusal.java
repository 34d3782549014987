package dev.freehold.backend.supabase.auth.hook;

/// A hook refused, or could not be asked: what the App's user gets to see.
public final class HookRefusal extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;

  /// @param status of the answer
  /// @param code GoTrue's; `unexpected_failure` or `unknown` where a hook's own words are passed on
  public HookRefusal(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  static HookRefusal internal(String message) {
    return new HookRefusal(500, "unexpected_failure", message);
  }

  public int status() {
    return status;
  }

  public String code() {
    return code;
  }

  /// The sentence for the caller.
  public String text() {
    return String.valueOf(getMessage());
  }
}
