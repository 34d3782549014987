package dev.freehold.backend.supabase.rest;

import java.util.List;

/// One item of `select=`, as written. Absent parts are empty.
sealed interface Select {

  /// A column, computed field or JSON path, for example `total:amount::text` or `data->a->>b`.
  ///
  /// @param aggregate `sum`, `avg`, `min`, `max`, `count` or empty; `count()` has an empty field
  /// @param aggregateCast the cast after an aggregate
  record Column(FieldPath field, String cast, String alias, String aggregate, String aggregateCast)
      implements Select {}

  /// An embedded resource: `alias:name!hint!inner(items)`.
  ///
  /// @param spread written `...name(items)`: its items become the parent's
  record Embed(
      String name, String alias, String hint, boolean inner, boolean spread, List<Select> items)
      implements Select {}

  /// A column and a path into it.
  record FieldPath(String column, List<JsonStep> steps) {}

  /// One step of a JSON path.
  ///
  /// @param text `->>`, which gives text, rather than `->`
  /// @param index whether the operand is an array index
  record JsonStep(boolean text, boolean index, String operand) {}
}
