package dev.freehold.backend.supabase.auth;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/// E-mail addresses and phone numbers, checked and in the form they are stored in.
final class Addresses {
  private static final int MAX_EMAIL_CHARS = 255;
  private static final String LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
  private static final Pattern EMAIL =
      Pattern.compile("[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@" + LABEL + "(?:\\." + LABEL + ")*");
  private static final Pattern PHONE = Pattern.compile("[1-9][0-9]{1,14}");

  private Addresses() {}

  /// In lower case.
  static String email(String text) {
    if (text.isEmpty()) {
      throw AuthError.validation("An email address is required");
    }
    if (text.length() > MAX_EMAIL_CHARS) {
      throw AuthError.validation("An email address is too long");
    }
    if (!EMAIL.matcher(text).matches()) {
      throw AuthError.validation("Unable to validate email address: invalid format");
    }
    return text.toLowerCase(Locale.ROOT);
  }

  /// Digits only (E.164 without `+`).
  static String phone(String text) {
    var digits = plain(text);
    if (!PHONE.matcher(digits).matches()) {
      throw AuthError.validation("Invalid phone number format (E.164 required)");
    }
    return digits;
  }

  /// As Go and PostgreSQL count lengths in bytes.
  static int utf8Length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /// Without `+` and blanks, not checked.
  static String plain(String text) {
    return text.replace("+", "").replace(" ", "");
  }
}
