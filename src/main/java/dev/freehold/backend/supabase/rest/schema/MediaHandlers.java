package dev.freehold.backend.supabase.rest.schema;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What a database brings to render results in media types of its own: domains named like a media
/// type, and the aggregates and functions that return them.
///
/// @param byTarget by what they render and the media type's name in lower case
public record MediaHandlers(Map<Key, Handler> byTarget) {
  public static final MediaHandlers NONE = new MediaHandlers(Map.of());

  /// Stands for a row of any kind.
  private static final QualifiedName ANY_ROW = new QualifiedName("pg_catalog", "anyelement");

  /// @param target a relation or a function
  public record Key(QualifiedName target, String mediaType) {}

  /// @param function an aggregate over rows, or the domain a function's value is already of
  /// @param aggregate which of the two
  /// @param row the relation whose rows it takes; absent when it takes any
  /// @param mediaType of what it gives
  public record Handler(
      QualifiedName function, boolean aggregate, Optional<QualifiedName> row, String mediaType) {}

  public MediaHandlers {
    byTarget = Map.copyOf(byTarget);
  }

  /// @param target the relation read or the function called
  public Optional<Handler> of(QualifiedName target, String mediaType) {
    return Optional.ofNullable(byTarget.get(new Key(target, mediaType.toLowerCase(Locale.ROOT))));
  }

  /// What renders rows of any kind.
  public Optional<Handler> ofAny(String mediaType) {
    return of(ANY_ROW, mediaType);
  }

  /// Collects what the catalogs say.
  static final class Reader {
    private final Map<Key, Handler> found = new HashMap<>();

    /// @param target of the aggregate's argument, or the function itself
    /// @param domain as the catalogs spell it; `*/*` answers as bytes
    void add(QualifiedName function, boolean aggregate, QualifiedName target, String domain) {
      var key = new Key(target, domain.toLowerCase(Locale.ROOT));
      var row = aggregate && !target.equals(ANY_ROW) ? Optional.of(target) : NO_ROW;
      var answers = domain.equals("*/*") ? "application/octet-stream" : domain;
      found.put(key, new Handler(function, aggregate, row, answers));
    }

    MediaHandlers done() {
      return new MediaHandlers(found);
    }

    private static final Optional<QualifiedName> NO_ROW = Optional.empty();
  }
}
