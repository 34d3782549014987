package dev.freehold.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The host a client asked for. One `Host` field exactly, in letters, digits, `-._` or a bracketed
/// IPv6 address, with or without a port; an absolute-form target must agree with it.
final class Authority {
  private static final int MAX_CHARS = 260;

  private Authority() {}

  /// Empty when the request is to be refused.
  static Optional<String> of(List<String> hostFields, Optional<String> inTarget) {
    if (hostFields.size() != 1) {
      return Optional.empty();
    }
    var host = hostFields.getFirst().strip().toLowerCase(Locale.ROOT);
    boolean agrees = inTarget.map(t -> t.equalsIgnoreCase(host)).orElse(true);
    return agrees && isLegal(host) ? Optional.of(host) : Optional.empty();
  }

  /// The name without its port.
  static String name(String authority) {
    if (authority.startsWith("[")) {
      return authority.substring(0, authority.indexOf(']') + 1);
    }
    int colon = authority.indexOf(':');
    return colon < 0 ? authority : authority.substring(0, colon);
  }

  private static boolean isLegal(String host) {
    if (host.isEmpty() || host.length() > MAX_CHARS) {
      return false;
    }
    int nameEnd;
    if (host.startsWith("[")) {
      nameEnd = host.indexOf(']') + 1;
      if (nameEnd < 4 || !isAll(host.substring(1, nameEnd - 1), "abcdef:.")) {
        return false;
      }
    } else {
      int colon = host.indexOf(':');
      nameEnd = colon < 0 ? host.length() : colon;
      if (nameEnd == 0 || !isAll(host.substring(0, nameEnd), "abcdefghijklmnopqrstuvwxyz-._")) {
        return false;
      }
    }
    if (nameEnd == host.length()) {
      return true;
    }
    var port = host.substring(nameEnd);
    return port.startsWith(":") && port.length() <= 6 && isAll(port.substring(1), "");
  }

  private static boolean isAll(String text, String besidesDigits) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && besidesDigits.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
