package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.postgres.Quoting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Chooses the overload a request means by the names of its arguments, and brings the arguments.
final class CallPlanner {
  private final SchemaCache cache;
  private final ApiRequest request;
  private final boolean post;

  CallPlanner(SchemaCache cache, ApiRequest request) {
    this.cache = cache;
    this.request = request;
    post = request.method() == ApiRequest.Method.POST;
  }

  /// @throws RestFailure PGRST102, PGRST202, PGRST203
  CallPlan plan() {
    if (!post) {
      return texts(request.query().arguments());
    }
    return switch (request.contentType()) {
      case "text/plain", "text/xml", "application/octet-stream" -> {
        var routine = choose(Set.of());
        yield routine.parameters().isEmpty()
            ? call(routine, new CallPlan.Arguments.Texts(List.of(), List.of()))
            : whole(routine);
      }
      case "application/x-www-form-urlencoded" ->
          texts(QueryStrings.parameters(request.http().text()));
      default -> json();
    };
  }

  /// The failure of a function that has no overload at all.
  RestFailure notFound() {
    return none(Set.of(), List.of());
  }

  private CallPlan json() {
    if (request.http().body().length == 0) {
      var routine = choose(Set.of());
      return unnamed(routine)
          ? whole(routine)
          : call(routine, new CallPlan.Arguments.Keyed("{}", List.of()));
    }
    var payload = Payload.of(request);
    var keys = request.query().columns().orElse(payload.keys());
    var routine = choose(new LinkedHashSet<>(keys));
    if (unnamed(routine)) {
      return whole(routine);
    }
    var given =
        routine.parameters().stream().filter(parameter -> keys.contains(parameter.name())).toList();
    return call(routine, new CallPlan.Arguments.Keyed(payload.json(), given));
  }

  private CallPlan texts(List<QueryString.Argument> arguments) {
    var byName = new LinkedHashMap<String, List<String>>();
    for (var argument : arguments) {
      byName.computeIfAbsent(argument.name(), _ -> new ArrayList<>()).add(argument.value());
    }
    var routine = choose(byName.keySet());
    var given = new ArrayList<Routine.Parameter>();
    var values = new ArrayList<String>();
    for (var parameter : routine.parameters()) {
      var texts = byName.get(parameter.name());
      if (texts != null) {
        given.add(parameter);
        values.add(
            parameter.variadic() && !isArray(texts)
                ? Quoting.arrayLiteral(texts)
                : texts.getLast());
      }
    }
    return call(routine, new CallPlan.Arguments.Texts(given, values));
  }

  private static boolean isArray(List<String> texts) {
    return texts.size() == 1 && texts.getFirst().startsWith("{");
  }

  private CallPlan whole(Routine routine) {
    return call(
        routine,
        new CallPlan.Arguments.Whole(routine.parameters().getFirst(), request.http().body()));
  }

  /// Columns beyond those of the result are computed fields, which only the call itself can
  /// compute.
  private CallPlan call(Routine routine, CallPlan.Arguments arguments) {
    var table = routine.returnsRow().flatMap(cache::table);
    var computed = new ArrayList<String>();
    if (table.isPresent()) {
      for (var item : request.query().select()) {
        if (item instanceof Select.Column column) {
          var name = column.field().column();
          var function = new QualifiedName(table.get().name().schema(), name);
          if (!table.get().columns().containsKey(name) && cache.routines().containsKey(function)) {
            computed.add(name);
          }
        }
      }
    }
    return new CallPlan(routine, arguments, computed);
  }

  private boolean unnamed(Routine routine) {
    return post
        && routine.parameters().size() == 1
        && routine.parameters().getFirst().name().isEmpty()
        && takes(routine.parameters().getFirst().type());
  }

  private boolean takes(String type) {
    return switch (request.contentType()) {
      case "text/plain" -> type.equals("text");
      case "text/xml" -> type.equals("xml");
      case "application/octet-stream" -> type.equals("bytea");
      default -> type.equals("json") || type.equals("jsonb");
    };
  }

  private Routine choose(Set<String> keys) {
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

  private boolean fits(Routine routine, Set<String> keys) {
    if (routine.parameters().isEmpty()) {
      return keys.isEmpty() && !(post && wholeBody());
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
    return switch (request.contentType()) {
      case "text/plain", "text/xml", "application/octet-stream" -> true;
      default -> false;
    };
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

  private RestFailure none(Collection<String> keys, List<Routine> overloads) {
    var name = request.name();
    var list = String.join(", ", keys);
    var onlyWhole = post && wholeBody();
    var shown = onlyWhole ? "" : keys.isEmpty() ? " without parameters" : "(" + list + ")";
    var searched =
        keys.isEmpty()
            ? " without parameters"
            : " with parameter" + (keys.size() > 1 ? "s " : " ") + list;
    if (onlyWhole) {
      searched =
          " with a single unnamed "
              + Map.of("text/plain", "text", "text/xml", "xml")
                  .getOrDefault(request.contentType(), "bytea")
              + " parameter";
    } else if (post) {
      searched += " or with a single unnamed json/jsonb parameter";
    }
    return RestFailure.of(
            404, "PGRST202", "Could not find the function " + name + shown + " in the schema cache")
        .details(
            "Searched for the function "
                + name
                + searched
                + ", but no matches were found in the schema cache.")
        .hint(near(name, list, overloads).orElse(null));
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
                    .collect(Collectors.joining(", ", "(", ")")))
            .toList();
    return FuzzyMatch.best("(" + list + ")", lists, FuzzyMatch.ARGUMENTS)
        .map(n -> words + name.name() + n);
  }
}
