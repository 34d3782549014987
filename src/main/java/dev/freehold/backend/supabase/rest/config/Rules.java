package dev.freehold.backend.supabase.rest.config;

import static dev.freehold.backend.supabase.rest.config.ConfigOption.*;

import dev.freehold.problem.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What an option's value has to be, beyond being a number or a text.
final class Rules {
  private static final int LEAST_MODE = 0600;
  private static final int MOST_MODE = 0777;
  private static final int MAX_PORT = 65_535;

  private Rules() {}

  static void check(Configuration configuration) {
    oneOf(
        configuration,
        LOG_LEVEL,
        List.of("crit", "error", "warn", "info", "debug"),
        "Invalid logging level. Check your configuration.");
    oneOf(
        configuration,
        OPENAPI_MODE,
        List.of("follow-privileges", "ignore-privileges", "disabled"),
        "Invalid openapi-mode. Check your configuration.");
    oneOf(
        configuration,
        DB_TX_END,
        List.of("commit", "commit-allow-override", "rollback", "rollback-allow-override"),
        "Invalid transaction termination. Check your configuration.");
    var path = configuration.text(JWT_ROLE_CLAIM_KEY);
    if (RoleClaimPath.parse(path).isEmpty()) {
      throw refused(
          configuration,
          JWT_ROLE_CLAIM_KEY,
          "failed to parse role-claim-key value (" + path + ")",
          "it is a path into the claims, such as .role or .app.roles[0]");
    }
    var audience = configuration.text(JWT_AUD);
    if (audience.contains(":") && uri(audience).filter(URI::isAbsolute).isEmpty()) {
      throw refused(
          configuration,
          JWT_AUD,
          "jwt-aud should be a string or a valid URI",
          "with a colon in it, it is taken for a URI");
    }
    var proxy = configuration.text(OPENAPI_SERVER_PROXY_URI);
    if (!proxy.isEmpty() && !isBase(proxy)) {
      throw refused(
          configuration,
          OPENAPI_SERVER_PROXY_URI,
          "Malformed proxy uri, a correct example: https://example.com:8443/basePath",
          "give scheme, host and path, without user and query");
    }
    mode(configuration);
    port(configuration, SERVER_PORT);
    port(configuration, ADMIN_SERVER_PORT);
    if (configuration.text(ADMIN_SERVER_PORT).equals(configuration.text(SERVER_PORT))) {
      throw refused(
          configuration,
          ADMIN_SERVER_PORT,
          "admin-server-port cannot be the same as server-port",
          "give each a port of its own");
    }
  }

  private static void oneOf(
      Configuration configuration, ConfigOption option, List<String> words, String message) {
    if (!words.contains(configuration.text(option))) {
      throw refused(configuration, option, message, "it is one of " + String.join(", ", words));
    }
  }

  private static void mode(Configuration configuration) {
    int mode;
    try {
      mode = Integer.parseInt(configuration.text(SERVER_UNIX_SOCKET_MODE), 8);
    } catch (NumberFormatException e) {
      throw refused(
          configuration,
          SERVER_UNIX_SOCKET_MODE,
          "Invalid server-unix-socket-mode: not an octal",
          "write it as chmod takes it, between 600 and 777");
    }
    if (mode < LEAST_MODE || mode > MOST_MODE) {
      throw refused(
          configuration,
          SERVER_UNIX_SOCKET_MODE,
          "Invalid server-unix-socket-mode: needs to be between 600 and 777",
          "660 lets the owner and the group connect");
    }
  }

  private static void port(Configuration configuration, ConfigOption option) {
    long port = configuration.number(option).orElse(0);
    if (port < 0 || port > MAX_PORT) {
      throw refused(
          configuration,
          option,
          "Invalid " + option.word(),
          "a port is a number from 0 to " + MAX_PORT);
    }
  }

  /// An absolute http or https address without query and user.
  private static boolean isBase(String text) {
    return uri(text)
        .filter(uri ->
            uri.getScheme() != null
                && List.of("http", "https").contains(uri.getScheme().toLowerCase(Locale.ROOT))
                && uri.getRawQuery() == null
                && uri.getRawFragment() == null
                && uri.getRawUserInfo() == null
                && uri.getHost() != null
                && uri.getPort() != 0
                && uri.getPort() <= MAX_PORT)
        .isPresent();
  }

  private static Optional<URI> uri(String text) {
    try {
      return Optional.of(new URI(text));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static RuntimeException refused(
      Configuration configuration, ConfigOption option, String message, String rule) {
    return Problem.of("rest-setting-invalid", message)
        .detail(option.word() + " = \"" + configuration.text(option) + "\"")
        .hint(rule)
        .raise();
  }
}
