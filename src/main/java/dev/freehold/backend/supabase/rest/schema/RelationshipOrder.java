package dev.freehold.backend.supabase.rest.schema;

import dev.freehold.backend.supabase.rest.schema.Relationship.Pair;
import java.util.Comparator;
import java.util.List;

/// The order in which PostgREST lists the relationships of a relation, for errors that show
/// several: by target, kind, key and columns; functions last.
final class RelationshipOrder {
  static final Comparator<Relationship> AS_LISTED =
      Comparator.<Relationship>comparingInt(one -> one instanceof Relationship.Computed ? 1 : 0)
          .thenComparing(Relationship::foreign, QualifiedName.ORDER)
          .thenComparingInt(RelationshipOrder::kind)
          .thenComparing(RelationshipOrder::between, QualifiedName.ORDER)
          .thenComparing(RelationshipOrder::key)
          .thenComparing(RelationshipOrder::columns);

  private RelationshipOrder() {}

  private static int kind(Relationship one) {
    return switch (one) {
      case Relationship.Key key ->
          switch (key.cardinality()) {
            case ONE_TO_MANY -> 0;
            case MANY_TO_ONE -> 1;
            case ONE_TO_ONE, ONE_TO_ONE_PARENT -> 2;
          };
      case Relationship.Junction _ -> 3;
      case Relationship.Computed _ -> 4;
    };
  }

  private static QualifiedName between(Relationship one) {
    return one instanceof Relationship.Junction junction ? junction.between() : one.table();
  }

  private static String key(Relationship one) {
    return switch (one) {
      case Relationship.Key key -> key.constraint();
      case Relationship.Junction junction ->
          junction.nearConstraint() + "\0" + junction.farConstraint();
      case Relationship.Computed computed -> computed.function().toString();
    };
  }

  private static String columns(Relationship one) {
    return switch (one) {
      case Relationship.Key key -> text(key.pairs());
      case Relationship.Junction junction -> text(junction.near()) + text(junction.far());
      case Relationship.Computed _ -> "";
    };
  }

  private static String text(List<Pair> pairs) {
    var text = new StringBuilder();
    for (var pair : pairs) {
      text.append(pair.column()).append('\0').append(pair.other()).append('\1');
    }
    return text.toString();
  }
}
