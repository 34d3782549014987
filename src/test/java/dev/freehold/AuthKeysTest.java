package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.freehold.testing.Freehold;
import dev.freehold.testing.Owner;
import dev.freehold.testing.TempFolder;
import dev.freehold.testing.TinyExport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// An owner rotates, imports and revokes an app's keys from the command line, while the app is in
/// use, with the real program.
class AuthKeysTest {
  private static final String EARLIER_SECRET =
      "kYz1rE7m2Qx9pVn4tB8wLd3sGh6jC5fA0uReXyNoIqTzWvMbSaPkDlHgFcJiOu==";
  private static final String NOTES = "/rest/v1/notes?select=body";
  private static final String USER = "/auth/v1/user";
  private static final String WRONG_KEY = "too short to be a secret";

  @Test
  void fromTheFirstRotationToTheLastImport() throws Exception {
    try (var freehold = Freehold.fresh();
        var owner = new Owner(freehold)) {
      var address = freehold.deploy(TinyExport.create().root(), "tiny");
      var anon = listsWithoutSecrets(freehold);
      var session = new App(owner, address, anon).signUp();

      rotatesWhileInUse(freehold, owner, address, anon, session);
      rotatesAtOnce(freehold, new App(owner, address, anon));
      importsASecret(freehold, owner, address, anon);
      importsKeys(freehold, owner, address, anon);
      refusesWhatIsNoKey(freehold, owner);
      var secrets = freehold.keys("tiny");
      owner.assertNowhere(
          List.of(EARLIER_SECRET, WRONG_KEY, secrets.jwt().legacySecret(), "\"fh_origin\""));
      assertThat(freehold.run("journal").out())
          .contains("auth keys rotated", "auth keys imported, for every role", "auth key revoked");
    }
  }

  /// The app's browser.
  private record App(Owner owner, String address, String anon) {
    JsonNode signUp() {
      var body = "{\"email\":\"ada@example.com\",\"password\":\"correct horse\"}";
      var answer = owner.ask(address, "/auth/v1/signup", anon, "", body);
      assertThat(answer.status()).isEqualTo(200);
      return answer.body();
    }

    JsonNode signIn() {
      var body = "{\"email\":\"ada@example.com\",\"password\":\"correct horse\"}";
      return owner.ask(address, "/auth/v1/token?grant_type=password", anon, "", body).body();
    }

    JsonNode refresh(JsonNode session) {
      var token = session.path("refresh_token").asString();
      var path = "/auth/v1/token?grant_type=refresh_token";
      return owner.ask(address, path, anon, "", "{\"refresh_token\":\"" + token + "\"}").body();
    }

    int user(JsonNode session) {
      return owner.ask(address, USER, anon, session.path("access_token").asString(), "").status();
    }

    int notes(JsonNode session) {
      return owner.ask(address, NOTES, anon, session.path("access_token").asString(), "").status();
    }

    JsonNode published() {
      return owner.ask(address, "/auth/v1/.well-known/jwks.json", "", "", "").body().path("keys");
    }
  }

  private static String listsWithoutSecrets(Freehold freehold) {
    var keys = freehold.keys("tiny");
    var plain = freehold.run("auth", "keys", "list", "tiny");
    assertThat(plain.out())
        .contains("ES256", "signs users' tokens", keys.api().anon(), keys.api().publishable())
        .doesNotContain(keys.api().secret(), keys.api().serviceRole(), keys.jwt().legacySecret());
    assertThat(freehold.run("journal").out()).doesNotContain("secret keys shown");
    var all = freehold.run("auth", "keys", "list", "--show-secret-keys", "--json").json();
    assertThat(all.path("api_keys").path("service_role").asString())
        .isEqualTo(keys.api().serviceRole());
    assertThat(all.path("keys")).hasSize(2);
    assertThat(all.path("keys").path(0).path("since").asString()).isNotEmpty();
    assertThat(all.toString()).doesNotContain("\"d\"", keys.jwt().legacySecret());
    assertThat(freehold.run("journal").out()).contains("secret keys shown");
    return keys.api().anon();
  }

  private static void rotatesWhileInUse(
      Freehold freehold, Owner owner, String address, String anon, JsonNode session)
      throws InterruptedException {
    var app = new App(owner, address, anon);
    var ended = new AtomicBoolean();
    var asked = new AtomicInteger();
    var failed = new AtomicInteger();
    var use =
        Thread.startVirtualThread(() -> {
          while (!ended.get()) {
            boolean works = app.notes(session) == 200 && app.user(session) == 200;
            asked.incrementAndGet();
            failed.addAndGet(works ? 0 : 1);
          }
        });
    var first = app.published().path(0).path("kid").asString();
    freehold.run("auth", "keys", "rotate", "tiny");
    var rotated = freehold.run("auth", "keys", "rotate", "--json").json().path("keys");
    ended.set(true);
    use.join();
    assertThat(asked.get()).isPositive();
    assertThat(failed.get()).as("of " + asked).isZero();

    var newest = rotated.path(0).path("kid").asString();
    assertThat(app.published().values())
        .extracting(key -> key.path("kid").asString())
        .hasSize(3)
        .startsWith(newest)
        .contains(first);
    assertThat(header(app.signIn())).contains(newest);
    owner.crashAndStart();
    assertThat(app.user(session)).isEqualTo(200);
    assertThat(app.notes(session)).isEqualTo(200);
    assertThat(header(app.refresh(session))).contains(newest);
  }

  private static void rotatesAtOnce(Freehold freehold, App app) {
    var session = app.signIn();
    assertThat(freehold.run("auth", "keys", "rotate", "--now").out())
        .contains("Tokens of earlier keys are refused");

    assertThat(app.user(session)).isEqualTo(403);
    assertThat(app.notes(session)).isEqualTo(401);
    assertThat(app.published()).hasSize(1);
    var refreshed = app.refresh(session);
    assertThat(app.user(refreshed)).isEqualTo(200);
    assertThat(app.notes(refreshed)).isEqualTo(200);
    var serviceRole = freehold.keys("tiny").api().serviceRole();
    assertThat(app.owner().ask(app.address(), NOTES, serviceRole, "", "").status()).isEqualTo(200);
  }

  private static void importsASecret(Freehold freehold, Owner owner, String address, String anon)
      throws JOSEException {
    var id = new App(owner, address, anon).signIn().path("user").path("id").asString();
    var theirAnon = hmac("{\"iss\":\"supabase\",\"ref\":\"abc\",\"role\":\"anon\"}");
    var theirService = hmac("{\"iss\":\"supabase\",\"ref\":\"abc\",\"role\":\"service_role\"}");
    var theirUser =
        hmac(
            "{\"iss\":\"https://abc.supabase.co/auth/v1\",\"sub\":\"%s\",\"role\":\"authenticated\",\"aud\":\"authenticated\",\"exp\":%d}"
                .formatted(id, Instant.now().getEpochSecond() + 600));
    assertThat(owner.ask(address, NOTES, theirAnon, "", "").status()).isEqualTo(401);
    assertThat(owner.ask(address, USER, anon, theirUser, "").status()).isEqualTo(403);

    var said = owner.with(EARLIER_SECRET, "auth", "keys", "import", "tiny");
    assertThat(said.exit()).as(said.err()).isZero();
    assertThat(said.out()).contains("imported", "HS256").doesNotContain(EARLIER_SECRET);

    for (int start = 0; start < 2; start++) {
      assertThat(owner.ask(address, NOTES, theirAnon, "", "").body().toString()).contains("kept");
      assertThat(owner.ask(address, NOTES, theirAnon, theirAnon, "").status()).isEqualTo(200);
      var user = owner.ask(address, USER, theirAnon, theirUser, "");
      assertThat(user.body().path("email").asString()).isEqualTo("ada@example.com");
      assertThat(owner.ask(address, NOTES, anon, "", "").status()).isEqualTo(200);
      assertThat(owner.ask(address, NOTES, theirService, "", "").status()).isEqualTo(401);
      assertThat(owner.ask(address, "/auth/v1/admin/users", anon, theirService, "").status())
          .isEqualTo(403);
      assertThat(owner.ask(address, NOTES, theirUser, "", "").status()).isEqualTo(401);
      owner.crashAndStart();
    }
    owner.with(EARLIER_SECRET, "auth", "keys", "import", "--service-role");
    var users = owner.ask(address, "/auth/v1/admin/users", theirService, theirService, "");
    assertThat(users.status()).isEqualTo(200);

    var key =
        freehold.run("auth", "keys", "list", "--json").json().path("keys").values().stream()
            .filter(one -> one.path("state").asString().equals("imported"))
            .map(one -> one.path("kid").asString())
            .findFirst()
            .orElseThrow();
    freehold.run("auth", "keys", "revoke", "tiny", key);
    assertThat(owner.ask(address, NOTES, theirAnon, "", "").status()).isEqualTo(401);
    assertThat(owner.ask(address, USER, anon, theirUser, "").status()).isEqualTo(403);
  }

  private static void importsKeys(Freehold freehold, Owner owner, String address, String anon)
      throws Exception {
    var theirs = new ECKeyGenerator(Curve.P_256).keyID("hosted-1").generate();
    var token = signed(theirs, "{\"role\":\"authenticated\",\"sub\":\"1\"}");
    assertThat(owner.ask(address, NOTES, anon, token, "").status()).isEqualTo(401);
    var file = TempFolder.create("fh-jwks").resolve("jwks.json");
    Files.writeString(file, "{\"keys\":[" + theirs.toJSONString() + "]}");

    freehold.run("auth", "keys", "import", "--jwks", file.toString());

    assertThat(owner.ask(address, NOTES, anon, token, "").status()).isEqualTo(200);
    assertThat(freehold.run("auth", "keys", "list").out()).contains("hosted-1");
    owner.assertNowhere(List.of(theirs.getD().toString()));
    freehold.run("auth", "keys", "revoke", "hosted-1");
    assertThat(owner.ask(address, NOTES, anon, token, "").status()).isEqualTo(401);
  }

  private static void refusesWhatIsNoKey(Freehold freehold, Owner owner) {
    var refused = owner.with(WRONG_KEY, "auth", "keys", "import");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err())
        .contains("(auth-key-invalid)", "32 to 1024 bytes", "nothing was changed");
    var anon = owner.with(freehold.keys("tiny").api().anon(), "auth", "keys", "import");
    assertThat(anon.err()).contains("this is an API key");
    assertThat(freehold.tryTo("auth", "keys", "import", "--jwks", "/nowhere").err())
        .contains("(file-unreadable)");
    var signing = freehold.run("auth", "keys", "list", "--json").json().path("keys").path(0);
    var own = freehold.tryTo("auth", "keys", "revoke", signing.path("kid").asString());
    assertThat(own.err()).contains("(auth-key-not-found)", "freehold auth keys rotate");
    assertThat(freehold.run("auth", "keys", "list", "--json").json().path("keys")).hasSize(2);
  }

  private static String header(JsonNode session) {
    var token = session.path("access_token").asString();
    var header = java.util.Base64.getUrlDecoder().decode(token.substring(0, token.indexOf('.')));
    return new String(header, StandardCharsets.UTF_8);
  }

  private static String hmac(String payload) throws JOSEException {
    var token = new JWSObject(new JWSHeader(JWSAlgorithm.HS256), new Payload(payload));
    token.sign(new MACSigner(EARLIER_SECRET.getBytes(StandardCharsets.UTF_8)));
    return token.serialize();
  }

  private static String signed(ECKey key, String payload) throws JOSEException {
    var header = new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build();
    var token = new JWSObject(header, new Payload(payload));
    token.sign(new ECDSASigner(key));
    return token.serialize();
  }
}
