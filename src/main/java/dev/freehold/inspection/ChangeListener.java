package dev.freehold.inspection;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// A table whose changes the app's code listens to: `.on('postgres_changes', { table: … })`.
record ChangeListener(String schema, String table) implements Comparable<ChangeListener> {
  private static final String USUAL_SCHEMA = "public";
  private static final Comparator<ChangeListener> ORDER =
      Comparator.comparing(ChangeListener::qualified);

  /// Longest object of options that is looked through, in characters.
  private static final int MAX_OPTIONS = 2_000;

  private static final Pattern ON =
      Pattern.compile(
          "\\.\\s*+on\\s*+\\(\\s*+(?:(['\"`])postgres_changes\\1"
              + "|REALTIME_LISTEN_TYPES\\.POSTGRES_CHANGES)(?:\\s++as\\s++\\w++)?\\s*+,\\s*+\\{");
  private static final Pattern OPTION =
      Pattern.compile(
          "(?:^|[,\\s])['\"]?(schema|table)['\"]?\\s*+:\\s*+"
              + "(?:(['\"`])(\\w{1,63})\\2|([A-Za-z_$][\\w$]{0,63}+))"
              + "(?:\\s++as\\s++\\w++)?\\s*+(?=,|$)");
  private static final Pattern SCHEMA = Pattern.compile("\\bschema\\b");
  private static final Pattern IDENTIFIER = Pattern.compile("\\w{1,63}");
  private static final Pattern PLAIN = Pattern.compile("[a-z_][a-z0-9_]*");

  /// Every table that can be read out of the code, with the place where it is listened to first.
  static Map<ChangeListener, Place> find(List<CodeText> codes, StringConstants constants) {
    var first = new TreeMap<ChangeListener, Place>();
    for (var code : codes) {
      for (var on : code.all(ON)) {
        var options = options(code.text(), on.end());
        option(code, options, "table", constants)
            .flatMap(table ->
                schema(code, options, constants).map(schema -> new ChangeListener(schema, table)))
            .ifPresent(table -> first.putIfAbsent(table, code.place(on.start())));
      }
    }
    return first;
  }

  /// What stands between the braces, the first of which is read already.
  private static String options(String text, int from) {
    int depth = 1;
    for (int at = from; at < Math.min(text.length(), from + MAX_OPTIONS); at++) {
      char c = text.charAt(at);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (depth == 0) {
        return text.substring(from, at).strip();
      }
    }
    return "";
  }

  private static Optional<String> schema(CodeText code, String options, StringConstants constants) {
    return SCHEMA.matcher(options).find()
        ? option(code, options, "schema", constants)
        : Optional.of(USUAL_SCHEMA);
  }

  private static Optional<String> option(
      CodeText code, String options, String key, StringConstants constants) {
    var found = OPTION.matcher(options);
    while (found.find()) {
      if (found.group(1).equals(key)) {
        return found.group(3) == null
            ? constants
                .value(code, found.group(4))
                .filter(name -> IDENTIFIER.matcher(name).matches())
            : Optional.of(found.group(3));
      }
    }
    return Optional.empty();
  }

  String qualified() {
    return schema + "." + table;
  }

  /// The name for people: without the schema that everybody uses.
  String told() {
    return schema.equals(USUAL_SCHEMA) ? table : qualified();
  }

  /// The name as SQL has it.
  String sql() {
    return quoted(schema) + "." + quoted(table);
  }

  private static String quoted(String name) {
    return PLAIN.matcher(name).matches() ? name : "\"" + name + "\"";
  }

  @Override
  public int compareTo(ChangeListener other) {
    return ORDER.compare(this, other);
  }
}
