package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.freehold.client.ControlClient;
import dev.freehold.client.DataFolder;
import dev.freehold.problem.ProblemException;
import dev.freehold.testing.Freehold;
import dev.freehold.testing.Owner;
import dev.freehold.testing.TinyExport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// An owner sets sign-in providers from the command line, with the real program.
class AuthProvidersTest {
  private static final String GOOGLE_SECRET = "GOCSPX-a-secret-of-google";
  private static final String NEWER_SECRET = "GOCSPX-another-secret-of-google";
  private static final String SSO_SECRET = "a-secret-of-the-house";
  private static final String CALLBACK = "/auth/v1/callback";

  @Test
  void fromTheFirstProviderToTheLast() throws Exception {
    var export = TinyExport.create();
    try (var freehold = Freehold.fresh();
        var owner = new Owner(freehold)) {
      var address = freehold.deploy(export.root(), "tiny");

      assertThat(freehold.run("auth", "providers", "list").out())
          .contains("No provider is set", address + CALLBACK);
      assertThat(authorize(owner, address, "google")).isEqualTo("refused");
      setsGoogle(freehold, owner, address);
      setsTheHousesOwn(freehold, owner, address);
      refusesWhatCannotWork(freehold, owner);
      owner.crashAndStart();
      allIsThere(freehold, owner, address);
      changesOneThing(freehold, owner, address);
      assertThat(freehold.run("journal").out()).contains("auth provider set", "google");
      isFull(freehold);
      removes(freehold, owner, address);
      assertThat(freehold.run("journal").out()).contains("auth provider removed", "custom:house");
      owner.assertNowhere(List.of(GOOGLE_SECRET, NEWER_SECRET, SSO_SECRET));
    }
  }

  private static void setsGoogle(Freehold freehold, Owner owner, String address) {
    var set = owner.with(GOOGLE_SECRET, "auth", "providers", "set", "google", "--client-id", "g-1");
    assertThat(set.exit()).as(set.err()).isZero();
    assertThat(set.out())
        .contains("Google is set", address + CALLBACK, "console")
        .doesNotContain(GOOGLE_SECRET);
    assertThat(authorize(owner, address, "google"))
        .contains("accounts.google.com", "client_id=g-1", "%2Fauth%2Fv1%2Fcallback")
        .doesNotContain("refused");
    var google = freehold.run("auth", "providers", "list", "--json").json().path("providers");
    assertThat(google).hasSize(1);
    assertThat(google.path(0).path("has_secret").asBoolean()).isTrue();
    assertThat(google.path(0).propertyNames()).doesNotContain("secret");
    assertThat(google.path(0).path("redirect_url").asString()).isEqualTo(address + CALLBACK);
  }

  private static void setsTheHousesOwn(Freehold freehold, Owner owner, String address) {
    var set =
        owner.with(
            SSO_SECRET,
            "auth",
            "providers",
            "set",
            "custom:house",
            "--client-id",
            "shop,phone",
            "--url",
            "https://id.example.com",
            "--scope",
            "email,profile",
            "--json");
    assertThat(set.exit()).as(set.err()).isZero();
    assertThat(set.json().path("name").asString()).isEqualTo("custom:house");
    assertThat(set.json().path("client_ids").values())
        .extracting(id -> id.asString())
        .containsExactly("shop", "phone");
    assertThat(set.json().path("redirect_url").asString()).isEqualTo(address + CALLBACK);
    var list = freehold.run("auth", "providers", "list").out();
    assertThat(list.lines().filter(line -> line.contains("custom:house")))
        .singleElement()
        .asString()
        .contains("shop", "set", address + CALLBACK);
  }

  private static void refusesWhatCannotWork(Freehold freehold, Owner owner) {
    var unknown = owner.with("x", "auth", "providers", "set", "myspace", "--client-id", "a");
    assertThat(unknown.exit()).isEqualTo(1);
    assertThat(unknown.err())
        .contains(
            "(auth-provider-invalid)", "there is no provider myspace", "google", "custom:NAME");
    var noClient = owner.with("x", "auth", "providers", "set", "github");
    assertThat(noClient.err()).contains("the client's id is missing");
    var plain =
        owner.with(
            "x",
            "auth",
            "providers",
            "set",
            "gitlab",
            "--client-id",
            "a",
            "--url",
            "http://git.example.com");
    assertThat(plain.err()).contains("the url must begin with https://");
    var ownInstance = owner.with("x", "auth", "providers", "set", "keycloak", "--client-id", "a");
    assertThat(ownInstance.err()).contains("its url is missing");
    var key = "-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----";
    var apple = owner.with(key, "auth", "providers", "set", "apple", "--client-id", "a");
    assertThat(apple.err()).contains("the team's id").doesNotContain("BEGIN PRIVATE");
    assertThat(freehold.tryTo("auth", "providers", "remove", "github").err())
        .contains("(auth-provider-not-found)", "freehold auth providers list");
    assertThat(freehold.run("auth", "providers", "list", "--json").json().path("providers"))
        .hasSize(2);
  }

  private static void allIsThere(Freehold freehold, Owner owner, String address) {
    var all = freehold.run("auth", "providers", "list", "--json").json().path("providers");
    assertThat(all.values())
        .extracting(set -> set.path("name").asString())
        .containsExactly("google", "custom:house");
    assertThat(all.path(1).path("scopes").values())
        .extracting(scope -> scope.asString())
        .containsExactly("email", "profile");
    assertThat(all.path(1).path("has_secret").asBoolean()).isTrue();
    assertThat(authorize(owner, address, "google")).contains("client_id=g-1");
  }

  /// What is not said stays.
  private static void changesOneThing(Freehold freehold, Owner owner, String address) {
    freehold.run("auth", "providers", "set", "google", "--client-id", "g-2", "--keep-secret");
    assertThat(authorize(owner, address, "google")).contains("client_id=g-2");
    var secret = owner.with(NEWER_SECRET, "auth", "providers", "set", "google");
    assertThat(secret.exit()).as(secret.err()).isZero();
    assertThat(authorize(owner, address, "google")).contains("client_id=g-2");
    var google =
        freehold
            .run("auth", "providers", "list", "--json")
            .json()
            .path("providers")
            .values()
            .stream()
            .filter(set -> set.path("name").asString().equals("google"))
            .toList();
    assertThat(google).singleElement().matches(set -> set.path("has_secret").asBoolean());
  }

  /// 64 of them, over the control API's own socket by its client, for a process each would be slow.
  private static void isFull(Freehold freehold) {
    var socket = DataFolder.choose(Optional.of(freehold.data())).socket();
    var server = new ControlClient(socket, "a test");
    var path = "/v1/apps/tiny/production/auth/providers/custom:p";
    var body = Map.of("client_ids", List.of("a"), "secret", "s", "url", "https://id.example.com");
    for (int i = 2; i < 64; i++) {
      server.put(path + i, body);
    }
    var refused = catchThrowableOfType(ProblemException.class, () -> server.put(path + "64", body));
    assertThat(refused.problem().code()).isEqualTo("auth-provider-invalid");
    assertThat(refused.problem().message()).contains("64 already");
    server.put(path + "63", body);
    for (int i = 2; i < 64; i++) {
      server.delete(path + i);
    }
  }

  private static void removes(Freehold freehold, Owner owner, String address) {
    assertThat(freehold.run("auth", "providers", "remove", "google").out())
        .contains("google is removed");
    assertThat(authorize(owner, address, "google")).isEqualTo("refused");
    freehold.run("auth", "providers", "remove", "custom:house");
    owner.crashAndStart();
    assertThat(freehold.run("auth", "providers", "list").out()).contains("No provider is set");
    assertThat(authorize(owner, address, "google")).isEqualTo("refused");
  }

  /// Where the app's browser is sent.
  private static String authorize(Owner owner, String address, String provider) {
    var path = "/auth/v1/authorize?provider=" + provider + "&redirect_to=" + address;
    var answer = owner.ask(address, path, "", "", "");
    return answer.status() == 302
        ? answer.whole().headers().firstValue("Location").orElse("")
        : "refused";
  }
}
