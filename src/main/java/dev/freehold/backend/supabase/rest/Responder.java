package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Preferences.Count;
import dev.freehold.backend.supabase.rest.Preferences.Representation;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.backend.supabase.rest.schema.Table;
import dev.freehold.http.Response;
import dev.freehold.postgres.wire.Lanes;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/// Answers one request: plan, statement, response.
final class Responder {
  /// Errors that a change of the schema since it was read may explain.
  private static final Set<String> STALE =
      Set.of("PGRST200", "PGRST201", "PGRST202", "PGRST203", "PGRST204", "PGRST205");

  private static final List<MediaType> ROWS =
      List.of(
          MediaType.JSON,
          MediaType.CSV,
          MediaType.OBJECT,
          MediaType.OBJECT_STRIPPED,
          MediaType.ARRAY_STRIPPED,
          MediaType.GEOJSON);

  private final Lanes lanes;
  private final RestSettings settings;
  private final Schemas schemas;
  private final ApiRequest request;
  private final Identity identity;

  Responder(
      Lanes lanes, RestSettings settings, Schemas schemas, ApiRequest request, Identity identity) {
    this.lanes = lanes;
    this.settings = settings;
    this.schemas = schemas;
    this.request = request;
    this.identity = identity;
  }

  /// @throws RestFailure for every error answer of ours
  /// @throws dev.freehold.postgres.PostgresException for what the database refused
  Response answer() {
    return switch (request.resource()) {
      case ApiRequest.Resource.Root _ -> {
        if (request.method() == ApiRequest.Method.OPTIONS) {
          yield Response.of(200).with("Allow", "OPTIONS,GET,HEAD");
        }
        throw Failures.rootDisabled();
      }
      case ApiRequest.Resource.Relation _ ->
          switch (request.method()) {
            case OPTIONS -> planned(cache -> allow(table(cache).allow()));
            case GET, HEAD -> read();
            case POST, PATCH, PUT, DELETE -> write();
          };
      case ApiRequest.Resource.Function _ ->
          request.method() == ApiRequest.Method.OPTIONS ? planned(this::functionAllow) : call();
    };
  }

  private static Response allow(String methods) {
    return Response.of(200).with("Allow", methods);
  }

  private Response functionAllow(SchemaCache cache) {
    var overloads = cache.routines().getOrDefault(request.name(), List.of());
    if (overloads.isEmpty()) {
      throw new CallPlanner(cache, request).notFound();
    }
    return allow(
        overloads.stream().anyMatch(Routine::readOnly) ? "OPTIONS,GET,HEAD,POST" : "OPTIONS,POST");
  }

  /// Plans against the known schema, and once more against a fresh one if something was not found.
  private <T> T planned(Function<SchemaCache, T> planning) {
    var cache = schemas.current();
    try {
      return planning.apply(cache);
    } catch (RestFailure e) {
      if (!STALE.contains(e.code())) {
        throw e;
      }
      var newer = schemas.newerThan(cache);
      if (newer.loadedAtNanos() == cache.loadedAtNanos()) {
        throw e;
      }
      return planning.apply(newer);
    }
  }

  private Table table(SchemaCache cache) {
    return cache
        .table(request.name())
        .orElseThrow(() -> Failures.unknownTable(cache, request.name()));
  }

  private MediaType type() {
    return MediaType.choose(request.http().header("Accept").orElse(""), ROWS);
  }

  private Response read() {
    var type = type();
    var plan =
        planned(cache -> {
          var name = table(cache).name();
          return ReadPlanner.plan(
              cache,
              settings,
              request.schema(),
              name,
              name,
              request.query(),
              request.window(),
              true);
        });
    var shape = Statements.Shape.rows(type, request.method() == ApiRequest.Method.HEAD);
    var count = request.preferences().count();
    var estimated = count.equals(Optional.of(Count.ESTIMATED)) && settings.maxRows() > 0;
    var query = Statements.read(plan, shape, count, estimated ? settings.maxRows() + 1 : 0);
    var transaction = transaction(List.of(), true);
    var outcome =
        estimated || count.equals(Optional.of(Count.PLANNED))
            ? transaction.estimate(
                query, Statements.explain(plan), estimated ? settings.maxRows() + 1 : 0)
            : transaction.run(query);
    requireSingle(type, outcome);
    return new Answers(request, type).read(outcome);
  }

  private Response write() {
    var type = type();
    var preferences = request.preferences();
    var headersOnly = preferences.representation().equals(Optional.of(Representation.HEADERS_ONLY));
    var plans =
        planned(cache -> {
          var table = table(cache);
          var read =
              ReadPlanner.plan(
                  cache,
                  settings,
                  request.schema(),
                  table.name(),
                  SqlBuilder.SOURCE,
                  request.query(),
                  Window.ALL,
                  false);
          return new Plans(new WritePlanner(request, table, read, headersOnly).plan(), read);
        });
    var insert = request.method() == ApiRequest.Method.POST;
    var merge = plans.write() instanceof WritePlan.Insert i && i.merge();
    var query =
        Statements.write(
            plans.write(),
            plans.read().ofSource(SqlBuilder.SOURCE),
            Statements.Shape.rows(type, !preferences.wantsRows()),
            insert && headersOnly ? plans.write().table().primaryKey() : List.of(),
            merge);
    var transaction = transaction(List.of(), false);
    var put = request.method() == ApiRequest.Method.PUT;
    UnaryOperator<Outcome> decision =
        outcome -> {
          requireSingle(type, outcome);
          requireFew(outcome);
          if (put && outcome.rows() != 1) {
            throw Failures.putPayload();
          }
          return outcome;
        };
    var decides = put || type.singular() || preferences.enforcedMaxAffected().isPresent();
    var outcome = decides ? transaction.decide(query, decision) : transaction.run(query);
    return new Answers(request, type).written(outcome, plans.write());
  }

  private record Plans(WritePlan write, ReadPlan read) {}

  private Response call() {
    var type = type();
    var plans =
        planned(cache -> {
          var call = new CallPlanner(cache, request).plan();
          return new CallPlans(call, resultPlan(cache, call.routine()));
        });
    var routine = plans.call().routine();
    var limited = request.preferences().enforcedMaxAffected().isPresent();
    if (limited && !routine.set()) {
      throw Failures.maxAffectedRpc();
    }
    var reads = request.method().reads() || routine.readOnly();
    var shape =
        new Statements.Shape(
            type,
            request.method() == ApiRequest.Method.HEAD || routine.returnsVoid(),
            routine.scalar(),
            !routine.set());
    var query = Statements.call(plans.call(), plans.read(), shape, request.preferences().count());
    var transaction = transaction(routine.hoisted(), reads);
    UnaryOperator<Outcome> decision =
        outcome -> {
          requireSingle(type, outcome);
          requireFew(outcome);
          return outcome;
        };
    var decides = !reads && (type.singular() || limited);
    var outcome =
        decides ? transaction.decide(query, decision) : decision.apply(transaction.run(query));
    return new Answers(request, type).called(outcome, routine.returnsVoid());
  }

  private record CallPlans(CallPlan call, ReadPlan read) {}

  private ReadPlan resultPlan(SchemaCache cache, Routine routine) {
    if (routine.scalar()) {
      var value =
          new Select.Column(new Select.FieldPath(SqlBuilder.SCALAR, List.of()), "", "", "", "");
      return new ReadPlan(
          SqlBuilder.SOURCE,
          Optional.empty(),
          "",
          List.of(value),
          List.of(),
          List.of(),
          request.window().atMost(settings.maxRows()),
          List.of());
    }
    return ReadPlanner.plan(
        cache,
        settings,
        request.schema(),
        routine.returnsRow().orElse(routine.name()),
        SqlBuilder.SOURCE,
        request.query(),
        request.window(),
        true);
  }

  private Transaction transaction(List<Routine.Setting> hoisted, boolean readOnly) {
    var path = new LinkedHashSet<String>();
    path.addLast(request.schema());
    path.addAll(settings.extraSearchPath());
    return new Transaction(
        lanes, request, identity, List.copyOf(path), schemas.current(), hoisted, readOnly);
  }

  private static void requireSingle(MediaType type, Outcome outcome) {
    if (type.singular() && outcome.rows() != 1) {
      throw Failures.singular(outcome.rows());
    }
  }

  private void requireFew(Outcome outcome) {
    var most = request.preferences().enforcedMaxAffected();
    if (most.isPresent()
        && request.method() != ApiRequest.Method.PUT
        && outcome.rows() > most.get()) {
      throw Failures.maxAffected(outcome.rows());
    }
  }
}
