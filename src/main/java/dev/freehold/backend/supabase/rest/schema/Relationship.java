package dev.freehold.backend.supabase.rest.schema;

import java.util.List;
import java.util.stream.Collectors;

/// How rows of one relation find rows of another.
public sealed interface Relationship {
  QualifiedName table();

  QualifiedName foreign();

  /// At most one foreign row belongs to a row.
  boolean toOne();

  /// Where relationships are looked for: they start from a relation and lead into a schema. One
  /// that is a function leads into the schema of the function.
  record Origin(QualifiedName table, String schema) {}

  /// A foreign key, seen from one of its ends.
  ///
  /// @param pairs the joined columns: of [#table], of [#foreign]
  record Key(
      QualifiedName table,
      QualifiedName foreign,
      Cardinality cardinality,
      String constraint,
      List<Pair> pairs)
      implements Relationship {

    @Override
    public boolean toOne() {
      return cardinality != Cardinality.ONE_TO_MANY;
    }
  }

  /// Two foreign keys of a table between.
  ///
  /// @param near columns of [#table] and of the junction
  /// @param far columns of [#foreign] and of the junction
  record Junction(
      QualifiedName table,
      QualifiedName foreign,
      QualifiedName between,
      String nearConstraint,
      String farConstraint,
      List<Pair> near,
      List<Pair> far)
      implements Relationship {

    @Override
    public boolean toOne() {
      return false;
    }
  }

  /// A function from a row to rows.
  record Computed(QualifiedName function, QualifiedName table, QualifiedName foreign, boolean toOne)
      implements Relationship {}

  /// A column and the one it is joined with.
  record Pair(String column, String other) {
    public Pair turned() {
      return new Pair(/* column= */ other, /* other= */ column);
    }
  }

  /// The kinds of foreign key, named from the near end. A one-to-one key has the child's end and
  /// the parent's, which join alike.
  enum Cardinality {
    MANY_TO_ONE("many-to-one"),
    ONE_TO_MANY("one-to-many"),
    ONE_TO_ONE("one-to-one"),
    ONE_TO_ONE_PARENT("one-to-one");

    private final String words;

    Cardinality(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  static String columns(List<Pair> pairs, boolean other) {
    return pairs.stream()
        .map(p -> other ? p.other() : p.column())
        .collect(Collectors.joining(", ", "(", ")"));
  }
}
