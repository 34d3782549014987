package dev.freehold.backend.supabase.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.json.JsonMapper;

/// A provider of a test's own: GitHub's pages and API, and the keys of an OpenID Connect issuer.
/// Every code is good; what it answers is the test's to say.
final class LocalProvider implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  final Map<String, Object> answers = new ConcurrentHashMap<>();
  final List<String> tokenRequests = Collections.synchronizedList(new ArrayList<>());
  private final HttpServer server;
  private final RSAKey key;

  LocalProvider() {
    try {
      key = new RSAKeyGenerator(2048).keyID("one").generate();
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (JOSEException | IOException e) {
      throw new IllegalStateException(e);
    }
    server.createContext("/", this::answer);
    server.start();
    answers.put("/login/oauth/access_token", token());
    answers.put("/.well-known/openid-configuration", description());
    answers.put("/jwks", new JWKSet(key).toJSONObject(true));
    person(583, "ada@example.com", true);
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /// Who stands before GitHub now.
  void person(int id, String email, boolean verified) {
    answers.put(
        "/api/v3/user",
        Map.of("id", id, "login", "ada", "name", "Ada L.", "avatar_url", "https://pic.example/a"));
    answers.put(
        "/api/v3/user/emails",
        List.of(
            Map.of("email", "other@example.com", "verified", false, "primary", false),
            Map.of("email", email, "verified", verified, "primary", true)));
  }

  void noEmails() {
    answers.put("/api/v3/user/emails", List.of());
  }

  private static Map<String, Object> token() {
    return Map.of("access_token", "gho_1", "refresh_token", "ghr_1", "token_type", "bearer");
  }

  private Map<String, Object> description() {
    return Map.of(
        "issuer", url(),
        "authorization_endpoint", url() + "/auth",
        "token_endpoint", url() + "/token",
        "jwks_uri", url() + "/jwks");
  }

  /// A token of this issuer.
  String idToken(Map<String, Object> claims) {
    var all = new LinkedHashMap<String, Object>(claims);
    all.putIfAbsent("iss", url());
    try {
      var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("one").build();
      var token = new JWSObject(header, new Payload(JSON.writeValueAsString(all)));
      token.sign(new RSASSASigner(key));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (exchange.getRequestMethod().equals("POST")) {
        tokenRequests.add(body);
      }
      var answer = answers.get(path);
      var bytes = JSON.writeValueAsBytes(answer == null ? Map.of() : answer);
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer == null ? 404 : 200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
