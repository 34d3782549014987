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
import dev.freehold.postgres.wire.LaneLimits;
import dev.freehold.postgres.wire.Lanes;
import dev.freehold.telemetry.Events;
import java.util.List;

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
  private static final String CHANNEL = "pgrst";

  private final RestSettings settings;
  private final Lanes lanes;
  private final TokenVerifier verifier;
  private final Events events;
  private final Schemas schemas;
  private final TimeZones zones;
  private final Notifications notifications;

  /// @param pool whose role may switch to the roles of the tokens and owns nothing. The catalogs
  ///   are read with it; requests have as many connections of their own, by the same limits
  public RestServer(RestSettings settings, Pool pool, TokenVerifier verifier, Events events) {
    this.settings = settings;
    lanes = Lanes.open(pool.database(), new LaneLimits(pool.size(), pool.waitLimit()));
    this.verifier = verifier;
    this.events = events;
    schemas = new Schemas(pool, lanes, settings, events);
    zones = new TimeZones(pool);
    notifications = Notifications.listen(pool.database(), List.of(CHANNEL), new Reloader());
  }

  /// The schema is read again before the next request is answered.
  public void reload() {
    schemas.forget();
  }

  @Override
  public Response handle(Request request) {
    var response = answer(request);
    return request.method().equals("HEAD") ? response.withBody(Body.EMPTY) : response;
  }

  @Override
  public void close() {
    notifications.close();
    lanes.close();
  }

  private Response answer(Request request) {
    var anonymous = !request.headers().has("Authorization");
    try {
      var identity = Identity.of(request, verifier, settings);
      anonymous = identity.anonymous() || identity.session().role().equals(settings.anonRole());
      var read = ApiRequest.of(request, settings, zones::knows);
      return new Responder(lanes, settings, schemas, read, identity).answer();
    } catch (RestFailure e) {
      return e.response();
    } catch (PostgresException e) {
      return ServerErrors.of(e, anonymous).response();
    } catch (RuntimeException e) {
      events.publish(new RestEvent.Fault(request.toString(), e.toString()));
      return RestFailure.of(500, "PGRSTX00", "Something went wrong").response();
    }
  }

  /// Hears `NOTIFY pgrst`. What was notified while the connection was down is made up for by
  /// reading the schema again.
  private final class Reloader implements Notifications.Listener {
    @Override
    public void connected() {
      reload();
    }

    @Override
    public void notified(String channel, String payload) {
      switch (payload) {
        case "reload schema", "reload config", "" -> reload();
        default -> {
          // PostgREST knows no other words and ignores them.
        }
      }
    }
  }
}
