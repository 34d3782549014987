package dev.freehold.backend.supabase.rest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/// A representation of rows that can be asked for.
enum MediaType {
  JSON("application/json; charset=utf-8"),
  CSV("text/csv; charset=utf-8"),
  GEOJSON("application/geo+json; charset=utf-8"),
  OPENAPI("application/openapi+json; charset=utf-8"),
  OBJECT("application/vnd.pgrst.object+json; charset=utf-8"),
  OBJECT_STRIPPED("application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8"),
  ARRAY_STRIPPED("application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8");

  private final String contentType;

  MediaType(String contentType) {
    this.contentType = contentType;
  }

  String contentType() {
    return contentType;
  }

  /// Exactly one row is wanted.
  boolean singular() {
    return this == OBJECT || this == OBJECT_STRIPPED;
  }

  private record Wanted(String name, double quality) {}

  /// The first of the wanted types, best quality first, that there is.
  ///
  /// @param accept the `Accept` header, empty when there was none
  /// @throws RestFailure PGRST107
  static MediaType choose(String accept, List<MediaType> available) {
    if (accept.isBlank() || accept.equals("*/*") || accept.equals("application/json")) {
      return available.getFirst();
    }
    var wanted = new ArrayList<Wanted>();
    for (var part : accept.split(",")) {
      if (!part.isBlank()) {
        wanted.add(wanted(part));
      }
    }
    wanted.sort(Comparator.comparingDouble(Wanted::quality).reversed());
    for (var type : wanted) {
      for (var candidate : available) {
        if (candidate.answers(type.name())) {
          return candidate;
        }
      }
    }
    throw Failures.mediaType(wanted.stream().map(Wanted::name).toList());
  }

  private static Wanted wanted(String part) {
    var name = new StringBuilder();
    double quality = 1;
    for (var piece : part.split(";")) {
      var word = piece.strip().toLowerCase(Locale.ROOT);
      if (word.startsWith("q=")) {
        quality = quality(word.substring(2));
      } else if (!word.isEmpty() && !word.startsWith("charset=")) {
        name.append(name.isEmpty() ? "" : ";").append(word);
      }
    }
    return new Wanted(name.toString(), quality);
  }

  private static double quality(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 1;
    }
  }

  private boolean answers(String wanted) {
    return switch (this) {
      case JSON ->
          switch (wanted) {
            case "*/*",
                "application/*",
                "application/json",
                "application/vnd.pgrst.array",
                "application/vnd.pgrst.array+json" ->
                true;
            default -> false;
          };
      case CSV -> wanted.equals("text/csv") || wanted.equals("text/*");
      case GEOJSON -> wanted.equals("application/geo+json");
      case OPENAPI ->
          switch (wanted) {
            case "*/*", "application/*", "application/json", "application/openapi+json" -> true;
            default -> false;
          };
      case OBJECT ->
          wanted.equals("application/vnd.pgrst.object")
              || wanted.equals("application/vnd.pgrst.object+json");
      case OBJECT_STRIPPED ->
          wanted.equals("application/vnd.pgrst.object;nulls=stripped")
              || wanted.equals("application/vnd.pgrst.object+json;nulls=stripped");
      case ARRAY_STRIPPED ->
          wanted.equals("application/vnd.pgrst.array;nulls=stripped")
              || wanted.equals("application/vnd.pgrst.array+json;nulls=stripped");
    };
  }
}
