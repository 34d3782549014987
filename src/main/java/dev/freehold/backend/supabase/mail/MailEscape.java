package dev.freehold.backend.supabase.mail;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// Writes values so that they stay values: inside HTML, and inside an address in HTML.
final class MailEscape {
  /// What stands where a value cannot safely stand, in Go's word for it.
  static final String REFUSED = "ZgotmplZ";

  private static final String UNRESERVED = "-._~";
  private static final String KEPT_IN_ADDRESS = "-._~!#$&*+,/:;=?@[]%'()";

  private MailEscape() {}

  static String html(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&#34;")
        .replace("'", "&#39;")
        .replace("\0", "\uFFFD");
  }

  /// As one value of a query.
  static String query(String text) {
    return encoded(text, UNRESERVED);
  }

  /// As an address that is one already: only what no address may hold is encoded.
  static String address(String text) {
    return encoded(text, KEPT_IN_ADDRESS);
  }

  /// Whether an address that begins so may be opened from a mail.
  static boolean isSafeAddress(String address) {
    int colon = address.indexOf(':');
    if (colon < 0 || address.substring(0, colon).contains("/")) {
      return true;
    }
    var scheme = address.substring(0, colon).toLowerCase(Locale.ROOT);
    return scheme.equals("http") || scheme.equals("https") || scheme.equals("mailto");
  }

  private static String encoded(String text, String kept) {
    var encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean plain = c < 0x80 && (Character.isLetterOrDigit(c) || kept.indexOf(c) >= 0);
      if (plain) {
        encoded.append(c);
      } else {
        encoded.append('%').append(String.format(Locale.ROOT, "%02x", (int) c));
      }
    }
    return encoded.toString();
  }
}
