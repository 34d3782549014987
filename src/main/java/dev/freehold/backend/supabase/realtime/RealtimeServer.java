package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.ApiKeys;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.supabase.realtime.changes.Changes;
import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.http.WebSocket;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.telemetry.Events;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/// Realtime's wire (reference 7): sockets at `/websocket`, broadcasts by HTTP at `/api/broadcast`.
/// Built without touching the database.
public final class RealtimeServer implements Handler, AutoCloseable {
  private static final Duration STEP = Duration.ofSeconds(1);
  private static final Duration FORGET_EVERY = Duration.ofHours(1);

  /// How long clients get to hear that we go.
  private static final Duration GOOD_BYE = Duration.ofMillis(200);

  private static final int SERVICE_RESTART = 1012;

  /// Room for what stands around a payload of the largest size.
  private static final int ENVELOPE_BYTES = 64 * 1024;

  private static final String SOCKET = "/websocket";
  private static final String BEARER = "bearer ";
  private static final JsonMapper JSON = JsonMapper.shared();

  private final RealtimeLimits limits;
  private final Hub hub;
  private final Tokens tokens;
  private final BroadcastApi broadcasts;
  private final Changes changes;
  private final Thread housekeeping;
  private volatile long forgotAt = System.nanoTime();
  private volatile boolean closed;

  /// What it stands on.
  ///
  /// @param pool the database as `authenticator`, which may become any role of the API
  /// @param replication the same as a role that may replicate
  /// @param keys to recognise a key of an earlier host that clients send as their token
  public record Ground(
      Pool pool, Database replication, TokenVerifier verifier, ApiKeys keys, Clock clock) {}

  public RealtimeServer(RealtimeLimits limits, Ground ground, Events events) {
    this.limits = limits;
    this.tokens = new Tokens(ground.verifier(), ground.keys(), ground.clock());
    this.hub =
        new Hub(
            limits,
            tokens,
            new Authorization(ground.pool()),
            new StoredMessages(ground.pool()),
            events);
    this.broadcasts = new BroadcastApi(hub);
    this.changes = new Changes(ground.replication(), ground.pool(), hub, events);
    hub.connect(changes);
    this.housekeeping = Thread.ofVirtual().name("realtime housekeeping").start(this::keepHouse);
  }

  @Override
  public Response handle(Request request) {
    if (request.path().equals(SOCKET) || request.path().equals("/v1" + SOCKET)) {
      return socket(request);
    }
    if (request.path().equals("/api/ping")) {
      return Response.json(200, "{\"message\":\"Success\"}");
    }
    if (BroadcastApi.takes(request.path())) {
      return tokens.read(token(request)) instanceof Tokens.Read.Good(var session, var _)
          ? broadcasts.answer(request, session)
          : Response.json(401, "{\"message\":\"Unauthorized\"}");
    }
    return Response.json(404, "{\"message\":\"not found\"}");
  }

  private Response socket(Request request) {
    var version = Version.of(parameter(request, "vsn"));
    if (version.isEmpty()) {
      return error(400, "the requested serializer version is not spoken here");
    }
    var token = token(request);
    if (token.isEmpty()) {
      return error(401, "API key is missing");
    }
    return switch (tokens.read(token)) {
      case Tokens.Read.Bad bad ->
          error(
              401,
              bad.message().startsWith("Token has expired") ? "Token has expired" : bad.message());
      case Tokens.Read.Good tenant -> open(request, version.get(), tenant);
    };
  }

  private Response open(Request request, Version version, Tokens.Read.Good tenant) {
    if (closed || hub.sockets() >= limits.sockets()) {
      return error(429, "Too many connected users");
    }
    var headers = headers(request);
    var remote = request.remote();
    return Response.socket(
        limits.payloadBytes() + ENVELOPE_BYTES,
        socket -> opened(socket, version, tenant, headers, remote));
  }

  private WebSocket.Receiver opened(
      WebSocket socket, Version version, Tokens.Read.Good tenant, String headers, String remote) {
    hub.enter();
    return new Socket(hub, socket, version, tenant, headers, remote);
  }

  /// The gateway puts the key's token into `Authorization`, alone or as a bearer's.
  private static String token(Request request) {
    var token = request.header("Authorization").or(() -> request.header("apikey")).orElse("");
    var plain =
        token.toLowerCase(Locale.ROOT).startsWith(BEARER)
            ? token.substring(BEARER.length())
            : token;
    return plain.strip();
  }

  private static String parameter(Request request, String name) {
    return Arrays.stream(request.query().split("&", -1))
        .filter(pair -> pair.startsWith(name + "="))
        .map(pair -> pair.substring(name.length() + 1))
        .findFirst()
        .orElse("");
  }

  /// What policies may read of the opening request: its own headers, whose names begin with `x-`.
  private static String headers(Request request) {
    Map<String, String> own = new TreeMap<>();
    for (var field : request.headers().fields()) {
      var name = field.name().toLowerCase(Locale.ROOT);
      if (name.startsWith("x-")) {
        own.put(name, field.value());
      }
    }
    return own.isEmpty() ? "{}" : JSON.writeValueAsString(own);
  }

  private static Response error(int status, String message) {
    return Response.json(status, JSON.writeValueAsString(Map.of("error", message)));
  }

  /// Sockets open now.
  public int sockets() {
    return hub.sockets();
  }

  /// How far the change stream is.
  public Changes.Status changes() {
    return changes.status();
  }

  /// What follows from the change stream being so many bytes behind.
  void looked(long lagBytes) {
    changes.looked(lagBytes);
  }

  /// Looks after sockets, slot and old messages.
  ///
  /// @param nanos [System#nanoTime]
  void step(long nanos) {
    hub.step(nanos, tokens.now());
    changes.step(nanos);
    if (nanos - forgotAt > FORGET_EVERY.toNanos()) {
      forgotAt = nanos;
      forgetMessages();
    }
  }

  private void keepHouse() {
    while (!closed) {
      try {
        Thread.sleep(STEP);
      } catch (InterruptedException e) {
        return;
      }
      step(System.nanoTime());
    }
  }

  private void forgetMessages() {
    try {
      hub.messages().forget();
    } catch (PostgresException e) {
      hub.events().publish(new RealtimeEvent.NotForgotten(e.getMessage()));
    }
  }

  /// Nobody comes back: with [#close] the replication slot goes too.
  public void forget() {
    changes.forget();
  }

  /// Sends every client away; they come back by themselves.
  @Override
  public void close() {
    closed = true;
    housekeeping.interrupt();
    changes.close();
    hub.closeAll(SERVICE_RESTART, "the server restarts");
    if (hub.sockets() > 0) {
      try {
        Thread.sleep(GOOD_BYE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
