package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.MediaType.Named;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.postgres.Quoting;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Chooses the overload a request means by the names of its arguments, and brings the arguments.
final class CallPlanner {
  private final SchemaCache cache;
  private final ApiRequest request;
  private final Optional<Payload> payload;

  /// @param payload what a POST brings
  CallPlanner(SchemaCache cache, ApiRequest request, Optional<Payload> payload) {
    this.cache = cache;
    this.request = request;
    this.payload = payload;
  }

  /// @throws RestFailure PGRST202, PGRST203
  CallPlan plan() {
    if (payload.isEmpty()) {
      return texts(request.query().arguments());
    }
    return switch (payload.get()) {
      case Payload.Form form -> texts(form.fields());
      case Payload.Whole whole -> {
        var routine = choose(new TreeSet<>());
        yield routine.parameters().isEmpty()
            ? new CallPlan(routine, NO_ARGUMENTS, List.of())
            : whole(routine, whole.body());
      }
      case Payload.Rows rows -> rows(rows);
    };
  }

  private static final CallPlan.Arguments NO_ARGUMENTS =
      new CallPlan.Arguments.Texts(List.of(), List.of());

  private CallPlan rows(Payload.Rows rows) {
    var routine = choose(new TreeSet<>(rows.keys()));
    if (isAlone(routine)) {
      return whole(routine, rows.json().getBytes(StandardCharsets.UTF_8));
    }
    var given = routine.parameters().stream().filter(p -> rows.keys().contains(p.name())).toList();
    return new CallPlan(routine, new CallPlan.Arguments.Keyed(rows, given), List.of());
  }

  private CallPlan texts(List<QueryString.Argument> arguments) {
    var byName = new LinkedHashMap<String, List<String>>();
    for (var argument : arguments) {
      byName.computeIfAbsent(argument.name(), _ -> new ArrayList<>()).add(argument.value());
    }
    var routine = choose(new TreeSet<>(byName.keySet()));
    var given = new ArrayList<Routine.Parameter>();
    var values = new ArrayList<String>();
    for (var parameter : routine.parameters()) {
      var texts = byName.get(parameter.name());
      if (texts != null) {
        given.add(parameter);
        values.add(parameter.variadic() ? Quoting.arrayLiteral(texts) : texts.getLast());
      }
    }
    return new CallPlan(routine, new CallPlan.Arguments.Texts(given, values), List.of());
  }

  private static CallPlan whole(Routine routine, byte[] body) {
    var arguments = new CallPlan.Arguments.Whole(routine.parameters().getFirst(), body);
    return new CallPlan(routine, arguments, List.of());
  }

  /// A single parameter without a name cannot be called by name, however the routine was chosen:
  /// `{"": 1}` finds it too, and it takes the body as it is.
  private static boolean isAlone(Routine routine) {
    return routine.parameters().size() == 1 && routine.parameters().getFirst().name().isEmpty();
  }

  private boolean unnamed(Routine routine) {
    return payload.isPresent()
        && isAlone(routine)
        && WHOLE
            .getOrDefault(request.contentType(), List.of())
            .contains(routine.parameters().getFirst().type());
  }

  /// The types of a single unnamed parameter that takes a body as it is, by the body's type.
  private static final Map<MediaType, List<String>> WHOLE =
      Map.of(
          Named.JSON, List.of("json", "jsonb"),
          Named.TEXT, List.of("text"),
          Named.XML, List.of("xml"),
          Named.BYTES, List.of("bytea"));

  private Routine choose(SortedSet<String> keys) {
    var overloads = cache.routines().getOrDefault(request.name(), List.of());
    var named = overloads.stream().filter(routine -> fits(routine, keys)).toList();
    if (named.isEmpty()) {
      named = overloads.stream().filter(this::unnamed).toList();
    }
    return switch (named.size()) {
      case 0 -> throw none(keys, overloads);
      case 1 -> named.getFirst();
      default -> throw ambiguous(named);
    };
  }

  private boolean fits(Routine routine, SortedSet<String> keys) {
    if (routine.parameters().isEmpty()) {
      return keys.isEmpty() && !wholeBody();
    }
    var names = new LinkedHashSet<String>();
    for (var parameter : routine.parameters()) {
      names.add(parameter.name());
      if (parameter.required() && !keys.contains(parameter.name())) {
        return false;
      }
    }
    return names.containsAll(keys);
  }

  private boolean wholeBody() {
    return payload.isPresent() && payload.get() instanceof Payload.Whole;
  }

  private static RestFailure ambiguous(List<Routine> routines) {
    return RestFailure.of(
            300,
            "PGRST203",
            "Could not choose the best candidate function between: "
                + routines.stream().map(Routine::signature).collect(Collectors.joining(", ")))
        .hint(
            "Try renaming the parameters or the function itself in the database so function"
                + " overloading can be resolved");
  }

  private RestFailure none(SortedSet<String> keys, List<Routine> overloads) {
    var name = request.name();
    var list = String.join(", ", keys);
    var shown = wholeBody() ? "" : keys.isEmpty() ? " without parameters" : "(" + list + ")";
    var failure =
        RestFailure.of(
                404,
                "PGRST202",
                "Could not find the function " + name + shown + " in the schema cache")
            .details(
                "Searched for the function "
                    + name
                    + searched(keys, list)
                    + ", but no matches were found in the schema cache.");
    return wholeBody() ? failure : failure.hint(near(name, list, overloads).orElse(null));
  }

  private String searched(SortedSet<String> keys, String list) {
    if (wholeBody()) {
      return " with a single unnamed "
          + WHOLE.getOrDefault(request.contentType(), List.of("")).getFirst()
          + " parameter";
    }
    var searched =
        keys.isEmpty()
            ? " without parameters"
            : " with parameter" + (keys.size() > 1 ? "s " : " ") + list;
    return payload.isPresent() && request.contentType().equals(Named.JSON)
        ? searched + " or with a single unnamed json/jsonb parameter"
        : searched;
  }

  private Optional<String> near(QualifiedName name, String list, List<Routine> overloads) {
    var words = "Perhaps you meant to call the function " + name.schema() + ".";
    if (overloads.isEmpty()) {
      var names =
          cache.routines().keySet().stream()
              .filter(n -> n.schema().equals(name.schema()))
              .map(QualifiedName::name)
              .sorted()
              .toList();
      return FuzzyMatch.best(name.name(), names, FuzzyMatch.NAMES).map(n -> words + n);
    }
    var lists =
        overloads.stream()
            .map(routine ->
                routine.parameters().stream()
                    .map(Routine.Parameter::name)
                    .sorted()
                    .collect(Collectors.joining(", ", "(", ")")))
            .toList();
    return FuzzyMatch.best("(" + list + ")", lists, FuzzyMatch.ARGUMENTS)
        .map(n -> words + name.name() + n);
  }
}
