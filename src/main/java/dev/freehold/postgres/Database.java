package dev.freehold.postgres;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/// Where one PostgreSQL database is and as whom to enter it. The password never shows in
/// [#toString].
///
/// @param host a name or address, or the folder of a unix socket when it starts with `/`
/// @param port TCP port, 1 to 65535
/// @param name the database's name
/// @param user the login role
/// @param password the role's password, empty when the server asks for none
/// @param tls whether the connection is encrypted
public record Database(String host, int port, String name, String user, String password, Tls tls) {

  /// How a connection is encrypted; libpq's `sslmode`. A unix socket never is.
  public enum Tls {
    /// Never.
    DISABLE("disable"),
    /// Where the server can; its certificate is not looked at.
    PREFER("prefer"),
    /// Always; its certificate is not looked at.
    REQUIRE("require"),
    /// Always, with a certificate that the system's authorities vouch for.
    VERIFY_CA("verify-ca"),
    /// Always, with such a certificate for this very host.
    VERIFY_FULL("verify-full");

    private final String mode;

    Tls(String mode) {
      this.mode = mode;
    }

    /// Its name in connection strings.
    public String mode() {
      return mode;
    }
  }

  /// A database that is encrypted where it can be.
  public Database(String host, int port, String name, String user, String password) {
    this(host, port, name, user, password, Tls.PREFER);
  }

  public Database as(String otherUser, String otherPassword) {
    return new Database(host, port, name, otherUser, otherPassword, tls);
  }

  public Database named(String otherName) {
    return new Database(host, port, otherName, user, password, tls);
  }

  /// Whether the host is the folder of a unix socket.
  public boolean onSocket() {
    return host.startsWith("/");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// The address in libpq's form (PostgreSQL documentation, "Connection URIs"), password included:
  /// for the process that needs it.
  public String uri() {
    return "postgresql://%s:%s@%s:%d/%s"
        .formatted(encoded(user), encoded(password), place(), port, encoded(name));
  }

  private String place() {
    return onSocket() ? "localhost" : host.contains(":") ? "[" + host + "]" : host;
  }

  /// A JDBC address without credentials; give them by [#properties].
  public String jdbcUrl() {
    return "jdbc:postgresql://" + place() + ":" + port + "/" + encoded(name);
  }

  public Properties properties() {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", onSocket() ? Tls.DISABLE.mode() : tls.mode());
    if (onSocket()) {
      properties.setProperty("socketFactory", UnixSockets.class.getName());
      properties.setProperty("socketFactoryArg", host + "/.s.PGSQL." + port);
    } else if (tls == Tls.VERIFY_CA || tls == Tls.VERIFY_FULL) {
      properties.setProperty("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
    }
    return properties;
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + name;
  }
}
