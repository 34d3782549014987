package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Select.FieldPath;

/// One term of `order=`.
///
/// @param relation the to-one embed whose column sorts, empty for the resource's own
/// @param direction ` ASC`, ` DESC` or empty
/// @param nulls ` NULLS FIRST`, ` NULLS LAST` or empty
record Order(String relation, FieldPath field, String direction, String nulls) {
  Order withDirection(String sql) {
    return new Order(relation, field, sql, nulls);
  }

  Order withNulls(String sql) {
    return new Order(relation, field, direction, sql);
  }
}
