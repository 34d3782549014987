package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Relationship;
import dev.freehold.backend.supabase.rest.schema.Relationship.Cardinality;
import dev.freehold.backend.supabase.rest.schema.Relationship.Computed;
import dev.freehold.backend.supabase.rest.schema.Relationship.Junction;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.backend.supabase.rest.schema.Table;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Finds the relationship an embed means.
///
/// Without a hint the target may be the foreign relation, the foreign key's name or its only
/// column. A hint narrows a relation down by key, column or junction. A key from a relation to
/// itself gives two relationships: the relation's name means the rows that point here, the column's
/// name the row pointed at.
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
        cache.relationships(origin, schema).orElse(List.of()).stream()
            .filter(candidate -> matches(candidate, target, hint))
            .toList();
    return switch (matches.size()) {
      case 0 -> throw none(origin, target, hint);
      case 1 -> matches.getFirst();
      default -> throw ambiguous(origin, target, matches);
    };
  }

  private boolean matches(Relationship candidate, String target, String hint) {
    var named = candidate.foreign().name().equals(target);
    return switch (candidate) {
      case Computed computed -> computed.function().name().equals(target);
      case Relationship.Key key -> {
        if (key.table().equals(key.foreign())) {
          yield matchesSelf(key, target, hint);
        }
        yield hint.isEmpty()
            ? named
                || (!isView(key.foreign())
                    && (key.constraint().equals(target) || onlyColumn(key, target, false)))
            : named
                && (key.constraint().equals(hint)
                    || onlyColumn(key, hint, false)
                    || onlyColumn(key, hint, true));
      }
      case Junction junction ->
          named
              && !junction.table().equals(junction.foreign())
              && (hint.isEmpty() || junction.between().name().equals(hint));
    };
  }

  private static boolean matchesSelf(Relationship.Key key, String target, String hint) {
    var incoming =
        key.cardinality() == Cardinality.ONE_TO_MANY && key.foreign().name().equals(target);
    return hint.isEmpty()
        ? incoming || key.cardinality() == Cardinality.MANY_TO_ONE && onlyColumn(key, target, false)
        : incoming && onlyColumn(key, hint, true);
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
    var from = cache.relationships(origin, schema);
    String near;
    if (from.isEmpty()) {
      var origins =
          cache.relationships().keySet().stream()
              .filter(key -> key.schema().equals(schema))
              .map(key -> key.table().name())
              .distinct()
              .sorted()
              .toList();
      near = meant(origin.name(), origins);
    } else {
      near = meant(target, from.get().stream().map(r -> r.foreign().name()).distinct().toList());
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

  private static @Nullable String meant(String name, List<String> candidates) {
    return FuzzyMatch.best(name, candidates, FuzzyMatch.ARGUMENTS)
        .filter(found -> !found.equalsIgnoreCase(name))
        .map(found -> "Perhaps you meant '" + found + "' instead of '" + name + "'.")
        .orElse(null);
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
    return switch (relationship) {
      case Computed _ -> "";
      case Relationship.Key key -> choice(key, key.constraint());
      case Junction junction -> choice(junction, junction.between().name());
    };
  }

  private static String choice(Relationship relationship, String hint) {
    return "'" + relationship.foreign().name() + "!" + hint + "'";
  }
}
