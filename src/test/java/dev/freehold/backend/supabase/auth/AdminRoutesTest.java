package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// What the holder of the service_role key may do, and that nobody else may.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AdminRoutesTest {
  private AuthFixture auth;

  @BeforeAll
  void open() {
    auth = AuthFixture.withDefaults();
  }

  @AfterAll
  void close() {
    auth.close();
  }

  @Test
  void onlyTheServiceRoleMayAdminister() {
    assertThat(auth.get("/admin/users").status()).isEqualTo(401);
    assertThat(auth.get("/admin/users").text("/error_code")).isEqualTo("no_authorization");
    var anon = auth.get("/admin/users", AuthFixture.bearer(auth.keys.api().anon()));
    assertThat(anon.status()).isEqualTo(403);
    assertThat(anon.body())
        .isEqualTo("{\"code\":403,\"error_code\":\"not_admin\",\"msg\":\"User not allowed\"}");
    var user = auth.signUp("plain@example.com", "secret1").text("/access_token");
    assertThat(auth.get("/admin/users", AuthFixture.bearer(user)).status()).isEqualTo(403);
    assertThat(auth.get("/admin/users", auth.admin()).status()).isEqualTo(200);
  }

  @Test
  void aCreatedUserSignsInWithWhatItWasGiven() {
    var made =
        create(
            """
            {"email":"Made@example.com","password":"secret1","email_confirm":true,
             "user_metadata":{"name":"Made"},"app_metadata":{"plan":"pro"},
             "id":"7b0e9a3e-5f5d-4b53-9d5b-0b4a6f1d2c3e"}
            """);

    assertThat(made.status()).isEqualTo(200);
    assertThat(made.text("/id")).isEqualTo("7b0e9a3e-5f5d-4b53-9d5b-0b4a6f1d2c3e");
    assertThat(made.text("/app_metadata/plan")).isEqualTo("pro");
    assertThat(made.text("/app_metadata/provider")).isEqualTo("email");
    assertThat(made.text("/user_metadata/name")).isEqualTo("Made");
    assertThat(made.text("/identities/0/provider")).isEqualTo("email");
    assertThat(auth.signIn("made@example.com", "secret1").status()).isEqualTo(200);
    var twice = create("{\"email\":\"made@example.com\",\"password\":\"secret1\"}");
    assertThat(twice.status()).isEqualTo(422);
    assertThat(twice.text("/error_code")).isEqualTo("email_exists");
    assertThat(create("{}").text("/msg"))
        .isEqualTo("Cannot create a user without either an email or phone");
  }

  @Test
  void hashesOfEarlierHostsStillSignIn() {
    var hashes =
        new String[][] {
          {
            "bcrypt@example.com",
            "$2y$10$92IXUNpkjO0rOQ5byMi.Ye4oKoEa3Ro9llC/.og/at2.uheWG/igi",
            "password"
          },
          {
            "argon@example.com",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
            "password"
          },
        };
    for (var row : hashes) {
      var made =
          create(
              "{\"email\":\"%s\",\"password_hash\":\"%s\",\"email_confirm\":true}"
                  .formatted(row[0], row[1]));
      assertThat(made.status()).as(row[0]).isEqualTo(200);
      assertThat(auth.signIn(row[0], row[2]).status()).as(row[0]).isEqualTo(200);
      assertThat(auth.signIn(row[0], "other-1").status()).as(row[0]).isEqualTo(400);
    }
    assertThat(create("{\"email\":\"md5@example.com\",\"password_hash\":\"5f4dcc3b\"}").status())
        .isEqualTo(400);
  }

  @Test
  void anUpdateChangesWhatItNames() {
    var id = create("{\"email\":\"before@example.com\",\"email_confirm\":true}").text("/id");

    var changed =
        auth.send(
            "PUT",
            "/admin/users/" + id,
            """
            {"email":"after@example.com","password":"secret2","user_metadata":{"a":1},
             "app_metadata":{"role":"admin"},"ban_duration":"24h","email_confirm":true}
            """,
            auth.admin());

    assertThat(changed.text("/email")).isEqualTo("after@example.com");
    assertThat(changed.text("/identities/0/email")).isEqualTo("after@example.com");
    assertThat(changed.text("/app_metadata/role")).isEqualTo("admin");
    assertThat(changed.text("/app_metadata/provider")).isEqualTo("email");
    assertThat(changed.text("/banned_until")).isEqualTo("2026-11-22T03:00:00Z");
    assertThat(auth.signIn("after@example.com", "secret2").text("/error_code"))
        .isEqualTo("user_banned");
    auth.send("PUT", "/admin/users/" + id, "{\"ban_duration\":\"none\"}", auth.admin());
    assertThat(auth.signIn("after@example.com", "secret2").status()).isEqualTo(200);
  }

  @Test
  void aDeletedUserIsGoneAndASoftlyDeletedOneUnrecognisable() {
    var gone = create("{\"email\":\"gone@example.com\"}").text("/id");
    var soft = create("{\"email\":\"soft@example.com\"}").text("/id");

    assertThat(auth.send("DELETE", "/admin/users/" + gone, "", auth.admin()).body())
        .isEqualTo("{}");
    auth.send("DELETE", "/admin/users/" + soft, "{\"should_soft_delete\":true}", auth.admin());

    var missing = auth.get("/admin/users/" + gone, auth.admin());
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.text("/error_code")).isEqualTo("user_not_found");
    var kept = auth.get("/admin/users/" + soft, auth.admin());
    assertThat(kept.text("/deleted_at")).isNotEmpty();
    assertThat(kept.text("/email")).isNotEmpty().doesNotContain("soft@");
    assertThat(auth.get("/admin/users/not-a-uuid", auth.admin()).status()).isEqualTo(404);
  }

  @Test
  void aListComesInPagesWithTheHeadersSupabaseJsReads() {
    try (var many = AuthFixture.withDefaults()) {
      for (int i = 0; i < 3; i++) {
        many.post("/admin/users", "{\"email\":\"u" + i + "@example.com\"}", many.admin());
        many.clock.advance(java.time.Duration.ofSeconds(1));
      }

      var first = many.get("/admin/users?page=1&per_page=2", many.admin());

      assertThat(first.json().path("users")).hasSize(2);
      assertThat(first.text("/users/0/email")).isEqualTo("u2@example.com");
      assertThat(first.text("/users/0/identities/0/provider")).isEqualTo("email");
      assertThat(first.text("/aud")).isEqualTo("authenticated");
      assertThat(first.headers().first("X-Total-Count")).contains("3");
      assertThat(first.headers().first("Link"))
          .contains(
              "</admin/users?page=2&per_page=2>; rel=\"next\", "
                  + "</admin/users?page=2&per_page=2>; rel=\"last\"");
    }
  }

  @Test
  void aGeneratedLinkSignsInWithoutAMail() {
    create("{\"email\":\"linked@example.com\",\"email_confirm\":true}");

    var made =
        auth.post(
            "/admin/generate_link",
            "{\"type\":\"magiclink\",\"email\":\"linked@example.com\"}",
            auth.admin());

    assertThat(made.text("/email")).isEqualTo("linked@example.com");
    assertThat(made.text("/verification_type")).isEqualTo("magiclink");
    assertThat(made.text("/redirect_to")).isEqualTo("https://shop.example.com");
    assertThat(made.text("/action_link")).contains("token=" + made.text("/hashed_token"));
    assertThat(auth.mailbox.mails()).noneMatch(m -> m.to().equals("linked@example.com"));
    var entered =
        auth.post(
            "/verify",
            "{\"type\":\"magiclink\",\"token_hash\":\"" + made.text("/hashed_token") + "\"}");
    assertThat(entered.text("/user/email")).isEqualTo("linked@example.com");
  }

  @Test
  void anInvitationMakesAUserWhoEntersByItsLink() {
    var invited =
        auth.post(
            "/invite", "{\"email\":\"guest@example.com\",\"data\":{\"team\":\"a\"}}", auth.admin());

    assertThat(invited.status()).isEqualTo(200);
    assertThat(invited.text("/invited_at")).isNotEmpty();
    assertThat(invited.text("/user_metadata/team")).isEqualTo("a");
    var mail = auth.mailbox.mails().getFirst();
    assertThat(mail.action()).isEqualTo("invite");
    var followed = auth.get(mail.link().substring("https://shop.example.com/auth/v1".length()));
    assertThat(followed.location()).contains("type=invite").contains("access_token=");
  }

  private AuthFixture.Answer create(String body) {
    return auth.post("/admin/users", body, auth.admin());
  }
}
