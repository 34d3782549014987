package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// A media type that a client asks for or sends, as far as this wire tells them apart.
sealed interface MediaType {
  /// As it stands in a header, without the charset.
  String name();

  /// The value of `Content-Type`.
  default String contentType() {
    return name() + "; charset=utf-8";
  }

  /// Exactly one row is wanted.
  default boolean singular() {
    return false;
  }

  /// A type without parameters that matter. One of the constants, or as it was written.
  record Named(String name) implements MediaType {
    static final Named JSON = new Named("application/json");
    static final Named GEOJSON = new Named("application/geo+json");
    static final Named CSV = new Named("text/csv");
    static final Named TEXT = new Named("text/plain");
    static final Named XML = new Named("text/xml");
    static final Named OPENAPI = new Named("application/openapi+json");
    static final Named FORM = new Named("application/x-www-form-urlencoded");
    static final Named BYTES = new Named("application/octet-stream");
    static final Named ANY = new Named("*/*");

    /// The types that say their charset; those named here, but for bytes.
    private static final List<Named> TEXTUAL =
        List.of(JSON, GEOJSON, CSV, TEXT, XML, OPENAPI, FORM, ANY);

    @Override
    public String contentType() {
      return TEXTUAL.contains(this) ? name + "; charset=utf-8" : name;
    }
  }

  /// One row as an object.
  ///
  /// @param stripped without the keys whose value is null
  record SingleObject(boolean stripped) implements MediaType {
    @Override
    public String name() {
      return "application/vnd.pgrst.object+json" + (stripped ? ";nulls=stripped" : "");
    }

    @Override
    public boolean singular() {
      return true;
    }
  }

  /// An array of objects without the keys whose value is null.
  record StrippedArray() implements MediaType {
    @Override
    public String name() {
      return "application/vnd.pgrst.array+json;nulls=stripped";
    }
  }

  /// The plan of the statement that would answer in another type.
  ///
  /// @param json JSON rather than text
  /// @param options of [#PLAN_OPTIONS]
  record Plan(MediaType of, boolean json, List<String> options) implements MediaType {
    @Override
    public String name() {
      return "application/vnd.pgrst.plan+"
          + (json ? "json" : "text")
          + "; for=\""
          + of.name()
          + "\""
          + (options.isEmpty() ? "" : "; options=" + String.join("|", options));
    }
  }

  /// What EXPLAIN can be asked for, in the order in which it is said back.
  List<String> PLAN_OPTIONS = List.of("analyze", "verbose", "settings", "buffers", "wal");

  /// Reads one media type.
  static MediaType of(String text) {
    var in = new Parameters(text);
    var type = in.type();
    var parameters = in.parameters();
    var stripped = parameters.getOrDefault("nulls", "").equals("stripped");
    return switch (type) {
      case "application/vnd.pgrst.object", "application/vnd.pgrst.object+json" ->
          new SingleObject(stripped);
      case "application/vnd.pgrst.array", "application/vnd.pgrst.array+json" ->
          stripped ? new StrippedArray() : Named.JSON;
      case "application/vnd.pgrst.plan", "application/vnd.pgrst.plan+text" ->
          plan(parameters, false);
      case "application/vnd.pgrst.plan+json" -> plan(parameters, true);
      default -> {
        var named = new Named(type);
        yield Named.TEXTUAL.contains(named) || named.equals(Named.BYTES) ? named : new Named(text);
      }
    };
  }

  private static Plan plan(Map<String, String> parameters, boolean json) {
    var asked = List.of(parameters.getOrDefault("options", "").split("\\|"));
    return new Plan(
        of(parameters.getOrDefault("for", Named.JSON.name())),
        json,
        PLAN_OPTIONS.stream().filter(asked::contains).toList());
  }

  /// The types of an `Accept` header, the best quality first; of equal quality the one that says
  /// more comes first.
  static List<MediaType> accepted(String header) {
    var wanted = new ArrayList<Wanted>();
    for (var part : header.split(",", -1)) {
      wanted.add(Wanted.of(part.replace(" ", "")));
    }
    wanted.sort(
        Comparator.<Wanted>comparingDouble(Wanted::quality)
            .thenComparingLong(Wanted::weight)
            .reversed());
    return wanted.stream().map(w -> of(w.text())).toList();
  }

  /// One part of an `Accept` header.
  ///
  /// @param weight how much it says: parameters less stars
  record Wanted(String text, double quality, long weight) {
    private static Wanted of(String part) {
      int at = part.indexOf(";q=");
      var text = at < 0 ? part : part.substring(0, at);
      long weight =
          text.chars().filter(c -> c == ';').count() - text.chars().filter(c -> c == '*').count();
      return new Wanted(text, at < 0 ? 1 : quality(part.substring(at + 3)), weight);
    }

    private static double quality(String rest) {
      int end = rest.indexOf(';');
      try {
        return Double.parseDouble(end < 0 ? rest : rest.substring(0, end));
      } catch (NumberFormatException e) {
        return 1;
      }
    }
  }

  /// Reads `type/subtype;name=value;name="value"`; what does not read as a parameter ends it.
  final class Parameters {
    private final String text;
    private int at;

    private Parameters(String text) {
      this.text = text;
    }

    /// In lower case; empty when there is none.
    private String type() {
      var main = word(".*");
      if (main.isEmpty() || !take('/')) {
        return "";
      }
      var sub = word(".*+-");
      return sub.isEmpty() ? "" : (main + "/" + sub).toLowerCase(Locale.ROOT);
    }

    private Map<String, String> parameters() {
      var found = new HashMap<String, String>();
      while (true) {
        spaces();
        if (!take(';')) {
          return found;
        }
        spaces();
        var name = word("-").toLowerCase(Locale.ROOT);
        spaces();
        if (name.isEmpty() || !take('=')) {
          return found;
        }
        spaces();
        var value = take('"') ? quoted() : word("|-");
        if (value.isEmpty()) {
          return found;
        }
        found.put(name, value);
      }
    }

    private String quoted() {
      int end = text.indexOf('"', at);
      if (end < 0) {
        return "";
      }
      var value = text.substring(at, end);
      at = end + 1;
      return value;
    }

    private String word(String others) {
      int start = at;
      while (at < text.length()
          && (Character.isLetterOrDigit(text.charAt(at)) || others.indexOf(text.charAt(at)) >= 0)) {
        at++;
      }
      return text.substring(start, at);
    }

    private void spaces() {
      while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
        at++;
      }
    }

    private boolean take(char c) {
      var there = at < text.length() && text.charAt(at) == c;
      at += there ? 1 : 0;
      return there;
    }
  }
}
