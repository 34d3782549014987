package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.postgres.wire.Query;
import dev.freehold.postgres.wire.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A read that is planned: the statement, and what must be known to answer with its result.
///
/// @param hoisted settings of the called function
/// @param most rows a called function may return, when that is limited
/// @param called the function that is called, nothing for a relation
record Prepared(
    Rendering rendering,
    Query query,
    List<Routine.Setting> hoisted,
    Optional<Long> most,
    Optional<Routine> called) {

  /// Where each placeholder stands among the bound values; nothing unless each is bound just as it
  /// is, and only once.
  Optional<int[]> places(int placeholders) {
    var places = new int[placeholders];
    var bound = query.values();
    for (int number = 0; number < placeholders; number++) {
      var text = RequestShape.placeholder(number).getBytes(StandardCharsets.UTF_8);
      int found = -1;
      for (int i = 0; i < bound.size(); i++) {
        if (contains(bound.get(i).bytes(), text)) {
          if (found >= 0 || bound.get(i).bytes().length != text.length) {
            return Optional.empty();
          }
          found = i;
        }
      }
      if (found < 0) {
        return Optional.empty();
      }
      places[number] = found;
    }
    return Optional.of(places);
  }

  private static boolean contains(byte[] bytes, byte[] text) {
    for (int at = 0; at + text.length <= bytes.length; at++) {
      if (Arrays.equals(bytes, at, at + text.length, text, 0, text.length)) {
        return true;
      }
    }
    return false;
  }

  /// The same with other values at these places.
  Prepared with(int[] places, List<String> texts) {
    if (places.length == 0) {
      return this;
    }
    var values = new ArrayList<>(query.values());
    for (int i = 0; i < places.length; i++) {
      var old = values.get(places[i]);
      values.set(
          places[i],
          new Value(old.type(), old.binary(), texts.get(i).getBytes(StandardCharsets.UTF_8)));
    }
    return new Prepared(rendering, new Query(query.sql(), values), hoisted, most, called);
  }
}
