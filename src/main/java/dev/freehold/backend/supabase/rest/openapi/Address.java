package dev.freehold.backend.supabase.rest.openapi;

import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// Where clients reach the API, as the document tells them.
///
/// @param scheme `http` or `https`
/// @param host without port
/// @param port 1 to 65535
/// @param path `/` when nothing stands before the API's own paths
public record Address(String scheme, String host, int port, String path) {
  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;
  private static final int MAX_PORT = 65_535;

  /// A host and perhaps a port. More digits than a port can have do not match.
  private static final Pattern AUTHORITY = Pattern.compile("([^@:\\[\\]]+|\\[.*])(?::(\\d{1,5}))?");

  private static final int HOST = 1;
  private static final int PORT = 2;

  /// The address of a socket. A host that stands for every interface is told as such.
  public static Address listening(String host, int port) {
    var shown =
        switch (host) {
          case "*", "*4", "!4", "*6", "!6" -> "0.0.0.0";
          default -> host;
        };
    return new Address("http", shown, port, "/");
  }

  /// Reads an absolute `http` or `https` address without user and query.
  ///
  /// @return empty when it is anything else
  public static Optional<Address> parse(String text) {
    URI uri;
    try {
      uri = URI.create(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    var authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
    var parts = AUTHORITY.matcher(authority);
    var known = scheme.equals("http") || scheme.equals("https");
    if (!known || uri.getRawQuery() != null || uri.getRawFragment() != null || !parts.matches()) {
      return Optional.empty();
    }
    int port = scheme.equals("http") ? HTTP_PORT : HTTPS_PORT;
    if (parts.group(PORT) != null) {
      port = Integer.parseInt(parts.group(PORT));
    }
    if (port < 1 || port > MAX_PORT) {
      return Optional.empty();
    }
    var path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return Optional.of(new Address(scheme, parts.group(HOST), port, path));
  }
}
