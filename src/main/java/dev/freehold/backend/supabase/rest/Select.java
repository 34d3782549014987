package dev.freehold.backend.supabase.rest;

import java.util.List;

/// One item of `select=`, as written. Absent parts are empty.
sealed interface Select {

  /// A column, computed field or JSON path, for example `total:amount::text` or `data->a->>b`.
  ///
  /// @param aggregate `sum`, `avg`, `min`, `max`, `count` or empty; `count()` counts `*`
  /// @param aggregateCast the cast after an aggregate
  record Column(FieldPath field, String cast, String alias, String aggregate, String aggregateCast)
      implements Select {
    static final Column STAR = new Column(FieldPath.STAR, "", "", "", "");

    static Column named(String name) {
      return new Column(new FieldPath(name, List.of()), "", "", "", "");
    }

    static Column count(String alias, String cast) {
      return new Column(FieldPath.STAR, "", alias, "count", cast);
    }

    boolean star() {
      return aggregate.isEmpty() && field.equals(FieldPath.STAR);
    }

    Column withCast(String type) {
      return new Column(field, type, alias, aggregate, aggregateCast);
    }

    Column withAlias(String name) {
      return new Column(field, cast, name, aggregate, aggregateCast);
    }

    Column withAggregate(String function) {
      return new Column(field, cast, alias, function, aggregateCast);
    }

    Column withAggregateCast(String type) {
      return new Column(field, cast, alias, aggregate, type);
    }
  }

  /// An embedded resource: `alias:name!hint!inner(items)`.
  ///
  /// @param join [#INNER], [#LEFT] or empty
  /// @param spread written `...name(items)`: its items become the parent's
  record Embed(
      String name, String alias, String hint, String join, boolean spread, List<Select> items)
      implements Select {
    static final String INNER = "inner";
    static final String LEFT = "left";

    static Embed named(String alias, String name, boolean spread) {
      return new Embed(name, alias, "", "", spread, List.of());
    }

    /// Takes what stands behind `!`: a kind of join, or a hint behind another `!`. The first of a
    /// kind counts.
    Embed withParameter(java.util.Optional<String> parameter) {
      if (parameter.isEmpty()) {
        return this;
      }
      var word = parameter.get();
      return word.startsWith("!")
          ? new Embed(name, alias, hint.isEmpty() ? word.substring(1) : hint, join, spread, items)
          : new Embed(name, alias, hint, join.isEmpty() ? word : join, spread, items);
    }

    Embed withItems(List<Select> below) {
      return new Embed(name, alias, hint, join, spread, below);
    }

    /// Its key in the parent's object.
    String key() {
      return alias.isEmpty() ? name : alias;
    }
  }

  /// A column and a path into it.
  record FieldPath(String column, List<JsonStep> steps) {
    static final FieldPath STAR = new FieldPath("*", List.of());

    /// The row as a whole.
    static final FieldPath ROW = new FieldPath("", List.of());
  }

  /// One step of a JSON path.
  ///
  /// @param text `->>`, which gives text, rather than `->`
  /// @param index whether the operand is an array index: digits, perhaps behind a minus
  record JsonStep(boolean text, boolean index, String operand) {}
}
