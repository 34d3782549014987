package dev.freehold.backend.supabase.rest;

import java.util.List;

/// What the grammars of the query string share: names, paths into JSON, and the dot between words.
final class Names {
  /// Letters, digits, `_`, `$` and spaces; spaces at the ends do not count.
  static final Rule<String> IDENTIFIER =
      Rule.some(Names::isNameCharacter, List.of("letter", "digit")).map(String::strip);

  private static final String QUOTE = Scanner.Complaint.shown("\"");

  /// `"…"`; a backslash takes the next character as it is.
  static final Rule<String> QUOTED = Names::quoted;

  /// A name, in quotes or not.
  static final Rule<String> FIELD_NAME =
      QUOTED.or(dashed(IDENTIFIER)).named("field name (* or [a..z0..9_$])");

  static final Rule<Integer> DELIMITER = Rule.character('.').named("delimiter (.)");

  private static final Rule<Boolean> ARROW =
      Rule.word("->>").map(_ -> true).attempt().or(Rule.word("->").map(_ -> false).attempt());

  private static final Rule<String> KEY =
      QUOTED
          .or(dashed(Rule.some(c -> "(-:.,>)".indexOf(c) < 0, List.of()).map(String::strip)))
          .named("any non reserved character different from: .,>()");

  private static final Rule<?> AFTER_INDEX =
      Rule.word("->")
          .ahead()
          .attempt()
          .or(Rule.word("::").ahead().attempt())
          .or(Rule.word(".").ahead().attempt())
          .or(Rule.word(",").ahead().attempt())
          .or(Rule.end().attempt());

  private static final Rule<String> INDEX =
      Rule.character('-')
          .map(_ -> "-")
          .orElse("")
          .and(Rule.some(c -> c >= '0' && c <= '9', List.of("digit")), String::concat)
          .before(AFTER_INDEX);

  /// `->key`, `->>key`, `->0`: the path into a JSON, composite or array column.
  static final Rule<List<Select.JsonStep>> JSON_PATH =
      ARROW
          .and(
              INDEX
                  .map(index -> new Select.JsonStep(false, true, index))
                  .attempt()
                  .or(KEY.map(key -> new Select.JsonStep(false, false, key)).attempt()),
              (text, step) -> new Select.JsonStep(text, step.index(), step.operand()))
          .many();

  /// A column and a path into it.
  static final Rule<Select.FieldPath> FIELD =
      FIELD_NAME.and(JSON_PATH, Select.FieldPath::new).spaced();

  private Names() {}

  /// Parts joined by dashes that are no arrows.
  private static Rule<String> dashed(Rule<String> part) {
    var dash =
        Rule.character('-')
            .then(Rule.not(c -> c == '>', List.of(Scanner.Complaint.shown(">"))))
            .attempt();
    return part.separatedBy1(dash).map(parts -> String.join("-", parts));
  }

  private static boolean isNameCharacter(int c) {
    return Character.isLetter(c) || (c >= '0' && c <= '9') || c == '_' || c == ' ' || c == '$';
  }

  private static @org.jspecify.annotations.Nullable String quoted(Scanner in) {
    if (in.done() || in.peek() != '"') {
      in.unexpectedHere(List.of(QUOTE));
      return null;
    }
    in.advance(in.position() + 1);
    var value = new StringBuilder();
    while (!in.done()) {
      int character = in.peek();
      in.advance(in.position() + Character.charCount(character));
      if (character == '"') {
        return value.toString();
      }
      if (character == '\\') {
        if (in.done()) {
          break;
        }
        character = in.peek();
        in.advance(in.position() + Character.charCount(character));
        value.appendCodePoint(character);
        continue;
      }
      value.appendCodePoint(character);
    }
    var escaped = in.since(in.position() - 1).equals("\\");
    in.unexpectedHere(escaped ? List.of() : List.of(Scanner.Complaint.shown("\\"), QUOTE));
    return null;
  }
}
