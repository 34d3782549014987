package dev.freehold.backend.supabase.rest.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where in a token's claims the role stands (`jwt-role-claim-key`): `.a.b`, `."x y"`, `[0]`, and
/// as the last step the first text of a list that fits, as in `[?(@ ^== "app_")]`.
public final class RoleClaimPath {
  /// One step down.
  private sealed interface Step {
    record Key(String name) implements Step {}

    record Index(int index) implements Step {}

    record First(Comparison comparison, String text) implements Step {}
  }

  private enum Comparison {
    ENDS("==^"),
    EQUAL("=="),
    DIFFERS("!="),
    BEGINS("^=="),
    CONTAINS("*==");

    private final String sign;

    Comparison(String sign) {
      this.sign = sign;
    }

    boolean holds(String value, String text) {
      return switch (this) {
        case ENDS -> value.endsWith(text);
        case EQUAL -> value.equals(text);
        case DIFFERS -> !value.equals(text);
        case BEGINS -> value.startsWith(text);
        case CONTAINS -> value.contains(text);
      };
    }
  }

  private final List<Step> steps;

  private RoleClaimPath(List<Step> steps) {
    this.steps = steps;
  }

  /// Empty when the text is no such path.
  public static Optional<RoleClaimPath> parse(String text) {
    var reader = new Reader(text);
    try {
      return Optional.of(new RoleClaimPath(reader.steps()));
    } catch (Unreadable e) {
      return Optional.empty();
    }
  }

  /// What stands there: a text, a number, …; empty when nothing does.
  public Optional<Object> in(Map<String, Object> claims) {
    Object here = claims;
    for (var step : steps) {
      var next = down(here, step);
      if (next.isEmpty()) {
        return next;
      }
      here = next.get();
    }
    return Optional.of(here);
  }

  private static Optional<Object> down(Object here, Step step) {
    return switch (step) {
      case Step.Key(var name) when here instanceof Map<?, ?> map && map.containsKey(name) ->
          Optional.of(known(map.get(name)));
      case Step.Index(var index) when here instanceof List<?> list && index < list.size() ->
          Optional.of(known(list.get(index)));
      case Step.First first when here instanceof List<?> list -> first(list, first);
      default -> Optional.empty();
    };
  }

  /// A claim that is `null` is there, and stands for the word.
  private static Object known(@Nullable Object claim) {
    return claim == null ? "null" : claim;
  }

  private static Optional<Object> first(List<?> list, Step.First wanted) {
    for (var item : list) {
      if (item instanceof String value && wanted.comparison().holds(value, wanted.text())) {
        return Optional.of(value);
      }
    }
    return Optional.empty();
  }

  /// The path in its regular form, every key in quotes.
  @Override
  public String toString() {
    return steps.stream()
        .map(step ->
            switch (step) {
              case Step.Key(var name) -> ".\"" + name.replace("\\", "\\\\") + "\"";
              case Step.Index(var index) -> "[" + index + "]";
              case Step.First(var comparison, var text) ->
                  "[?(@ " + comparison.sign + " \"" + text.replace("\\", "\\\\") + "\")]";
            })
        .collect(Collectors.joining());
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unreadable() {
      super("not a path", null, false, false);
    }
  }

  private static final class Reader {
    private static final int MAX_DIGITS = 9;

    private final String text;
    private int at;

    Reader(String text) {
      this.text = text;
    }

    List<Step> steps() {
      var steps = new ArrayList<Step>();
      while (at < text.length()) {
        if (taken(".")) {
          steps.add(new Step.Key(text.startsWith("\"", at) ? quoted() : bare()));
        } else if (taken("[?(@")) {
          steps.add(first());
        } else if (taken("[")) {
          steps.add(new Step.Index(index()));
        } else {
          throw new Unreadable();
        }
      }
      require(!steps.isEmpty());
      return List.copyOf(steps);
    }

    private Step first() {
      blanks();
      for (var comparison : Comparison.values()) {
        if (taken(comparison.sign)) {
          blanks();
          var wanted = quoted();
          require(taken(")]") && at == text.length());
          return new Step.First(comparison, wanted);
        }
      }
      throw new Unreadable();
    }

    private int index() {
      int start = at;
      while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
        at++;
      }
      require(at > start && at - start <= MAX_DIGITS);
      var index = Integer.parseInt(text, start, at, 10);
      require(taken("]"));
      return index;
    }

    private String bare() {
      int start = at;
      while (at < text.length()
          && (Character.isLetterOrDigit(text.charAt(at)) || "_$@".indexOf(text.charAt(at)) >= 0)) {
        at++;
      }
      require(at > start);
      return text.substring(start, at);
    }

    private String quoted() {
      require(taken("\""));
      int end = text.indexOf('"', at);
      require(end >= 0);
      var inside = text.substring(at, end);
      at = end + 1;
      return inside;
    }

    private void blanks() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private boolean taken(String sign) {
      if (!text.startsWith(sign, at)) {
        return false;
      }
      at += sign.length();
      return true;
    }

    private static void require(boolean holds) {
      if (!holds) {
        throw new Unreadable();
      }
    }
  }
}
