package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.Routine;
import java.util.List;

/// A call of one function.
///
/// @param returning columns the answer needs beyond those of the result, for computed fields
record CallPlan(Routine routine, Arguments arguments, List<String> returning) {

  /// Where the arguments come from.
  sealed interface Arguments {
    /// One JSON object whose keys are parameters.
    record Keyed(String json, List<Routine.Parameter> given) implements Arguments {}

    /// Texts, as a query string or a form gives them; one text per parameter, an array literal for
    /// a variadic one.
    record Texts(List<Routine.Parameter> given, List<String> values) implements Arguments {}

    /// The whole body as the only, unnamed parameter.
    @SuppressWarnings("ArrayRecordComponent")
    record Whole(Routine.Parameter parameter, byte[] body) implements Arguments {}
  }
}
