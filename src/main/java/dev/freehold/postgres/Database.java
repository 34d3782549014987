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
public record Database(String host, int port, String name, String user, String password) {

  public Database as(String otherUser, String otherPassword) {
    return new Database(host, port, name, otherUser, otherPassword);
  }

  public Database named(String otherName) {
    return new Database(host, port, otherName, user, password);
  }

  /// A JDBC address without credentials; give them by [#properties].
  public String jdbcUrl() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + name;
  }

  public Properties properties() {
    var properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return properties;
  }

  @Override
  public String toString() {
    return user + "@" + host + ":" + port + "/" + name;
  }
}
