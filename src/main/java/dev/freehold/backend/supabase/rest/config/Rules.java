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
    oneOf(configuration, LOG_LEVEL, List.of("crit", "error", "warn", "info", "debug"));
    oneOf(
        configuration, OPENAPI_MODE, List.of("follow-privileges", "ignore-privileges", "disabled"));
    oneOf(
        configuration,
        DB_TX_END,
        List.of("commit", "commit-allow-override", "rollback", "rollback-allow-override"));
    if (RoleClaimPath.parse(configuration.text(JWT_ROLE_CLAIM_KEY)).isEmpty()) {
      throw refused(
          configuration,
          JWT_ROLE_CLAIM_KEY,
          "it is a path into the claims, such as .role or .app.roles[0]");
    }
    var audience = configuration.text(JWT_AUD);
    if (audience.contains(":") && uri(audience).filter(URI::isAbsolute).isEmpty()) {
      throw refused(configuration, JWT_AUD, "with a colon in it, it has to be a valid URI");
    }
    var proxy = configuration.text(OPENAPI_SERVER_PROXY_URI);
    if (!proxy.isEmpty() && !isBase(proxy)) {
      throw refused(
          configuration,
          OPENAPI_SERVER_PROXY_URI,
          "it is an address such as https://example.com:8443/basePath");
    }
    mode(configuration);
    port(configuration, SERVER_PORT);
    port(configuration, ADMIN_SERVER_PORT);
    if (configuration.text(ADMIN_SERVER_PORT).equals(configuration.text(SERVER_PORT))) {
      throw refused(configuration, ADMIN_SERVER_PORT, "it cannot be the same as server-port");
    }
  }

  private static void oneOf(Configuration configuration, ConfigOption option, List<String> words) {
    if (!words.contains(configuration.text(option))) {
      throw refused(configuration, option, "it is one of " + String.join(", ", words));
    }
  }

  private static void mode(Configuration configuration) {
    try {
      int mode = Integer.parseInt(configuration.text(SERVER_UNIX_SOCKET_MODE), 8);
      if (mode >= LEAST_MODE && mode <= MOST_MODE) {
        return;
      }
    } catch (NumberFormatException e) {
      throw refused(
          configuration, SERVER_UNIX_SOCKET_MODE, "it is an octal number between 600 and 777");
    }
    throw refused(configuration, SERVER_UNIX_SOCKET_MODE, "it needs to be between 600 and 777");
  }

  private static void port(Configuration configuration, ConfigOption option) {
    long port = configuration.number(option).orElse(0);
    if (port < 0 || port > MAX_PORT) {
      throw refused(configuration, option, "a port is a number from 0 to " + MAX_PORT);
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
      Configuration configuration, ConfigOption option, String rule) {
    return Problem.of("rest-setting-invalid", "the setting " + option.word() + " is not usable")
        .detail(option.word() + " = \"" + configuration.text(option) + "\"")
        .hint(rule)
        .raise();
  }
}
