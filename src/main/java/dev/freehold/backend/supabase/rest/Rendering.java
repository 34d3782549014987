package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.MediaType.Named;
import dev.freehold.backend.supabase.rest.schema.MediaHandlers;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import java.util.List;
import java.util.Optional;

/// How PostgreSQL makes a body of the result, and the media type that body has.
record Rendering(MediaType type, Renderer renderer) {

  /// What makes the body.
  sealed interface Renderer {}

  /// What needs nothing from the database.
  enum BuiltIn implements Renderer {
    JSON,
    JSON_STRIPPED,
    OBJECT,
    OBJECT_STRIPPED,
    CSV,
    GEOJSON,
    /// No body at all.
    NOTHING
  }

  /// What the database brought.
  record Own(MediaHandlers.Handler handler) implements Renderer {}

  /// The same with no body.
  Rendering withoutBody() {
    return new Rendering(type, BuiltIn.NOTHING);
  }

  boolean omitted() {
    return renderer == BuiltIn.NOTHING;
  }

  /// The first of the accepted types that something renders.
  ///
  /// @param accepted best first
  /// @param target the relation read, or the function called
  /// @param whole every column and nothing else is selected; renderers of one target need that
  /// @param plans whether plans may be asked for
  /// @throws RestFailure PGRST107
  static Rendering choose(
      List<MediaType> accepted,
      MediaHandlers handlers,
      QualifiedName target,
      boolean whole,
      boolean plans) {
    for (var type : accepted) {
      var found = of(type, handlers, target, whole, plans);
      if (found.isPresent()) {
        return found.get();
      }
    }
    throw Failures.mediaType(accepted.stream().map(MediaType::name).toList());
  }

  private static Optional<Rendering> of(
      MediaType type, MediaHandlers handlers, QualifiedName target, boolean whole, boolean plans) {
    return switch (type) {
      case MediaType.SingleObject object ->
          Optional.of(
              new Rendering(type, object.stripped() ? BuiltIn.OBJECT_STRIPPED : BuiltIn.OBJECT));
      case MediaType.StrippedArray _ -> Optional.of(new Rendering(type, BuiltIn.JSON_STRIPPED));
      case MediaType.Plan plan ->
          plans
              ? of(plan.of(), handlers, target, whole, false)
                  .map(found -> new Rendering(type, found.renderer()))
              : Optional.empty();
      case Named named -> named(named, handlers, target, whole);
    };
  }

  private static Optional<Rendering> named(
      Named type, MediaHandlers handlers, QualifiedName target, boolean whole) {
    if (whole) {
      var own = handlers.of(target, Named.ANY.name()).or(() -> handlers.of(target, type.name()));
      if (own.isPresent()) {
        return own.map(Rendering::own);
      }
    }
    return handlers.ofAny(type.name()).map(Rendering::own).or(() -> builtIn(type));
  }

  private static Rendering own(MediaHandlers.Handler handler) {
    return new Rendering(MediaType.of(handler.mediaType()), new Own(handler));
  }

  private static Optional<Rendering> builtIn(Named type) {
    if (type.equals(Named.JSON) || type.equals(Named.ANY)) {
      return Optional.of(new Rendering(Named.JSON, BuiltIn.JSON));
    }
    if (type.equals(Named.CSV)) {
      return Optional.of(new Rendering(type, BuiltIn.CSV));
    }
    return type.equals(Named.GEOJSON)
        ? Optional.of(new Rendering(type, BuiltIn.GEOJSON))
        : Optional.empty();
  }
}
