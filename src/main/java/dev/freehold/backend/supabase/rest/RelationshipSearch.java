package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Relationship;
import dev.freehold.backend.supabase.rest.schema.Relationship.Computed;
import dev.freehold.backend.supabase.rest.schema.Relationship.Junction;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.List;
import java.util.stream.Collectors;

/// Finds the relationship an embed means.
///
/// Without a hint the target may be the foreign relation, the foreign key's name or its only
/// column. A hint narrows a relation down by key, column or junction. A key from a relation to
/// itself gives two relationships: the relation's name means the rows that point here, the column's
/// name the row that is pointed at.
final class RelationshipSearch {
  private final SchemaCache cache;
  private final String schema;

  RelationshipSearch(SchemaCache cache, String schema) {
    this.cache = cache;
    this.schema = schema;
  }

  /// @throws RestFailure PGRST200, PGRST201
  Relationship find(QualifiedName origin, String target, String hint) {
    var matches =
        cache.relationshipsOf(origin).stream()
            .filter(candidate -> matches(candidate, target, hint))
            .toList();
    return switch (matches.size()) {
      case 0 -> throw none(origin, target, hint);
      case 1 -> matches.getFirst();
      default -> throw ambiguous(origin, target, matches);
    };
  }

  private boolean matches(Relationship candidate, String target, String hint) {
    if (!candidate.foreign().schema().equals(schema)) {
      return false;
    }
    var named = candidate.foreign().name().equals(target);
    var self = candidate.table().equals(candidate.foreign());
    return switch (candidate) {
      case Computed computed -> computed.function().name().equals(target);
      case Relationship.Key key when self ->
          switch (key.cardinality()) {
            case ONE_TO_MANY -> named && (hint.isEmpty() || onlyColumn(key, hint, true));
            case MANY_TO_ONE -> hint.isEmpty() && onlyColumn(key, target, false);
            case ONE_TO_ONE, ONE_TO_ONE_PARENT -> false;
          };
      case Relationship.Key key ->
          hint.isEmpty()
              ? named
                  || (!isView(key.foreign())
                      && (key.constraint().equals(target) || onlyColumn(key, target, false)))
              : named
                  && (key.constraint().equals(hint)
                      || onlyColumn(key, hint, false)
                      || onlyColumn(key, hint, true));
      case Junction junction ->
          !self && named && (hint.isEmpty() || junction.between().name().equals(hint));
    };
  }

  /// Views share the keys of their tables, so a key's name does not tell one from the other.
  private boolean isView(QualifiedName name) {
    return cache.table(name).map(Table::view).orElse(false);
  }

  private static boolean onlyColumn(Relationship.Key key, String name, boolean other) {
    if (key.pairs().size() != 1) {
      return false;
    }
    var pair = key.pairs().getFirst();
    return (other ? pair.other() : pair.column()).equals(name);
  }

  private RestFailure none(QualifiedName origin, String target, String hint) {
    var from = cache.relationshipsOf(origin);
    String near = null;
    if (from.isEmpty()) {
      var origins =
          cache.relationships().keySet().stream()
              .filter(n -> n.schema().equals(schema) && !n.equals(origin))
              .map(QualifiedName::name)
              .distinct()
              .toList();
      near =
          FuzzyMatch.best(origin.name(), origins, FuzzyMatch.NAMES)
              .map(n -> "Perhaps you meant '" + n + "' instead of '" + origin.name() + "'.")
              .orElse(null);
    } else if (hint.isEmpty()) {
      var targets = from.stream().map(r -> r.foreign().name()).distinct().toList();
      near =
          FuzzyMatch.best(target, targets, FuzzyMatch.NAMES)
              .filter(n -> !n.equals(target))
              .map(n -> "Perhaps you meant '" + n + "' instead of '" + target + "'.")
              .orElse(null);
    }
    var between = "'" + origin.name() + "' and '" + target + "'";
    return RestFailure.of(
            400,
            "PGRST200",
            "Could not find a relationship between " + between + " in the schema cache")
        .details(
            "Searched for a foreign key relationship between "
                + between
                + (hint.isEmpty() ? "" : " using the hint '" + hint + "'")
                + " in the schema '"
                + schema
                + "', but no matches were found.")
        .hint(near);
  }

  private static RestFailure ambiguous(
      QualifiedName origin, String target, List<Relationship> matches) {
    var details =
        matches.stream()
            .map(RelationshipSearch::describe)
            .collect(Collectors.joining(",", "[", "]"));
    var choices =
        matches.stream().map(RelationshipSearch::choice).collect(Collectors.joining(", "));
    return RestFailure.of(
            300,
            "PGRST201",
            "Could not embed because more than one relationship was found for '"
                + origin.name()
                + "' and '"
                + target
                + "'")
        .detailsJson(details)
        .hint(
            "Try changing '"
                + target
                + "' to one of the following: "
                + choices
                + ". Find the desired relationship in the 'details' key.");
  }

  private static String describe(Relationship relationship) {
    var embedding = relationship.table().name() + " with " + relationship.foreign().name();
    return switch (relationship) {
      case Computed _ -> "{}";
      case Relationship.Key key ->
          described(
              key.cardinality().words(),
              embedding,
              key.constraint()
                  + " using "
                  + key.table().name()
                  + Relationship.columns(key.pairs(), false)
                  + " and "
                  + key.foreign().name()
                  + Relationship.columns(key.pairs(), true));
      case Junction junction ->
          described(
              "many-to-many",
              embedding,
              junction.between().name()
                  + " using "
                  + junction.nearConstraint()
                  + Relationship.columns(junction.near(), true)
                  + " and "
                  + junction.farConstraint()
                  + Relationship.columns(junction.far(), true));
    };
  }

  private static String described(String cardinality, String embedding, String relationship) {
    return Json.object(
        List.of("cardinality", "embedding", "relationship"),
        List.of(cardinality, embedding, relationship));
  }

  private static String choice(Relationship relationship) {
    var hint =
        switch (relationship) {
          case Computed computed -> computed.function().name();
          case Relationship.Key key -> key.constraint();
          case Junction junction -> junction.between().name();
        };
    return "'" + relationship.foreign().name() + "!" + hint + "'";
  }
}
