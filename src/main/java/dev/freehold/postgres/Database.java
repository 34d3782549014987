package dev.freehold.postgres;

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

  /// A JDBC address without credentials; give them by [#properties].
  public String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + name;
  }

  public Properties properties() {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    properties.setProperty("sslmode", tls.mode());
    return properties;
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + name;
  }
}
