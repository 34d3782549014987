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
import dev.freehold.postgres.wire.LaneLimits;
import dev.freehold.postgres.wire.Lanes;
import dev.freehold.telemetry.Events;
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
  }

  private static final String CHANNEL = "pgrst";

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

  /// @param pool whose role may switch to the roles of the tokens and owns nothing. The catalogs
  ///   are read with it; requests have as many connections of their own, by the same limits
  public RestServer(RestSettings settings, Pool pool, TokenVerifier verifier, Events events) {
    this(settings, pool, verifier, events, Optional.of(CHANNEL), () -> {});
  }

  /// @param channel where `NOTIFY` is listened to; absent for nowhere (`db-channel`)
  public RestServer(
      RestSettings settings,
      Pool pool,
      TokenVerifier verifier,
      Events events,
      Optional<String> channel,
      Configurer configurer) {
    lanes = Lanes.open(pool.database(), new LaneLimits(pool.size(), pool.waitLimit()));
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
    schemas.configure(settings);
    templates.clear();
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
  public record Answered(Response response, String role) {}

  @Override
  public Response handle(Request request) {
    return answered(request).response();
  }

  /// As [#handle], with what a log says of a request.
  public Answered answered(Request request) {
    var answered = answer(request);
    return request.method().equals("HEAD")
        ? new Answered(answered.response().withBody(Body.EMPTY), answered.role())
        : answered;
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
      return new Answered(e.response(), "");
    }
    timing.done(Timing.Stage.JWT);
    var role = identity.session().role();
    return new Answered(answer(request, now.settings(), identity, timing), role);
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
      return ServerErrors.of(e, anonymous).response();
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
