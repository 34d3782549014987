package dev.freehold.target.thishost;

import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/// Reads a connection URI as libpq has it (PostgreSQL documentation, "Connection URIs").
public final class DatabaseUrl {
  private static final int USUAL_PORT = 5432;

  private DatabaseUrl() {}

  /// @throws dev.freehold.problem.ProblemException `database-url-invalid`, without the password
  public static Database parse(String url) {
    try {
      var uri = new URI(url.strip());
      var login = uri.getRawUserInfo();
      if (uri.getScheme() == null
          || !uri.getScheme().matches("postgres(ql)?")
          || uri.getHost() == null
          || login == null) {
        throw invalid();
      }
      int colon = login.indexOf(':');
      var path = uri.getPath();
      return new Database(
          uri.getHost(),
          uri.getPort() > 0 ? uri.getPort() : USUAL_PORT,
          path == null || path.length() < 2 ? "postgres" : path.substring(1),
          decoded(colon < 0 ? login : login.substring(0, colon)),
          colon < 0 ? "" : decoded(login.substring(colon + 1)));
    } catch (URISyntaxException e) {
      throw invalid();
    }
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static RuntimeException invalid() {
    return Problem.of("database-url-invalid", "that is not the address of a PostgreSQL database")
        .hint(
            "write postgresql://user:password@host:5432/name; percent-encode special characters in"
                + " the password")
        .raise();
  }
}
