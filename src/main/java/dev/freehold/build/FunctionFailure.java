package dev.freehold.build;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Says what is wrong with a function that could not be bundled: which file, which line.
///
/// The bundler's lines are those of the code it was given after types were taken out, which has
/// lost comments and blank lines: the line of an import is looked up in the source itself.
final class FunctionFailure {
  private static final Pattern FAILED =
      Pattern.compile("(?ms)^function \\S+: failed$(.*?)(?=^function \\S+: |\\z)");
  private static final Pattern PLACE = Pattern.compile("at (?:file://)?(\\S+?):(\\d+):(\\d+)");
  private static final Pattern UNRESOLVED =
      Pattern.compile(
          "(?i)(module not found|could not find|not (?:be )?found|do not know how to load|import"
              + " access|relative import path|not a dependency|no matching version|error sending"
              + " request|could not resolve|unable to load|failed to fetch|import '|client error"
              + "|server error|not in import map|unsupported scheme|403 forbidden|502 bad)");
  private static final Pattern IMPORT =
      Pattern.compile("(?:\\bfrom|\\bimport)\\s*\\(?\\s*['\"]([^'\"\\s]+)['\"]");
  private static final Pattern SUBPATH = Pattern.compile("((?:@[^/]+/)?[^./@][^/]*)/.*");
  private static final int MAX_DETAIL_CHARS = 4_000;

  private FunctionFailure() {}

  /// One function's failure; `place` is empty when nothing of the export is named.
  private record Failure(String place, String text) {
    boolean unresolved() {
      return UNRESOLVED.matcher(text).find();
    }
  }

  /// @param output what the bundler wrote, of every function that failed
  /// @param app how it saw the export's root, to be left out of paths
  /// @param source the export's root
  static RuntimeException of(String output, String app, Path source) {
    var failures = new ArrayList<Failure>();
    FAILED
        .matcher(output)
        .results()
        .map(found -> found.group(1))
        .forEach(text -> failures.add(failure(text, app, source)));
    if (failures.isEmpty()) {
      failures.add(failure(output, app, source));
    }
    var first = failures.getFirst();
    int others = failures.size() - 1;
    var at = first.place().isEmpty() ? "an edge function" : first.place();
    var more = others == 0 ? "" : "; " + others + " more cannot be bundled";
    var detail = failures.stream().map(Failure::text).collect(Collectors.joining("\n"));
    return first.unresolved()
        ? Problem.of("function-import-unresolved", at + " imports what cannot be found" + more)
            .detail(shortened(detail))
            .hint(
                "correct the import, or name a version that exists; its host must be reachable"
                    + " while deploying, and only then. To go live without the function:"
                    + " enabled = false below its [functions.NAME] in supabase/config.toml")
            .raise()
        : Problem.of("function-bundle-failed", at + " cannot be bundled" + more)
            .detail(shortened(detail))
            .hint("does `deno check` accept the function elsewhere?")
            .raise();
  }

  private static Failure failure(String output, String app, Path source) {
    var error = fromError(output);
    var message = error.replace("file://" + app + "/", "").replace(app + "/", "");
    var places = new ArrayList<String>();
    var text =
        PLACE
            .matcher(error)
            .replaceAll(found -> {
              places.add(place(found, message, app, source));
              return Matcher.quoteReplacement("at " + places.getLast());
            });
    text = text.replace("file://" + app + "/", "").replace(app + "/", "");
    return new Failure(places.isEmpty() ? "" : places.getFirst(), text);
  }

  static RuntimeException notWritten(String function) {
    return Problem.of("function-bundle-failed", "no bundle of " + function + " was written")
        .hint("the log of the deploy has what the bundler said")
        .raise();
  }

  static RuntimeException tooLarge(String what, long limit) {
    return Problem.of("function-bundle-failed", what + " is larger than " + (limit >> 20) + " MiB")
        .hint("hosted functions may have 20 MB: what makes it so large?")
        .raise();
  }

  static RuntimeException treeTooLarge(String function, long bytes, int files) {
    return Problem.of("function-bundle-failed", "the packages of " + function + " are too large")
        .detail("more than %d MiB or %d files".formatted(bytes >> 20, files))
        .hint("hosted functions may have 20 MB: which package makes them so large?")
        .raise();
  }

  private static String place(MatchResult place, String message, String app, Path source) {
    var file = place.group(1).replace(app + "/", "");
    var line = UNRESOLVED.matcher(message).find() ? lineOfImport(source, file, message) : "";
    return line.isEmpty() ? file + ":" + place.group(2) + ":" + place.group(3) : file + line;
  }

  /// The line of the import that the message speaks of.
  private static String lineOfImport(Path source, String file, String message) {
    var path = source.resolve(file).normalize();
    if (file.contains("://")
        || !path.startsWith(source)
        || !Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
      return "";
    }
    try {
      var code = Files.readString(path);
      var found = IMPORT.matcher(code);
      while (found.find()) {
        var name = found.group(1).replaceFirst("^(?:npm|jsr):/?", "");
        var last = name.substring(name.lastIndexOf('/') + 1);
        if (message.contains(name)
            || message.contains(withoutSubpath(name))
            || (name.startsWith(".") && message.contains("/" + last))) {
          return ":" + code.substring(0, found.start(1)).lines().count();
        }
      }
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// `@scope/package@1` of `@scope/package@1/part`, in quotes; the name itself when it is a path.
  private static String withoutSubpath(String name) {
    var packages = SUBPATH.matcher(name);
    return packages.matches() ? "'" + packages.group(1) + "'" : name;
  }

  /// The part from the first error on, without the bundler's own stack.
  private static String fromError(String output) {
    int error = output.toLowerCase(Locale.ROOT).indexOf("error");
    var text = error < 0 ? output : output.substring(error);
    int stack = text.indexOf("Stack backtrace");
    return (stack < 0 ? text : text.substring(0, stack)).strip();
  }

  private static String shortened(String text) {
    return text.length() > MAX_DETAIL_CHARS ? text.substring(0, MAX_DETAIL_CHARS) + "…" : text;
  }
}
