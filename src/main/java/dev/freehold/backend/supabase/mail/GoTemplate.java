package dev.freehold.backend.supabase.mail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A template in the part of Go's template language that mails are written in: values such as `{{
/// .ConfirmationURL }}` and `{{ .Data.name }}`, `{{ if }}` with `else if` and `else`, the functions
/// of [GoExpression], comments, and the trimming `{{-` and `-}}`.
///
/// Loops, variables and nested templates are refused when the template is parsed. A value that is
/// absent is empty.
final class GoTemplate {
  /// A longer template is refused.
  static final int MAX_CHARS = 256 * 1024;

  private static final int MAX_DEPTH = 32;

  /// A part of a template.
  private sealed interface Node {
    record Text(String text) implements Node {}

    record Value(GoExpression expression) implements Node {}

    record Choice(GoExpression condition, List<Node> then, List<Node> otherwise) implements Node {}
  }

  /// How a value is written where it stands.
  interface Output {
    /// Words of the template itself.
    void text(String text);

    /// A value that a User or a setting gave.
    void value(String value);
  }

  /// What ended a list of nodes.
  private record End(String keyword, String rest) {}

  private final String source;
  private int at;
  private boolean trimNext;
  private final List<Node> nodes;

  private GoTemplate(String source) {
    this.source = source;
    this.nodes = new ArrayList<>();
  }

  /// @throws IllegalArgumentException with a sentence about what is not understood
  static GoTemplate parse(String source) {
    if (source.length() > MAX_CHARS) {
      throw new IllegalArgumentException("the template has more than " + MAX_CHARS + " characters");
    }
    var template = new GoTemplate(source);
    var end = template.read(template.nodes, 0);
    if (end != null) {
      throw new IllegalArgumentException("{{ " + end.keyword() + " }} without an {{ if }}");
    }
    return template;
  }

  /// Writes the template with these variables.
  void render(Map<String, Object> variables, Output output) {
    render(nodes, variables, output);
  }

  private static void render(List<Node> nodes, Map<String, Object> variables, Output output) {
    for (var node : nodes) {
      switch (node) {
        case Node.Text text -> output.text(text.text());
        case Node.Value value ->
            output.value(GoExpression.print(value.expression().value(variables)));
        case Node.Choice choice ->
            render(
                GoExpression.isTrue(choice.condition().value(variables))
                    ? choice.then()
                    : choice.otherwise(),
                variables,
                output);
      }
    }
  }

  /// Reads nodes until the text ends or an `else` or `end` is met.
  private @Nullable End read(List<Node> into, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("{{ if }} stands more than " + MAX_DEPTH + " deep");
    }
    while (true) {
      int open = source.indexOf("{{", at);
      if (open < 0) {
        addText(into, source.substring(at), false);
        at = source.length();
        return null;
      }
      int close = source.indexOf("}}", open);
      if (close < 0) {
        throw new IllegalArgumentException("{{ without }}");
      }
      var action = source.substring(open + 2, close);
      boolean trimsBefore = action.matches("(?s)-\\s.*");
      boolean trimsAfter = action.matches("(?s).*\\s-");
      addText(into, source.substring(at, open), trimsBefore);
      at = close + 2;
      trimNext = trimsAfter;
      var words = action.substring(trimsBefore ? 1 : 0, action.length() - (trimsAfter ? 1 : 0));
      var end = readAction(into, words.strip(), depth);
      if (end != null) {
        return end;
      }
    }
  }

  private void addText(List<Node> into, String text, boolean trimsEnd) {
    var kept = trimNext ? text.stripLeading() : text;
    kept = trimsEnd ? kept.stripTrailing() : kept;
    trimNext = false;
    if (!kept.isEmpty()) {
      into.add(new Node.Text(kept));
    }
  }

  private @Nullable End readAction(List<Node> into, String action, int depth) {
    if (action.startsWith("/*") && action.endsWith("*/")) {
      return null;
    }
    var keyword = action.split("\\s", 2)[0];
    var rest = action.substring(keyword.length()).strip();
    switch (keyword) {
      case "end", "else" -> {
        return new End(keyword, rest);
      }
      case "if" -> into.add(readChoice(rest, depth));
      case "range", "with", "define", "template", "block", "break", "continue" ->
          throw new IllegalArgumentException("{{ " + keyword + " }} is not supported in mails");
      default -> into.add(new Node.Value(GoExpression.parse(action)));
    }
    return null;
  }

  private Node readChoice(String condition, int depth) {
    var then = new ArrayList<Node>();
    var otherwise = new ArrayList<Node>();
    var end = read(then, depth + 1);
    if (end != null && end.keyword().equals("else")) {
      if (end.rest().startsWith("if ")) {
        otherwise.add(readChoice(end.rest().substring(3).strip(), depth + 1));
        return new Node.Choice(GoExpression.parse(condition), then, otherwise);
      }
      end = read(otherwise, depth + 1);
    }
    if (end == null || !end.keyword().equals("end")) {
      throw new IllegalArgumentException("{{ if }} without its {{ end }}");
    }
    return new Node.Choice(GoExpression.parse(condition), then, otherwise);
  }
}
