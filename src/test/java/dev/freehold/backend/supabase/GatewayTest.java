package dev.freehold.backend.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Which key opens which door, and what the service behind it sees.
class GatewayTest {
  private static final String FOREIGN = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2lnbmF0dXJl";

  private final EnvironmentKeys keys =
      EnvironmentKeys.generate(Clock.systemUTC()).withAliases(List.of(FOREIGN));
  private final List<Request> seen = new ArrayList<>();
  private final SupabaseBackend backend =
      new SupabaseBackend(
          keys.api(),
          SupabaseBackend.Keys.REQUIRED,
          SupabaseBackend.Services.of(this::see, this::see),
          "0.1.0");

  private Response see(Request request) {
    seen.add(request);
    return Response.json(200, "[]");
  }

  @Test
  void requestsWithoutAKeyAreRefusedInTheGatewaysWords() {
    var missing = send("/rest/v1", "GET", "/todos", "");
    assertThat(missing.status()).isEqualTo(401);
    assertThat(text(missing)).isEqualTo("{\"message\":\"No API key found in request\"}");
    var wrong = send("/rest/v1", "GET", "/todos", "", "apikey", "sb_publishable_guess");
    assertThat(wrong.status()).isEqualTo(401);
    assertThat(text(wrong)).isEqualTo("{\"message\":\"Invalid authentication credentials\"}");
    assertThat(wrong.headers().first("Access-Control-Allow-Origin")).contains("*");
    assertThat(seen).isEmpty();
  }

  @Test
  void opaqueKeysBecomeTheTokenTheyStandFor() {
    var api = keys.api();
    record Case(String key, String authorization, String expected) {}
    var cases =
        List.of(
            new Case(api.publishable(), "", "Bearer " + api.anon()),
            new Case(api.publishable(), "Bearer " + api.publishable(), "Bearer " + api.anon()),
            new Case(api.secret(), "", "Bearer " + api.serviceRole()),
            new Case(api.secret(), "Bearer " + api.secret(), "Bearer " + api.serviceRole()),
            new Case(api.publishable(), "Bearer user.token.x", "Bearer user.token.x"),
            new Case(api.secret(), "Bearer user.token.x", "Bearer user.token.x"),
            new Case(api.anon(), "Bearer " + api.anon(), "Bearer " + api.anon()),
            new Case(api.anon(), "", api.anon()),
            new Case(api.serviceRole(), "", api.serviceRole()),
            new Case(FOREIGN, "Bearer " + FOREIGN, "Bearer " + api.anon()),
            new Case(FOREIGN, "Bearer user.token.x", "Bearer user.token.x"),
            new Case(FOREIGN, "", api.anon()));
    for (var wanted : cases) {
      var answer =
          wanted.authorization().isEmpty()
              ? send("/rest/v1", "GET", "/todos", "", "apikey", wanted.key())
              : send(
                  "/rest/v1",
                  "GET",
                  "/todos",
                  "",
                  "apikey",
                  wanted.key(),
                  "Authorization",
                  wanted.authorization());
      assertThat(answer.status()).isEqualTo(200);
      assertThat(seen.getLast().headers().all("Authorization")).containsExactly(wanted.expected());
    }
  }

  @Test
  void aKeyInTheQueryCountsAndGoesNoFurther() {
    var query = "select=*&apikey=" + keys.api().publishable() + "&id=eq.1";

    assertThat(send("/rest/v1", "GET", "/todos", query).status()).isEqualTo(200);
    assertThat(seen.getLast().query()).isEqualTo("select=*&id=eq.1");
  }

  @Test
  void linksInMailsNeedNoKey() {
    for (var path : List.of("/verify", "/callback", "/authorize", "/.well-known/jwks.json")) {
      assertThat(send("/auth/v1", "GET", path, "").status()).as(path).isEqualTo(200);
    }
    for (var path : List.of("/user", "/verify/x", "/verifyx", "/health")) {
      assertThat(send("/auth/v1", "GET", path, "").status()).as(path).isEqualTo(401);
    }
    assertThat(send("/rest/v1", "GET", "/verify", "").status()).isEqualTo(401);
  }

  @Test
  void preflightsAreAnsweredForEveryHeaderTheClientsSend() {
    var asked = "apikey,authorization,x-client-info,x-supabase-client-platform,traceparent";
    for (var prefix : backend.mounts().keySet()) {
      if (prefix.equals("/~oauth")) {
        // Browsers go there by links, never by a script of another origin.
        continue;
      }
      var answer =
          send(
              prefix,
              "OPTIONS",
              "/x",
              "",
              "Origin",
              "http://localhost:5173",
              "Access-Control-Request-Method",
              "POST",
              "Access-Control-Request-Headers",
              asked);
      assertThat(answer.status()).as(prefix).isEqualTo(204);
      assertThat(answer.headers().first("Access-Control-Allow-Origin")).contains("*");
      assertThat(answer.headers().first("Access-Control-Allow-Headers").orElseThrow())
          .contains(asked);
      assertThat(answer.headers().first("Access-Control-Allow-Methods").orElseThrow())
          .contains("POST");
    }
    assertThat(seen).isEmpty();
  }

  @Test
  void headersTheAppMayReadAreExposed() {
    var answer = send("/rest/v1", "GET", "/todos", "", "apikey", keys.api().anon());
    assertThat(answer.headers().first("Access-Control-Expose-Headers").orElseThrow())
        .contains("Content-Range");
  }

  @Test
  void servicesThatAreNotHereYetSaySo() {
    for (var service : List.of("storage", "realtime", "functions", "graphql")) {
      var answer = send("/" + service + "/v1", "GET", "/x", "", "apikey", keys.api().publishable());
      assertThat(answer.status()).isEqualTo(501);
      assertThat(text(answer)).contains(service).contains("Freehold 0.1.0");
    }
  }

  private Response send(
      String prefix, String method, String path, String query, String... headers) {
    var handler = backend.mounts().get(prefix);
    assertThat(handler).as(prefix).isNotNull();
    return java.util.Objects.requireNonNull(handler)
        .handle(
            new Request(
                method,
                path,
                query,
                "https",
                "shop.example.com",
                "127.0.0.1",
                Headers.of(headers),
                new byte[0]));
  }

  private static String text(Response response) {
    return switch (response.body()) {
      case Body.Bytes bytes -> new String(bytes.bytes(), StandardCharsets.UTF_8);
      case Body.Shared _, Body.Stream _, Body.File _, Body.Socket _ -> "";
    };
  }
}
