package dev.freehold.inspection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The text of a JavaScript or TypeScript file in which every comment is blanked, so that what is
/// only talked about is not counted. Offsets and line numbers stay those of the file.
///
/// This is no parser. It follows strings, templates, regular expressions and comments as far as a
/// single pass can; a string ends at the end of its line at the latest, so an apostrophe in JSX
/// text spoils no more than its own line.
final class CodeText {
  private static final String BEFORE_A_REGEX = "(,=:[!&|?{};+*%^~<>";

  private final String path;
  private final String text;
  private final int[] lineStarts;

  private CodeText(String path, String text) {
    this.path = path;
    this.text = text;
    this.lineStarts = lineStarts(text);
  }

  static CodeText of(String path, String raw) {
    boolean markup = path.endsWith(".html");
    return new CodeText(path, markup ? raw : new Blanker(raw).run());
  }

  /// A text that is no code: nothing is blanked.
  static CodeText plain(String path, String raw) {
    return new CodeText(path, raw);
  }

  String path() {
    return path;
  }

  String text() {
    return text;
  }

  Place place(int offset) {
    int found = Arrays.binarySearch(lineStarts, offset);
    return new Place(path, found >= 0 ? found + 1 : -found - 1);
  }

  List<MatchResult> all(Pattern pattern) {
    return pattern.matcher(text).results().toList();
  }

  List<Place> places(Pattern pattern) {
    return pattern.matcher(text).results().map(m -> place(m.start())).distinct().toList();
  }

  boolean has(Pattern pattern) {
    return pattern.matcher(text).find();
  }

  private static int[] lineStarts(String text) {
    var starts = new ArrayList<Integer>();
    starts.add(0);
    for (int i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) {
      starts.add(i + 1);
    }
    return starts.stream().mapToInt(Integer::intValue).toArray();
  }

  private static final class Blanker {
    private final char[] chars;
    private int at;
    private char before = '\n';

    Blanker(String raw) {
      this.chars = raw.toCharArray();
    }

    String run() {
      while (at < chars.length) {
        char c = chars[at];
        if (c == '/' && next('/') && before != ':') {
          blankUntilLineEnd();
        } else if (c == '/' && next('*')) {
          blankBlock();
        } else if (c == '/' && BEFORE_A_REGEX.indexOf(before) >= 0) {
          skipRegex();
        } else if (c == '"' || c == '\'') {
          skipString(c);
        } else if (c == '`') {
          skipTemplate();
        } else {
          if (!Character.isWhitespace(c)) {
            before = c;
          }
          at++;
        }
      }
      return new String(chars);
    }

    private boolean next(char c) {
      return at + 1 < chars.length && chars[at + 1] == c;
    }

    private void blankUntilLineEnd() {
      while (at < chars.length && chars[at] != '\n') {
        chars[at++] = ' ';
      }
    }

    private void blankBlock() {
      while (at < chars.length && !(chars[at] == '*' && next('/'))) {
        if (chars[at] != '\n') {
          chars[at] = ' ';
        }
        at++;
      }
      for (int i = 0; i < 2 && at < chars.length; i++) {
        chars[at++] = ' ';
      }
    }

    private void skipRegex() {
      int from = at++;
      boolean inClass = false;
      while (at < chars.length && chars[at] != '\n') {
        char c = chars[at];
        if (c == '\\') {
          at++;
        } else if (c == '[') {
          inClass = true;
        } else if (c == ']') {
          inClass = false;
        } else if (c == '/' && !inClass) {
          at++;
          before = '/';
          return;
        }
        at++;
      }
      at = from + 1; // it was a division, or the end of a JSX tag
      before = '/';
    }

    private void skipString(char quote) {
      at++;
      while (at < chars.length && chars[at] != quote && chars[at] != '\n') {
        at += chars[at] == '\\' ? 2 : 1;
      }
      at = Math.min(at + 1, chars.length);
      before = quote;
    }

    private void skipTemplate() {
      at++;
      while (at < chars.length && chars[at] != '`') {
        at += chars[at] == '\\' ? 2 : 1;
      }
      at = Math.min(at + 1, chars.length);
      before = '`';
    }
  }
}
