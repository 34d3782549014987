package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// One rule of a grammar, and the ways to make bigger rules of smaller ones.
///
/// A rule that fails after it took characters has decided what the text is: no other rule is tried,
/// unless it is wrapped in [#attempt()]. The rules combine as Parsec's do, so that what they
/// complain of is the same; see the Haskell library `parsec`, version 3.
@FunctionalInterface
interface Rule<T> {
  /// What was read, or null when the text does not fit.
  @Nullable T read(Scanner in);

  /// Reads nothing.
  static <T> Rule<T> value(T value) {
    return _ -> value;
  }

  /// Fits nothing.
  static <T> Rule<T> never(String wanted) {
    return in -> {
      in.unexpectedHere(List.of(wanted));
      return null;
    };
  }

  static Rule<Integer> character(char wanted) {
    var words = List.of(Scanner.Complaint.shown(Character.toString(wanted)));
    return one(c -> c == wanted, words);
  }

  /// One character that fits.
  static Rule<Integer> one(IntPredicate fits, List<String> wanted) {
    return in -> {
      if (in.done() || !fits.test(in.peek())) {
        in.unexpectedHere(wanted);
        return null;
      }
      int character = in.peek();
      in.advance(in.position() + Character.charCount(character));
      return character;
    };
  }

  /// Any number of characters that fit.
  static Rule<String> any(IntPredicate fits, List<String> wanted) {
    return in -> {
      int start = in.position();
      in.advanceWhile(fits, wanted);
      return in.since(start);
    };
  }

  /// At least one character that fits.
  static Rule<String> some(IntPredicate fits, List<String> wanted) {
    return in -> {
      int start = in.position();
      in.advanceWhile(fits, wanted);
      return in.position() == start ? null : in.since(start);
    };
  }

  static Rule<String> word(String wanted) {
    return in -> {
      int start = in.position();
      if (in.looksAt(wanted)) {
        in.advance(start + wanted.length());
        return wanted;
      }
      int same = 0;
      while (in.looksAt(wanted.substring(0, same + 1))) {
        same++;
      }
      if (same > 0) {
        in.advance(start + same);
      }
      in.unexpectedInWord(wanted, start, start + same);
      return null;
    };
  }

  /// The end of the text.
  static Rule<String> end() {
    return in -> {
      if (in.done()) {
        return "";
      }
      in.refused(in.peek(), in.position(), List.of("end of input"));
      return null;
    };
  }

  /// Succeeds where no such character stands, and reads nothing.
  ///
  /// @param wanted what the complaint says of a place where none stands
  static Rule<String> not(IntPredicate excluded, List<String> wanted) {
    return in -> {
      if (in.done() || !excluded.test(in.peek())) {
        in.unexpectedHere(wanted);
        return "";
      }
      in.refused(in.peek(), in.position() + Character.charCount(in.peek()), List.of());
      return null;
    };
  }

  /// Takes nothing when it fails.
  default Rule<T> attempt() {
    return in -> {
      int start = in.position();
      var before = in.takeComplaint();
      var value = read(in);
      if (value == null) {
        in.moveTo(start);
      }
      if (in.position() == start) {
        in.complainOnly(before.and(in.complaint()));
      }
      return value;
    };
  }

  /// Takes nothing when it succeeds.
  default Rule<T> ahead() {
    return in -> {
      int start = in.position();
      var before = in.complaint();
      var value = read(in);
      if (value != null) {
        in.moveTo(start);
        in.complainOnly(before);
      }
      return value;
    };
  }

  /// The other rule, when this one fails and took nothing.
  default Rule<T> or(Rule<T> other) {
    return in -> {
      int start = in.position();
      var value = read(in);
      return value != null || in.position() > start ? value : other.read(in);
    };
  }

  /// What the complaint says was wanted, when nothing of it was there.
  default Rule<T> named(String name) {
    return in -> {
      int start = in.position();
      var before = in.takeComplaint();
      var value = read(in);
      if (in.position() == start) {
        var own = in.complaint();
        var vain = value == null || !own.none();
        in.complainOnly(before);
        if (vain) {
          in.complain(
              own.none()
                  ? new Scanner.Complaint(start, List.of(), List.of(), List.of(name))
                  : own.wanting(name));
        }
      }
      return value;
    };
  }

  default <R> Rule<R> map(Function<T, R> function) {
    return in -> {
      var value = read(in);
      return value == null ? null : function.apply(value);
    };
  }

  /// Fails, without a word, for a value that is not accepted.
  default Rule<T> unless(Predicate<T> refused) {
    return in -> {
      var value = read(in);
      return value == null || refused.test(value) ? null : value;
    };
  }

  /// This and then the next.
  default <U, R> Rule<R> and(Rule<U> next, BiFunction<T, U, R> both) {
    return in -> {
      var first = read(in);
      if (first == null) {
        return null;
      }
      var second = next.read(in);
      return second == null ? null : both.apply(first, second);
    };
  }

  /// This and then the next, whose value counts.
  default <U> Rule<U> then(Rule<U> next) {
    return and(next, (_, second) -> second);
  }

  /// This, whose value counts, and then the next.
  default Rule<T> before(Rule<?> next) {
    return in -> {
      var value = read(in);
      return value == null || next.read(in) == null ? null : value;
    };
  }

  default Rule<Optional<T>> optional() {
    return map(Optional::of).or(value(Optional.empty()));
  }

  default Rule<T> orElse(T otherwise) {
    return or(value(otherwise));
  }

  default Rule<List<T>> many() {
    return in -> {
      var values = new ArrayList<T>();
      while (true) {
        int start = in.position();
        var value = read(in);
        if (value == null) {
          return in.position() > start ? null : values;
        }
        if (in.position() == start) {
          throw new IllegalStateException("a repeated rule took nothing");
        }
        in.takeComplaint();
        values.add(value);
      }
    };
  }

  default Rule<List<T>> separatedBy(Rule<?> separator) {
    return separatedBy1(separator).orElse(List.of());
  }

  /// At least one.
  default Rule<List<T>> separatedBy1(Rule<?> separator) {
    return and(
        separator.then(this).many(),
        (first, rest) -> {
          var all = new ArrayList<T>(rest.size() + 1);
          all.add(first);
          all.addAll(rest);
          return all;
        });
  }

  /// With blanks around.
  default Rule<T> spaced() {
    return BLANKS.then(this).before(BLANKS);
  }

  /// Spaces and tabs.
  Rule<String> BLANKS = any(c -> c == ' ' || c == '\t', List.of());
}
