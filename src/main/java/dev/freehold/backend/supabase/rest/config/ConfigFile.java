package dev.freehold.backend.supabase.rest.config;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Reads the format in which PostgREST keeps its configuration: `name = value`, one after the
/// other, `#` before a comment.
///
/// Names are letters, digits, `-` and `_` after a first letter, joined by dots. Strings stand in
/// double quotes, where `\n`, `\t`, `\r`, `\"`, `\\` and a `u` with four digits are escapes,
/// `$(name)` stands for an earlier value or an environment variable and `$$` for one dollar sign.
/// `name { … }` puts `name.` before what it holds; `import "file"` reads another file in its place.
public final class ConfigFile {
  /// More than any configuration is long.
  private static final int MAX_BYTES = 1 << 20;

  private static final int MAX_IMPORTS = 16;

  private final String where;
  private final String text;
  private final @Nullable Path folder;
  private final UnaryOperator<@Nullable String> environment;
  private final int depth;
  private final Map<String, ConfigValue> values;
  private int at;

  private ConfigFile(
      String where,
      String text,
      @Nullable Path folder,
      UnaryOperator<@Nullable String> environment,
      int depth,
      Map<String, ConfigValue> values) {
    this.where = where;
    this.text = text;
    this.folder = folder;
    this.environment = environment;
    this.depth = depth;
    this.values = values;
  }

  /// @param environment the value of an environment variable, or null
  /// @return the values by their full names, in order; of a name given twice the last counts
  public static Map<String, ConfigValue> read(
      Path file, UnaryOperator<@Nullable String> environment) {
    var values = new LinkedHashMap<String, ConfigValue>();
    include(file, environment, 0, "", values);
    return values;
  }

  /// Reads text that lies in no file.
  static Map<String, ConfigValue> parse(String text, UnaryOperator<@Nullable String> environment) {
    var values = new LinkedHashMap<String, ConfigValue>();
    new ConfigFile("configuration", text, null, environment, 0, values).block("", false);
    return values;
  }

  private static void include(
      Path file,
      UnaryOperator<@Nullable String> environment,
      int depth,
      String prefix,
      Map<String, ConfigValue> values) {
    new ConfigFile(
            file.toString(),
            content(file),
            file.toAbsolutePath().getParent(),
            environment,
            depth,
            values)
        .block(prefix, false);
  }

  private static String content(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw unreadable(file, "it is larger than " + MAX_BYTES + " bytes").raise();
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw unreadable(file, "there is no such file").raise(e);
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e.getMessage())).raise(e);
    }
  }

  private static Problem unreadable(Path file, String why) {
    return Problem.of("rest-configuration-unreadable", "the configuration file cannot be read")
        .detail(file + ": " + why)
        .hint("the command's --example prints one to begin with");
  }

  private void block(String prefix, boolean inBraces) {
    for (skip(); at < text.length(); skip()) {
      if (inBraces && text.charAt(at) == '}') {
        return;
      }
      directive(prefix);
    }
    if (inBraces) {
      throw wrong("a group is not closed by }");
    }
  }

  private void directive(String prefix) {
    int start = at;
    var name = name();
    blanks();
    if (name.equals("import") && next() == '"') {
      include(start);
      return;
    }
    switch (next()) {
      case '=' -> {
        at++;
        skip();
        values.put(prefix + name, value());
        end();
      }
      case '{' -> {
        at++;
        block(prefix + name + ".", true);
        at++;
      }
      default -> throw wrong("after " + name + " there has to be =");
    }
  }

  private void include(int start) {
    var file = string();
    if (depth >= MAX_IMPORTS) {
      at = start;
      throw wrong("files import one another more than " + MAX_IMPORTS + " deep");
    }
    var path = folder == null ? Path.of(file) : folder.resolve(file);
    include(path, environment, depth + 1, "", values);
    end();
  }

  /// Only a comment may follow a value on its line.
  private void end() {
    blanks();
    if (at < text.length() && "\n\r#}".indexOf(text.charAt(at)) < 0) {
      throw wrong("only a comment may follow a value");
    }
  }

  private String name() {
    int start = at;
    while (at < text.length() && isOfName(text.charAt(at))) {
      at++;
    }
    if (at == start || !Character.isLetter(text.charAt(start))) {
      at = start;
      throw wrong("a setting begins with its name");
    }
    return text.substring(start, at);
  }

  private static boolean isOfName(char c) {
    return Character.isLetterOrDigit(c) || c == '-' || c == '_' || c == '.';
  }

  private ConfigValue value() {
    char first = next();
    if (first == '"') {
      return new ConfigValue.Text(string());
    }
    if (first == '[') {
      return list();
    }
    int start = at;
    while (at < text.length() && (isOfName(text.charAt(at)) || text.charAt(at) == '+')) {
      at++;
    }
    var word = text.substring(start, at);
    switch (word) {
      case "true", "on" -> {
        return new ConfigValue.Flag(true);
      }
      case "false", "off" -> {
        return new ConfigValue.Flag(false);
      }
      default -> {
        try {
          return new ConfigValue.Figure(new BigDecimal(word));
        } catch (NumberFormatException e) {
          at = start;
          throw wrong("a value is a string in double quotes, a number, true or false");
        }
      }
    }
  }

  private ConfigValue list() {
    var values = new ArrayList<ConfigValue>();
    at++;
    skip();
    while (next() != ']') {
      values.add(value());
      skip();
      if (next() == ',') {
        at++;
        skip();
      } else if (next() != ']') {
        throw wrong("a list is closed by ]");
      }
    }
    at++;
    return new ConfigValue.Many(List.copyOf(values));
  }

  private String string() {
    var out = new StringBuilder();
    for (at++; ; at++) {
      char c = next();
      switch (c) {
        case '"' -> {
          at++;
          return out.toString();
        }
        case '\\' -> escape(out);
        case '$' -> interpolation(out);
        case 0, '\n' -> throw wrong("a string is not closed by a double quote");
        default -> out.append(c);
      }
    }
  }

  private void escape(StringBuilder out) {
    at++;
    switch (next()) {
      case 'n' -> out.append('\n');
      case 't' -> out.append('\t');
      case 'r' -> out.append('\r');
      case '"' -> out.append('"');
      case '\\' -> out.append('\\');
      case 'u' -> {
        try {
          out.append((char) Integer.parseInt(text, at + 1, at + 5, 16));
          at += 4;
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
          throw wrong("an escape u is followed by four hexadecimal digits");
        }
      }
      default -> throw wrong("that is no escape of a string");
    }
  }

  private void interpolation(StringBuilder out) {
    char after = at + 1 < text.length() ? text.charAt(at + 1) : 0;
    if (after == '$') {
      out.append('$');
      at++;
      return;
    }
    int close = after == '(' ? text.indexOf(')', at) : -1;
    if (close < 0) {
      out.append('$');
      return;
    }
    var name = text.substring(at + 2, close);
    var value = values.get(name);
    var known =
        switch (value) {
          case ConfigValue.Text(var earlier) -> earlier;
          case ConfigValue.Figure(var number) -> number.toPlainString();
          case null, default -> environment.apply(name);
        };
    if (known == null) {
      throw wrong("$(" + name + ") is neither an earlier setting nor an environment variable");
    }
    out.append(known);
    at = close;
  }

  /// The character here, 0 at the end.
  private char next() {
    return at < text.length() ? text.charAt(at) : 0;
  }

  private void blanks() {
    while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
      at++;
    }
  }

  /// Blanks, line ends and comments.
  private void skip() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (Character.isWhitespace(c) || c == '\ufeff') {
        at++;
      } else {
        return;
      }
    }
  }

  private RuntimeException wrong(String what) {
    long line = text.substring(0, Math.min(at, text.length())).lines().count();
    return Problem.of("rest-configuration-invalid", "the configuration file is not understood")
        .detail(where + ", line " + Math.max(1, line) + ": " + what)
        .hint("settings are written as: server-port = 3000")
        .raise();
  }
}
