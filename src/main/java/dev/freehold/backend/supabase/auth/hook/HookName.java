package dev.freehold.backend.supabase.auth.hook;

import java.util.Locale;
import java.util.Optional;

/// The moments at which an App's own code is asked.
public enum HookName {
  CUSTOM_ACCESS_TOKEN("customize-access-token"),
  SEND_EMAIL("send-email"),
  SEND_SMS("send-sms"),
  BEFORE_USER_CREATED("before-user-created"),
  AFTER_USER_CREATED("after-user-created"),
  PASSWORD_VERIFICATION_ATTEMPT("password-verification"),
  MFA_VERIFICATION_ATTEMPT("mfa-verification");

  private final String said;

  HookName(String said) {
    this.said = said;
  }

  /// What a hook is told it was asked as.
  public String said() {
    return said;
  }

  /// The name in `supabase/config.toml`, such as `custom_access_token`.
  public String setting() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Optional<HookName> ofSetting(String setting) {
    for (var name : values()) {
      if (name.setting().equals(setting)) {
        return Optional.of(name);
      }
    }
    return Optional.empty();
  }
}
