package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;

/// A text on its way through the rules of a grammar: where the reading stands and, when asked, what
/// was wrong where it went furthest.
///
/// The words of a complaint are those of the parser PostgREST is built with (Parsec): all rules
/// that were tried in vain at the furthest place tell what they wanted there. A text is read
/// without keeping book first; only one that does not fit is read again for its complaint.
final class Scanner {
  private static final int TAB = 8;

  private final String text;
  private final boolean recording;
  private int at;
  private Complaint complaint = Complaint.NONE;

  private Scanner(String text, boolean recording) {
    this.text = text;
    this.recording = recording;
  }

  /// Reads a text whose rest, if the rule leaves any, does not matter.
  ///
  /// @param what names the parameter in the error, for example `order (id.up)`
  /// @throws RestFailure PGRST100
  static <T> T read(Rule<T> rule, String what, String text) {
    return attempt(rule, text).orElseThrow(() -> complaint(rule, what, text));
  }

  /// The same, or empty for a text that the rule refuses at its first character.
  static <T> Optional<T> readIfBegun(Rule<T> rule, String what, String text) {
    var in = new Scanner(text, false);
    var value = rule.read(in);
    if (value != null) {
      return Optional.of(value);
    }
    if (in.at == 0) {
      return Optional.empty();
    }
    throw complaint(rule, what, text);
  }

  private static <T> Optional<T> attempt(Rule<T> rule, String text) {
    return Optional.ofNullable(rule.read(new Scanner(text, false)));
  }

  private static RestFailure complaint(Rule<?> rule, String what, String text) {
    var again = new Scanner(text, true);
    rule.read(again);
    return again.failure("failed to parse " + what);
  }

  private RestFailure failure(String what) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < complaint.at(); i += Character.charCount(text.codePointAt(i))) {
      switch (text.charAt(i)) {
        case '\n' -> {
          line++;
          column = 1;
        }
        case '\t' -> column += TAB - (column - 1) % TAB;
        default -> column++;
      }
    }
    return Failures.parse(what, line, column, complaint.words());
  }

  int position() {
    return at;
  }

  void moveTo(int position) {
    at = position;
  }

  boolean done() {
    return at >= text.length();
  }

  /// What was read since that position, as it was written.
  String since(int start) {
    return text.substring(start, at);
  }

  /// The next character.
  int peek() {
    return text.codePointAt(at);
  }

  boolean looksAt(String word) {
    return text.startsWith(word, at);
  }

  /// Goes on behind characters that fit; what was complained about before them is void.
  void advance(int to) {
    at = to;
    complaint = Complaint.NONE;
  }

  /// Goes on as long as characters fit, and complains of the one that does not.
  void advanceWhile(IntPredicate fits, List<String> wanted) {
    int start = at;
    while (!done() && fits.test(peek())) {
      at += Character.charCount(peek());
    }
    if (at > start) {
      complaint = Complaint.NONE;
    }
    unexpectedHere(wanted);
  }

  /// Complains of the next character or of the end.
  void unexpectedHere(List<String> wanted) {
    if (recording) {
      unexpected(done() ? "" : Complaint.shown(text.substring(at, after(at))), at, wanted);
    }
  }

  /// Complains at the beginning of a word of the first character that is not the word's.
  void unexpectedInWord(String word, int start, int mismatch) {
    if (recording) {
      var seen =
          mismatch >= text.length()
              ? ""
              : Complaint.shown(text.substring(mismatch, after(mismatch)));
      unexpected(seen, start, List.of(Complaint.shown(word)));
    }
  }

  /// Complains of a character that must not stand here.
  void refused(int character, int where, List<String> wanted) {
    if (recording) {
      complain(
          new Complaint(where, List.of(), List.of(Complaint.shownCharacter(character)), wanted));
    }
  }

  private int after(int position) {
    return position + Character.charCount(text.codePointAt(position));
  }

  private void unexpected(String seen, int where, List<String> wanted) {
    complain(new Complaint(where, List.of(seen), List.of(), wanted));
  }

  void complain(Complaint more) {
    if (recording) {
      complaint = complaint.and(more);
    }
  }

  /// Takes the complaints so far away, to be given back when it is known whether they count.
  Complaint takeComplaint() {
    var taken = complaint;
    complaint = Complaint.NONE;
    return taken;
  }

  Complaint complaint() {
    return complaint;
  }

  void complainOnly(Complaint only) {
    complaint = only;
  }

  /// What was wrong at one place.
  ///
  /// @param found what rules met there; empty text for the end
  /// @param refused what rules met there that they exclude
  /// @param wanted what rules wanted there
  record Complaint(int at, List<String> found, List<String> refused, List<String> wanted) {
    static final Complaint NONE = new Complaint(0, List.of(), List.of(), List.of());

    boolean none() {
      return found.isEmpty() && refused.isEmpty() && wanted.isEmpty();
    }

    /// Both when they are of one place, otherwise the one further on.
    Complaint and(Complaint other) {
      if (other.none() || none()) {
        return other.none() ? this : other;
      }
      if (at != other.at) {
        return at > other.at ? this : other;
      }
      return new Complaint(
          at,
          joined(found, other.found),
          joined(refused, other.refused),
          joined(wanted, other.wanted));
    }

    private static List<String> joined(List<String> one, List<String> two) {
      var both = new ArrayList<>(one);
      both.addAll(two);
      return both;
    }

    Complaint wanting(String label) {
      return new Complaint(at, found, refused, List.of(label));
    }

    String words() {
      if (none()) {
        return "unknown parse error";
      }
      var words = new ArrayList<String>();
      var forbidden = distinct(refused);
      if (!forbidden.isEmpty()) {
        words.add("unexpected " + list(forbidden));
      } else if (!found.isEmpty()) {
        var first = found.getFirst();
        words.add("unexpected " + (first.isEmpty() ? "end of input" : first));
      }
      var hopes = distinct(wanted);
      if (!hopes.isEmpty()) {
        words.add("expecting " + list(hopes));
      }
      return String.join(" ", words);
    }

    private static List<String> distinct(List<String> words) {
      var set = new LinkedHashSet<>(words);
      set.remove("");
      return List.copyOf(set);
    }

    private static String list(List<String> words) {
      return words.size() == 1
          ? words.getFirst()
          : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }

    /// A text in double quotes, as Haskell shows it.
    static String shown(String text) {
      var shown = new StringBuilder("\"");
      text.codePoints()
          .forEach(c -> shown.append(c == '"' ? "\\\"" : c == '\'' ? "'" : escaped(c)));
      return shown.append('"').toString();
    }

    static String shownCharacter(int character) {
      return "'" + (character == '\'' ? "\\'" : escaped(character)) + "'";
    }

    private static final List<String> CONTROLS =
        List.of(
            "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "a", "b", "t", "n", "v", "f", "r",
            "SO", "SI", "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB",
            "ESC", "FS", "GS", "RS", "US");

    private static String escaped(int character) {
      if (character < CONTROLS.size()) {
        return "\\" + CONTROLS.get(character);
      }
      return switch (character) {
        case '\\' -> "\\\\";
        case 127 -> "\\DEL";
        default -> character > 127 ? "\\" + character : Character.toString(character);
      };
    }
  }
}
