package dev.freehold.backend.supabase.rest;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A query string, read. Paths name the embed a part belongs to; the root's path is empty.
///
/// @param columns the columns a write takes, when `columns=` names them
/// @param arguments parameters of a function called by GET
record QueryString(
    List<Select> select,
    List<Placed<Condition>> conditions,
    List<Placed<List<Order>>> orders,
    Map<List<String>, Window> windows,
    Optional<List<String>> columns,
    List<String> onConflict,
    List<Argument> arguments) {

  /// Something that belongs to the embed at a path.
  record Placed<T>(List<String> path, T value) {}

  /// One argument of a function.
  record Argument(String name, String value) {}
}
