package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.Routine;
import java.util.List;

/// A call of one function.
///
/// @param returning the columns of the result that the answer needs; `*` for all
record CallPlan(Routine routine, Arguments arguments, List<String> returning) {

  CallPlan returning(List<String> columns) {
    return new CallPlan(routine, arguments, columns);
  }

  /// Where the arguments come from.
  sealed interface Arguments {
    /// An object whose keys are parameters; of an array of them the first one counts.
    record Keyed(Payload.Rows body, List<Routine.Parameter> given) implements Arguments {}

    /// Texts, as a query string or a form gives them; one text per parameter, an array literal of
    /// texts for a variadic one.
    record Texts(List<Routine.Parameter> given, List<String> values) implements Arguments {}

    /// The whole body as the only, unnamed parameter.
    @SuppressWarnings("ArrayRecordComponent")
    record Whole(Routine.Parameter parameter, byte[] body) implements Arguments {}
  }
}
