package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.ApiRequest.Method;
import dev.freehold.backend.supabase.rest.Preferences.Count;
import dev.freehold.backend.supabase.rest.Preferences.Representation;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Routine;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.backend.supabase.rest.schema.Table;
import dev.freehold.http.Response;
import dev.freehold.postgres.wire.Lanes;
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

  private final Lanes lanes;
  private final RestSettings settings;
  private final Schemas schemas;
  private final ApiRequest request;
  private final Identity identity;
  private final Timing timing;

  Responder(
      Lanes lanes,
      RestSettings settings,
      Schemas schemas,
      ApiRequest request,
      Identity identity,
      Timing timing) {
    this.lanes = lanes;
    this.settings = settings;
    this.schemas = schemas;
    this.request = request;
    this.identity = identity;
    this.timing = timing;
  }

  /// @throws RestFailure for every error answer of ours
  /// @throws dev.freehold.postgres.PostgresException for what the database refused
  Response answer() {
    return switch (request.resource()) {
      case ApiRequest.Resource.Root _ ->
          request.method() == Method.OPTIONS
              ? allow("OPTIONS,GET,HEAD")
              : new Introspection(settings, schemas.current(), request)
                  .answer(transaction(List.of(), true), schemas.pool());
      case ApiRequest.Resource.Relation _ ->
          switch (request.method()) {
            case OPTIONS -> planned(cache -> allow(table(cache).allow()));
            case GET, HEAD -> read();
            case POST, PATCH, PUT, DELETE -> write();
          };
      case ApiRequest.Resource.Function _ ->
          request.method() == Method.OPTIONS ? planned(this::functionAllow) : call();
    };
  }

  private static Response allow(String methods) {
    return Response.of(200).with("Allow", methods).with("Access-Control-Allow-Origin", "*");
  }

  /// The overload that a GET with the same query would call.
  private Response functionAllow(SchemaCache cache) {
    var routine = new CallPlanner(cache, request, Optional.empty()).plan().routine();
    return allow(routine.readOnly() ? "OPTIONS,GET,HEAD,POST" : "OPTIONS,POST");
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

  /// Plans a read that others of its shape can be answered by; nothing for one whose answer takes
  /// more than its statement.
  Optional<Prepared> prepare() {
    return switch (request.resource()) {
      case ApiRequest.Resource.Root _ -> Optional.empty();
      case ApiRequest.Resource.Relation _ -> {
        var plans = planned(this::reading);
        var exact = request.preferences().count().stream().allMatch(Count.EXACT::equals);
        yield exact && !(plans.rendering().type() instanceof MediaType.Plan)
            ? Optional.of(prepared(plans, Statements.read(plans.plan(), shape(plans), count(), 0)))
            : Optional.empty();
      }
      case ApiRequest.Resource.Function _ -> {
        var plans = planned(cache -> callPlans(cache, Optional.empty()));
        yield plans.rendering().type() instanceof MediaType.Plan
            ? Optional.empty()
            : Optional.of(prepared(plans));
      }
    };
  }

  /// Answers with a read that was planned.
  Response answer(Prepared prepared) {
    var outcome = transaction(prepared.hoisted(), true).run(prepared.query());
    return finished(
        outcome,
        result -> {
          requireSingle(prepared.rendering(), result);
          requireFew(result, prepared.most());
          var answers = answers(prepared.rendering().type());
          return prepared.called().isEmpty()
              ? answers.read(result)
              : answers.called(result, prepared.called().get().returnsVoid());
        });
  }

  /// What the database gave is not read on when the answer turns out to be another.
  private static Response finished(Outcome outcome, Function<Outcome, Response> answering) {
    try {
      return answering.apply(outcome);
    } catch (RestFailure e) {
      outcome.discard();
      throw e;
    }
  }

  private Response read() {
    var plans = planned(this::reading);
    var estimated = count().equals(Optional.of(Count.ESTIMATED));
    long most = estimated && settings.maxRows() > 0 ? settings.maxRows() + 1 : 0;
    var query = Statements.read(plans.plan(), shape(plans), count(), most);
    if (plans.rendering().type() instanceof MediaType.Plan asked) {
      return explained(transaction(List.of(), true), query, asked);
    }
    if (!estimated && !count().equals(Optional.of(Count.PLANNED))) {
      return answer(prepared(plans, query));
    }
    var explanation = Statements.explain(plans.plan());
    return finished(
        transaction(List.of(), true).estimate(query, explanation, most),
        outcome -> {
          requireSingle(plans.rendering(), outcome);
          return answers(plans.rendering().type()).read(outcome);
        });
  }

  private Optional<Count> count() {
    return request.preferences().count();
  }

  private static Statements.Shape shape(Reading plans) {
    return Statements.Shape.rows(plans.rendering());
  }

  private static Prepared prepared(Reading plans, SqlText query) {
    return new Prepared(plans.rendering(), query.query(), List.of(), NO_LIMIT, Optional.empty());
  }

  private Reading reading(SchemaCache cache) {
    var name = table(cache).name();
    var plan =
        ReadPlanner.plan(
            cache, settings, request.schema(), name, name, request.query(), request.window(), true);
    var rendering = rendering(cache, name, plan);
    request.requireKnownPreferences();
    return new Reading(plan, request.method() == Method.HEAD ? rendering.withoutBody() : rendering);
  }

  private record Reading(ReadPlan plan, Rendering rendering) {}

  private Rendering rendering(SchemaCache cache, QualifiedName target, ReadPlan plan) {
    return Rendering.choose(
        request.accepted(), cache.mediaHandlers(), target, plan.whole(), settings.plans());
  }

  private Response explained(Transaction transaction, SqlText query, MediaType.Plan asked) {
    var plan = transaction.explain(Statements.plan(query, asked));
    return answers(asked).explained(plan);
  }

  private Response write() {
    var body =
        request.method() == Method.DELETE
            ? new Payload.Rows("", List.of())
            : Payload.written(request);
    var plans = planned(cache -> writePlans(cache, body));
    var headersOnly =
        request.preferences().representation().equals(Optional.of(Representation.HEADERS_ONLY));
    var location = request.method() == Method.POST && headersOnly;
    var merge = plans.write() instanceof WritePlan.Insert i && i.merge();
    var query =
        Statements.write(
            plans.write(),
            plans.read(),
            Statements.Shape.rows(plans.rendering()),
            location ? plans.write().table().primaryKey() : List.of(),
            merge);
    var transaction = transaction(List.of(), false);
    if (plans.rendering().type() instanceof MediaType.Plan asked) {
      return explained(transaction, query, asked);
    }
    var put = request.method() == Method.PUT;
    var most = request.method() == Method.POST || put ? NO_LIMIT : enforcedMaxAffected();
    UnaryOperator<Outcome> decision =
        outcome -> {
          if (put && outcome.rows() != 1) {
            throw Failures.putPayload();
          }
          if (!put) {
            requireSingle(plans.rendering(), outcome);
          }
          requireFew(outcome, most);
          return outcome;
        };
    var decides = put || plans.rendering().type().singular() || most.isPresent();
    var outcome = decides ? transaction.decide(query, decision) : transaction.run(query.query());
    return finished(
        outcome, result -> answers(plans.rendering().type()).written(result, plans.write()));
  }

  private record Writing(WritePlan write, ReadPlan read, Rendering rendering) {}

  private Writing writePlans(SchemaCache cache, Payload.Rows body) {
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
                false)
            .ofSource(SqlBuilder.SOURCE);
    var write = new WritePlanner(cache, request, body, table, read).plan();
    request.requireKnownPreferences();
    var rendering = rendering(cache, table.name(), read);
    return new Writing(
        write, read, request.preferences().wantsRows() ? rendering : rendering.withoutBody());
  }

  private Response call() {
    var payload =
        request.method() == Method.POST
            ? Optional.of(Payload.called(request))
            : Optional.<Payload>empty();
    var plans = planned(cache -> callPlans(cache, payload));
    var routine = plans.call().routine();
    var prepared = prepared(plans);
    if (plans.rendering().type() instanceof MediaType.Plan asked) {
      var reads = request.method().reads() || routine.readOnly();
      return explained(transaction(routine.hoisted(), reads), callText(plans), asked);
    }
    if (request.method().reads() || routine.readOnly()) {
      return answer(prepared);
    }
    var transaction = transaction(routine.hoisted(), false);
    UnaryOperator<Outcome> decision =
        outcome -> {
          requireSingle(plans.rendering(), outcome);
          requireFew(outcome, prepared.most());
          return outcome;
        };
    var decides = plans.rendering().type().singular() || prepared.most().isPresent();
    var outcome =
        decides ? transaction.decide(callText(plans), decision) : transaction.run(prepared.query());
    return finished(
        outcome, result -> answers(plans.rendering().type()).called(result, routine.returnsVoid()));
  }

  private SqlText callText(Calling plans) {
    var shape = new Statements.Shape(plans.rendering(), Optional.of(plans.call().routine()));
    return Statements.call(plans.call(), plans.read(), shape, count());
  }

  private Prepared prepared(Calling plans) {
    var routine = plans.call().routine();
    return new Prepared(
        plans.rendering(),
        callText(plans).query(),
        routine.hoisted(),
        enforcedMaxAffected(),
        Optional.of(routine));
  }

  private record Calling(CallPlan call, ReadPlan read, Rendering rendering) {}

  private Calling callPlans(SchemaCache cache, Optional<Payload> payload) {
    var call = new CallPlanner(cache, request, payload).plan();
    var routine = call.routine();
    var result = routine.returnsRow().orElse(routine.name());
    var read =
        ReadPlanner.plan(
            cache,
            settings,
            request.schema(),
            result,
            SqlBuilder.SOURCE,
            request.query(),
            request.window(),
            true);
    var rendering = rendering(cache, result, read);
    request.requireKnownPreferences();
    if (!routine.set() && enforcedMaxAffected().isPresent()) {
      throw Failures.maxAffectedRpc();
    }
    return new Calling(
        call.returning(SourceColumns.of(cache, read, List.of())),
        read,
        request.method() == Method.HEAD ? rendering.withoutBody() : rendering);
  }

  private static final Optional<Long> NO_LIMIT = Optional.empty();

  private Optional<Long> enforcedMaxAffected() {
    return request.preferences().enforcedMaxAffected();
  }

  private Transaction transaction(List<Routine.Setting> hoisted, boolean readOnly) {
    timing.done(Timing.Stage.PLAN);
    return new Transaction(
        lanes, request, identity, settings, schemas.current(), hoisted, readOnly);
  }

  /// What the database gave is there.
  private Answers answers(MediaType type) {
    timing.done(Timing.Stage.TRANSACTION);
    return new Answers(request, type);
  }

  private static void requireSingle(Rendering rendering, Outcome outcome) {
    if (rendering.type().singular() && outcome.rows() != 1) {
      throw Failures.singular(outcome.rows());
    }
  }

  private static void requireFew(Outcome outcome, Optional<Long> most) {
    if (most.isPresent() && outcome.rows() > most.get()) {
      throw Failures.maxAffected(outcome.rows());
    }
  }
}
