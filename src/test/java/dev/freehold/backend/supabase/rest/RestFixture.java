package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.Session;
import dev.freehold.backend.TokenVerifier;
import dev.freehold.backend.Verified;
import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.postgres.wire.LaneLimits;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.TestPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A REST server over a database of its own with the fixture's schema. A token is `role` or
/// `role:subject`; `expired` and `forged` are refused.
final class RestFixture implements AutoCloseable {
  static final RestSettings SETTINGS =
      new RestSettings(
          List.of("public", "api"), List.of("public", "extensions"), "anon", 1000, false);

  final Database database;
  final Pool pool;
  final RestServer server;

  RestFixture(RestSettings settings) {
    this(created("/rest/fixture.sql", "/rest/fixture-media.sql"), settings);
  }

  private RestFixture(Database database, RestSettings settings) {
    this.database = database;
    pool = Pool.open(database.as("authenticator", ""), new PoolLimits(4, Duration.ofSeconds(3)));
    server =
        new RestServer(
            settings, pool, new LaneLimits(4, Duration.ofSeconds(3)), verifier(), Events.NONE);
  }

  /// A server over another schema than the usual one.
  static RestFixture of(String schema, RestSettings settings) {
    return new RestFixture(created(schema), settings);
  }

  /// Another server over the same database.
  RestFixture with(RestSettings settings) {
    return new RestFixture(database, settings);
  }

  private static Database created(String... schemas) {
    var database = TestPostgres.create();
    for (var schema : schemas) {
      TestPostgres.execute(database, resource(schema));
    }
    return database;
  }

  static String resource(String name) {
    try (var in = RestFixture.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static TokenVerifier verifier() {
    return token -> {
      if (token.equals("expired")) {
        return new Verified.Bad(Verified.Why.EXPIRED, "JWT expired");
      }
      if (token.equals("forged")) {
        return new Verified.Bad(Verified.Why.SIGNATURE, "No suitable key or wrong key type");
      }
      var role = token.contains(":") ? token.substring(0, token.indexOf(':')) : token;
      var subject = token.substring(Math.min(token.length(), role.length() + 1));
      return new Verified.Good(
          new Session(
              role,
              "{\"role\":\"" + role + "\",\"sub\":\"" + subject + "\"}",
              Map.of("role", role, "sub", subject)));
    };
  }

  void execute(String sql) {
    TestPostgres.execute(database, sql);
  }

  void seed() {
    TestPostgres.execute(database, "select private.seed(), private.seed_media()");
  }

  Response get(String target, String... headers) {
    return send("GET", target, "", headers);
  }

  Response send(String method, String target, String body, String... headers) {
    int mark = target.indexOf('?');
    return server.handle(
        new Request(
            method,
            mark < 0 ? target : target.substring(0, mark),
            mark < 0 ? "" : target.substring(mark + 1),
            "http",
            "app.localhost",
            "127.0.0.1",
            Headers.of(headers),
            body.getBytes(StandardCharsets.UTF_8)));
  }

  static String text(Response response) {
    return response.body() instanceof Body.Bytes bytes
        ? new String(bytes.bytes(), StandardCharsets.UTF_8)
        : "";
  }

  @Override
  public void close() {
    server.close();
    pool.close();
  }
}
