package dev.freehold.edge;

import dev.freehold.http.Handler;

/// A handler that answers everything under a prefix, before the app's own content does. It sees the
/// path without the prefix.
///
/// @param prefix starts with `/` and does not end with one; matches itself and whatever lies under
///   it
/// @param maxBodyBytes the largest request body the handler takes, 413 above
public record Mount(String prefix, Handler handler, int maxBodyBytes) {
  public Mount {
    if (!prefix.startsWith("/") || prefix.endsWith("/")) {
      throw new IllegalArgumentException("Not a mount's prefix: " + prefix);
    }
  }

  boolean takes(String path) {
    return path.startsWith(prefix)
        && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
  }

  String within(String path) {
    return path.length() == prefix.length() ? "/" : path.substring(prefix.length());
  }
}
