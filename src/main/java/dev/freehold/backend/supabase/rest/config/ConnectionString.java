package dev.freehold.backend.supabase.rest.config;

import dev.freehold.postgres.Database;
import dev.freehold.postgres.Database.Tls;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Reads `db-uri` as libpq does: `postgresql://user:password@host:port/name?option=value`, or
/// `host=… dbname=…`. What is left out comes from the variables libpq knows (`PGHOST`, `PGPORT`,
/// `PGDATABASE`, `PGUSER`, `PGPASSWORD`, `PGSSLMODE`). Without a host it is a server of this
/// machine, by its socket. Several hosts, certificates of the client and other words are refused.
///
/// Source: https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING
public final class ConnectionString {
  private static final int USUAL_PORT = 5432;
  private static final int MAX_PORT = 65_535;
  private static final String USUAL_HOST = "localhost";

  /// Where a server of this machine has its socket: as distributions have it, as PostgreSQL itself.
  private static final List<Path> SOCKET_FOLDERS =
      List.of(Path.of("/var/run/postgresql"), Path.of("/tmp"));

  private static final Set<String> WORDS =
      Set.of("host", "hostaddr", "port", "dbname", "user", "password", "sslmode");

  /// What libpq knows and makes no difference here: how the connection is named, kept and timed.
  private static final Set<String> WITHOUT_EFFECT =
      Set.of(
          "application_name",
          "fallback_application_name",
          "client_encoding",
          "connect_timeout",
          "keepalives",
          "keepalives_idle",
          "keepalives_interval",
          "keepalives_count",
          "tcp_user_timeout",
          "gssencmode",
          "sslcompression",
          "sslsni",
          "load_balance_hosts");

  private final Map<String, String> parts = new LinkedHashMap<>();
  private final String text;
  private int at;

  private ConnectionString(String text) {
    this.text = text;
  }

  /// @param written the address, or `@FILE` for a file that holds it
  /// @param environment the process's variables
  public static Database read(String written, Map<String, String> environment) {
    var text = written.startsWith("@") ? content(Path.of(written.substring(1))) : written;
    var string = new ConnectionString(text);
    for (var scheme : new String[] {"postgresql://", "postgres://"}) {
      if (text.startsWith(scheme)) {
        string.address(text.substring(scheme.length()));
        return string.database(environment);
      }
    }
    if (text.indexOf('=') < 0 && !text.isBlank()) {
      // libpq takes a bare word for the name of a database.
      string.parts.put("dbname", text.strip());
    } else {
      string.pairs();
    }
    return string.database(environment);
  }

  private static String content(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw Problem.of("rest-configuration-unreadable", "the file of db-uri cannot be read")
          .detail(file + ": " + e.getMessage())
          .hint("db-uri = \"@FILE\" names a file that this process may read")
          .raise(e);
    }
  }

  private Database database(Map<String, String> environment) {
    checkWords();
    var user = part("user", environment.getOrDefault("PGUSER", System.getProperty("user.name")));
    var port = part("port", environment.getOrDefault("PGPORT", Integer.toString(USUAL_PORT)));
    var host = part("hostaddr", part("host", environment.getOrDefault("PGHOST", "")));
    if (host.contains(",") || port.contains(",")) {
      throw wrong("it names several hosts; one is served").raise();
    }
    if (host.startsWith("@")) {
      throw wrong("its socket is an abstract one, which is not supported").raise();
    }
    return new Database(
        host.isEmpty() ? localHost(number(port)) : host,
        number(port),
        part("dbname", environment.getOrDefault("PGDATABASE", user)),
        user,
        part("password", environment.getOrDefault("PGPASSWORD", "")),
        tls(part("sslmode", environment.getOrDefault("PGSSLMODE", "prefer"))));
  }

  /// @throws dev.freehold.problem.ProblemException for words that would have changed where or how
  ///   the server is entered
  private void checkWords() {
    for (var part : parts.entrySet()) {
      var word = part.getKey();
      var anyServer = word.equals("target_session_attrs") && part.getValue().equals("any");
      if (!WORDS.contains(word) && !WITHOUT_EFFECT.contains(word) && !anyServer) {
        throw wrong("the word " + word + " in it is not supported").raise();
      }
    }
  }

  private static int number(String port) {
    try {
      int number = Integer.parseInt(port.strip());
      if (number > 0 && number <= MAX_PORT) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong("its port is no number").raise(e);
    }
    throw wrong("its port is not between 1 and " + MAX_PORT).raise();
  }

  /// As libpq's `allow` and `prefer` differ only in what is tried first, both are `prefer` here.
  private static Tls tls(String mode) {
    return Arrays.stream(Tls.values())
        .filter(tls -> tls.mode().equals(mode.equals("allow") ? "prefer" : mode))
        .findFirst()
        .orElseThrow(() ->
            wrong("its sslmode is none of disable, allow, prefer, require, verify-ca, verify-full")
                .raise());
  }

  /// The folder of a local server's socket; the loopback address where there is none.
  private static String localHost(int port) {
    return SOCKET_FOLDERS.stream()
        .filter(folder -> Files.exists(folder.resolve(".s.PGSQL." + port)))
        .findFirst()
        .or(() -> SOCKET_FOLDERS.stream().limit(1).filter(Files::isDirectory).findFirst())
        .map(Path::toString)
        .orElse(USUAL_HOST);
  }

  private String part(String name, String usual) {
    var given = parts.getOrDefault(name, "");
    return given.isEmpty() ? usual : given;
  }

  private void address(String rest) {
    int mark = rest.lastIndexOf('?');
    int at = rest.lastIndexOf('@', mark < 0 ? rest.length() : mark);
    var login = at < 0 ? "" : rest.substring(0, at);
    var place = rest.substring(at + 1);
    int query = place.indexOf('?');
    if (query >= 0) {
      for (var pair : place.substring(query + 1).split("&")) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          parts.put(pair.substring(0, equals), decoded(pair.substring(equals + 1)));
        }
      }
      place = place.substring(0, query);
    }
    int slash = place.indexOf('/');
    if (slash >= 0) {
      parts.putIfAbsent("dbname", decoded(place.substring(slash + 1)));
      place = place.substring(0, slash);
    }
    int colon = login.indexOf(':');
    parts.putIfAbsent("user", decoded(colon < 0 ? login : login.substring(0, colon)));
    parts.putIfAbsent("password", colon < 0 ? "" : decoded(login.substring(colon + 1)));
    int port = place.lastIndexOf(':');
    var hasPort = port > place.lastIndexOf(']');
    var host = hasPort ? place.substring(0, port) : place;
    parts.putIfAbsent("port", hasPort ? place.substring(port + 1) : "");
    parts.putIfAbsent("host", decoded(host.replace("[", "").replace("]", "")));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  private void pairs() {
    for (blanks(); at < text.length(); blanks()) {
      int equals = text.indexOf('=', at);
      if (equals < 0) {
        throw wrong("after each name there has to be =").raise();
      }
      var name = text.substring(at, equals).strip();
      at = equals + 1;
      blanks();
      parts.put(name, value());
    }
  }

  private String value() {
    var out = new StringBuilder();
    boolean quoted = at < text.length() && text.charAt(at) == '\'';
    for (at += quoted ? 1 : 0; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '\\' && at + 1 < text.length()) {
        out.append(text.charAt(++at));
      } else if (quoted ? c == '\'' : Character.isWhitespace(c)) {
        at++;
        return out.toString();
      } else {
        out.append(c);
      }
    }
    if (quoted) {
      throw wrong("a value is not closed by '").raise();
    }
    return out.toString();
  }

  private void blanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  /// The text is not shown: it may hold a password.
  private static Problem wrong(String what) {
    return Problem.of("rest-setting-invalid", "the setting db-uri is not usable")
        .detail(what)
        .hint("write postgresql://USER:PASSWORD@HOST:PORT/NAME");
  }
}
