package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.supabase.rest.schema.SchemaCache;
import dev.freehold.http.Body;
import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.postgres.Notifications;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.postgres.wire.Batch;
import dev.freehold.postgres.wire.LaneLimits;
import dev.freehold.postgres.wire.Lanes;
import dev.freehold.telemetry.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Answers PostgREST's wire, version 14, over one database.
///
/// A request goes the way PostgREST's goes: [ApiRequest] reads it, [ReadPlanner], [WritePlanner]
/// and [CallPlanner] hold it against the [SchemaCache], [SqlBuilder] writes one statement,
/// PostgreSQL renders the body, [Answers] adds status and headers. Each stage may refuse with a
/// [RestFailure].
///
/// Paths come without a prefix: `/todos`, `/rpc/f`. The token is in `Authorization`; CORS is the
/// gateway's. The database may be down when the server starts and at any time later.
///
/// Source: the PostgREST documentation, https://docs.postgrest.org/en/v14/
public final class RestServer implements Handler, AutoCloseable {
  /// Who wants to know that `NOTIFY` asks for the configuration to be read again.
  @FunctionalInterface
  public interface Configurer {
    void reload();

    /// The connection that listens broke; it is being made anew.
    default void lost() {}
  }

  /// How busy the connections are.
  ///
  /// @param size the most there may be
  /// @param opened open now
  /// @param available open now with nothing to do
  /// @param active batches of statements on their way now
  /// @param waiting requests that wait for a connection now
  /// @param refused requests that waited in vain, since the start
  public record Load(int size, int opened, int available, int active, int waiting, long refused) {}

  private static final String CHANNEL = "pgrst";

  /// Where the statements of the request at hand are noted, while they are.
  private static final ScopedValue<List<String>> SENT = ScopedValue.newInstance();

  /// What requests are answered by from now on.
  private record Conduct(RestSettings settings, TokenVerifier verifier) {}

  private final Lanes lanes;
  private final Events events;
  private final Schemas schemas;
  private final TimeZones zones;
  private final Templates templates = new Templates();
  private final Optional<Notifications> notifications;
  private final Configurer configurer;
  private volatile Conduct conduct;
  private volatile boolean notes;

  /// @param pool the catalogs are read with it. Its role may switch to the roles of the tokens and
  ///   owns nothing
  /// @param limits of the connections for requests, to the same database
  public RestServer(
      RestSettings settings, Pool pool, LaneLimits limits, TokenVerifier verifier, Events events) {
    this(settings, pool, limits, verifier, events, Optional.of(CHANNEL), () -> {});
  }

  /// @param channel where `NOTIFY` is listened to; absent for nowhere (`db-channel`)
  public RestServer(
      RestSettings settings,
      Pool pool,
      LaneLimits limits,
      TokenVerifier verifier,
      Events events,
      Optional<String> channel,
      Configurer configurer) {
    lanes = Lanes.open(pool.database(), limits, RestServer::note);
    lanes.prepare(settings.prepared());
    this.events = events;
    this.configurer = configurer;
    conduct = new Conduct(settings, verifier);
    schemas = new Schemas(pool, lanes, settings, events);
    zones = new TimeZones(pool);
    notifications =
        channel.map(name -> Notifications.listen(pool.database(), List.of(name), new Reloader()));
  }

  /// Answers by other settings from now on, and reads the schema again.
  public void configure(RestSettings settings, TokenVerifier verifier) {
    conduct = new Conduct(settings, verifier);
    lanes.prepare(settings.prepared());
    schemas.configure(settings);
    templates.clear();
  }

  /// Whether answers come with the statements that were run for them, from now on.
  public void noteStatements(boolean noted) {
    notes = noted;
  }

  private static void note(Batch batch) {
    if (SENT.isBound()) {
      batch.queries().forEach(query -> SENT.get().add(query.sql()));
    }
  }

  /// Sees to it that there is a connection to the database.
  ///
  /// @throws PostgresException when there is none and none can be made
  public void connect() {
    lanes.connect();
  }

  /// Whether the database is reached: by the connection that listens, or where nothing listens by
  /// one for requests.
  public boolean connected() {
    if (notifications.isPresent()) {
      return notifications.get().connected();
    }
    try {
      lanes.connect();
      return true;
    } catch (PostgresException e) {
      return false;
    }
  }

  public Load load() {
    return new Load(
        lanes.size(),
        lanes.opened(),
        lanes.available(),
        lanes.active(),
        lanes.waiting(),
        lanes.refused());
  }

  /// Reads the schema, if it is not known yet.
  ///
  /// @return whether it is known now
  public boolean ready() {
    try {
      var unused = schemas.current();
      return true;
    } catch (RestFailure e) {
      return false;
    }
  }

  /// The schema is read again before the next request is answered.
  public void reload() {
    schemas.forget();
  }

  /// What a request got.
  ///
  /// @param role under which it ran; empty when it came to no role
  /// @param statements that were run for it, when they are [#noteStatements noted]
  public record Answered(Response response, String role, List<String> statements) {}

  @Override
  public Response handle(Request request) {
    return answered(request).response();
  }

  /// As [#handle], with what a log says of a request.
  public Answered answered(Request request) {
    var sent = new ArrayList<String>();
    var answered =
        notes ? ScopedValue.where(SENT, sent).call(() -> answer(request)) : answer(request);
    var response = answered.response();
    return new Answered(
        request.method().equals("HEAD") ? response.withBody(Body.EMPTY) : response,
        answered.role(),
        sent);
  }

  /// The answer while nobody knows yet what is to be served.
  public static Answered notYet() {
    return new Answered(Failures.noSchemaCache().response(), "", List.of());
  }

  /// What the database exposes, when that is known.
  public Optional<SchemaCache> schema() {
    return schemas.known();
  }

  @Override
  public void close() {
    notifications.ifPresent(Notifications::close);
    lanes.close();
  }

  private Answered answer(Request request) {
    var now = conduct;
    var timing = new Timing();
    Identity identity;
    try {
      identity = Identity.of(request, now.verifier(), now.settings());
    } catch (RestFailure e) {
      return new Answered(e.response(), "", List.of());
    }
    timing.done(Timing.Stage.JWT);
    var role = identity.session().role();
    return new Answered(answer(request, now.settings(), identity, timing), role, List.of());
  }

  private Response answer(
      Request request, RestSettings settings, Identity identity, Timing timing) {
    try {
      var answer = planned(request, settings, identity, timing);
      timing.done(Timing.Stage.RESPONSE);
      return settings.timing() ? answer.with("Server-Timing", timing.header()) : answer;
    } catch (RestFailure e) {
      return e.response();
    } catch (PostgresException e) {
      if (e.failure() instanceof PostgresFailure.PoolFull) {
        events.publish(new RestEvent.PoolTimeout(request.toString()));
      }
      var anonymous = identity.anonymous() || identity.session().role().equals(settings.anonRole());
      var failure = ServerErrors.of(e, anonymous);
      if (failure.status() >= 500 && !(e.failure() instanceof PostgresFailure.PoolFull)) {
        events.publish(new RestEvent.DatabaseFault(request.toString(), failure.code(), e));
      }
      return failure.response();
    } catch (RuntimeException e) {
      events.publish(new RestEvent.Fault(request.toString(), e.toString()));
      return RestFailure.of(500, "PGRSTX00", "Something went wrong").response();
    }
  }

  /// By the template of its shape, or planned anew.
  private Response planned(
      Request request, RestSettings settings, Identity identity, Timing timing) {
    var shape = RequestShape.of(request);
    long loaded = schemas.current().loadedAtNanos();
    var template = shape.flatMap(one -> templates.find(one, loaded));
    if (shape.isPresent() && template.isPresent()) {
      timing.done(Timing.Stage.PARSE);
      var prepared = template.get().prepared();
      return responder(template.get().request().as(request), settings, identity, timing)
          .answer(prepared.with(template.get().places(), shape.get().values()));
    }
    var read = ApiRequest.of(request, settings, zones::knows);
    timing.done(Timing.Stage.PARSE);
    var answer = responder(read, settings, identity, timing).answer();
    shape.ifPresent(
        one -> templates.answered(one, loaded, _ -> template(request, one, settings, identity)));
    return answer;
  }

  private Responder responder(
      ApiRequest read, RestSettings settings, Identity identity, Timing timing) {
    return new Responder(lanes, settings, schemas, read, identity, timing);
  }

  private Optional<Templates.Template> template(
      Request request, RequestShape shape, RestSettings settings, Identity identity) {
    try {
      var read = ApiRequest.of(RequestShape.withPlaceholders(request), settings, zones::knows);
      return responder(read, settings, identity, new Timing())
          .prepare()
          .flatMap(prepared ->
              prepared
                  .places(shape.values().size())
                  .map(places -> new Templates.Template(read, prepared, places)));
    } catch (RestFailure e) {
      // A placeholder does not do where the value did.
      return Optional.empty();
    }
  }

  /// Hears `NOTIFY pgrst`. What was notified while the connection was down is made up for by
  /// reading the schema again.
  private final class Reloader implements Notifications.Listener {
    @Override
    public void connected() {
      configurer.reload();
      reload();
    }

    @Override
    public void lost() {
      configurer.lost();
    }

    @Override
    public void notified(String channel, String payload) {
      switch (payload) {
        case "reload schema", "" -> reload();
        case "reload config" -> {
          configurer.reload();
          reload();
        }
        default -> {
          // PostgREST knows no other words and ignores them.
        }
      }
    }
  }
}
