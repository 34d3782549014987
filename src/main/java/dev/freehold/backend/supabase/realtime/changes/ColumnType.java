package dev.freehold.backend.supabase.realtime.changes;

/// How values of a type become JSON, and whether this program can compare them itself.
///
/// @param kind how PostgreSQL's `to_jsonb` shows it
/// @param element of an array: the elements' kind; the same as `kind` otherwise
/// @param comparison how two of its outputs compare
record ColumnType(Kind kind, Kind element, Comparison comparison) {
  /// The families of `to_jsonb`.
  enum Kind {
    NUMBER,
    BOOLEAN,
    TIMESTAMP,
    TIMESTAMP_WITH_ZONE,
    JSON,
    TEXT,
    ARRAY,
    /// Composites and types with a cast to JSON of their own: PostgreSQL is asked.
    ASKED
  }

  /// What may be concluded from two outputs without asking PostgreSQL.
  enum Comparison {
    /// Whole numbers: everything.
    INTEGER,
    /// Equal values have equal outputs and the other way round; no order.
    EXACT,
    /// Nothing.
    ASKED
  }

  /// @param base the type's name in `pg_catalog`, of a domain what it is made of; empty when it is
  ///   of another schema
  /// @param typtype `pg_type.typtype` of it
  static ColumnType of(String base, String typtype, boolean castsToJson) {
    var kind = kind(base, typtype, castsToJson);
    var comparison =
        switch (base) {
          case "int2", "int4", "int8" -> Comparison.INTEGER;
          case "text", "varchar", "uuid", "bool", "date", "timestamp", "timestamptz" ->
              Comparison.EXACT;
          default -> typtype.equals("e") ? Comparison.EXACT : Comparison.ASKED;
        };
    return new ColumnType(kind, kind, comparison);
  }

  static ColumnType arrayOf(ColumnType element) {
    return element.kind == Kind.ASKED
        ? new ColumnType(Kind.ASKED, Kind.ASKED, Comparison.ASKED)
        : new ColumnType(Kind.ARRAY, element.kind, Comparison.ASKED);
  }

  private static Kind kind(String base, String typtype, boolean castsToJson) {
    return switch (base) {
      case "int2", "int4", "int8", "float4", "float8", "numeric" -> Kind.NUMBER;
      case "bool" -> Kind.BOOLEAN;
      case "timestamp" -> Kind.TIMESTAMP;
      case "timestamptz" -> Kind.TIMESTAMP_WITH_ZONE;
      case "json", "jsonb" -> Kind.JSON;
      default -> typtype.equals("c") || castsToJson ? Kind.ASKED : Kind.TEXT;
    };
  }
}
