package dev.freehold.backend.supabase.auth;

import java.time.Duration;
import java.util.Map;

/// Signing in by phone number.
///
/// @param enabled whether a number is an address to sign in with
/// @param autoconfirm new numbers count as confirmed, nothing is sent for them
/// @param interval least time between two messages to one number
/// @param lifetime how long a code is valid
/// @param digits of a code, 6 to 10
/// @param perHour messages in all
/// @param message what is sent; `{{ .Code }}` is replaced by the code
/// @param testCodes codes by number, digits only, that are valid without being sent
public record PhoneRules(
    boolean enabled,
    boolean autoconfirm,
    Duration interval,
    Duration lifetime,
    int digits,
    int perHour,
    String message,
    Map<String, String> testCodes) {
  /// Off; what GoTrue does when it is turned on.
  public static final PhoneRules DEFAULT =
      new PhoneRules(
          false,
          false,
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          6,
          30,
          "Your code is {{ .Code }}",
          Map.of());

  public PhoneRules {
    testCodes = Map.copyOf(testCodes);
  }

  public PhoneRules withEnabled(boolean on, boolean confirmed) {
    return new PhoneRules(on, confirmed, interval, lifetime, digits, perHour, message, testCodes);
  }

  String text(String code) {
    return message.replaceAll("\\{\\{\\s*\\.Code\\s*}}", code);
  }
}
