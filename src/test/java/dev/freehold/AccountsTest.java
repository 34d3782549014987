package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.freehold.testing.Freehold;
import dev.freehold.testing.TinyExport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/// An owner looks after mails and users from the command line, with the real program.
class AccountsTest {
  private static final String CONFIG =
      """
      project_id = "tiny"

      [auth.email]
      enable_confirmations = true

      [auth.email.template.confirmation]
      subject = "Welcome, {{ .Data.name }}"
      content_path = "./supabase/templates/confirm.html"

      [auth.hook.custom_access_token]
      enabled = false
      uri = "pg-functions://postgres/public/nowhere"
      """;
  private static final String TEMPLATE =
      "<p>Dear {{ .Data.name }}, <a href=\"{{ .ConfirmationURL }}\">come in</a></p>";

  @Test
  void fromTheFirstMailToTheLastUser() throws Exception {
    var export = TinyExport.create();
    export.write("supabase/config.toml", CONFIG);
    export.write("supabase/templates/confirm.html", TEMPLATE);
    try (var freehold = Freehold.fresh()) {
      var address = freehold.deploy(export.root(), "tiny");

      signUp(freehold, address, "ada@example.com");
      assertThat(state(freehold, "ada@example.com")).isEqualTo("unconfirmed");
      readsTheMailAndFollowsItsLink(freehold, address);
      assertThat(state(freehold, "ada@example.com")).isEqualTo("confirmed");
      looksAfterUsers(freehold, address);
      sendsForReal(freehold, address);
      exportsAndDeletes(freehold);
    }
  }

  private static void readsTheMailAndFollowsItsLink(Freehold freehold, String address)
      throws Exception {
    var listed = freehold.run("mail", "list", "tiny");
    assertThat(listed.out()).contains("ada@example.com", "Welcome, Ada");
    assertThat(listed.err()).contains("No mail leaves this machine");
    assertThat(freehold.run("status").err()).contains("No mail leaves this machine");
    var shown = freehold.run("mail", "show", "tiny");
    assertThat(shown.out()).contains("Dear Ada, come in: http://", "Code:");
    var link = freehold.run("mail", "show", "tiny", "--json").json().path("link").asString();

    var uri = URI.create(link);
    var followed = freehold.get(address, uri.getRawPath() + "?" + uri.getRawQuery());

    assertThat(followed.statusCode()).isEqualTo(303);
    assertThat(followed.headers().firstValue("Location").orElse("")).contains("#access_token=");
    assertThat(freehold.tryTo("mail", "show", "tiny", "9").err()).contains("mail-not-found");
  }

  private static void looksAfterUsers(Freehold freehold, String address) throws Exception {
    with(freehold, "horse battery staple", "users", "create", "tiny", "grace@example.com");
    assertThat(state(freehold, "grace@example.com")).isEqualTo("confirmed");
    assertThat(signIn(freehold, address, "grace@example.com", "horse battery staple"))
        .isEqualTo(200);

    freehold.run("users", "ban", "grace@example.com", "--for", "24h");
    assertThat(state(freehold, "grace@example.com")).isEqualTo("banned");
    assertThat(signIn(freehold, address, "grace@example.com", "horse battery staple"))
        .isEqualTo(400);
    freehold.run("users", "unban", "tiny", "grace@example.com");
    with(freehold, "another battery", "users", "reset-password", "grace@example.com", "--set");
    assertThat(signIn(freehold, address, "grace@example.com", "another battery")).isEqualTo(200);
    assertThat(freehold.run("users", "reset-password", "grace@example.com", "--link").out())
        .contains("/auth/v1/verify?token=");
    assertThat(freehold.run("users", "list", "--per-page", "1").err()).contains("--page 2");
    var refused = freehold.tryTo("users", "show", "nobody@example.com");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("(user-not-found)", "freehold users list");
  }

  private static void sendsForReal(Freehold freehold, String address) throws Exception {
    var green = new GreenMail(new ServerSetup(28220, "127.0.0.1", "smtp"));
    green.setUser("postman", "s3cret-word");
    green.start();
    try {
      with(
          freehold,
          "s3cret-word",
          "auth",
          "smtp",
          "set",
          "tiny",
          "--host",
          "127.0.0.1",
          "--port",
          "28220",
          "--user",
          "postman",
          "--from",
          "hello@example.com",
          "--name",
          "Tiny");
      var shown = freehold.run("auth", "smtp", "show", "tiny");
      assertThat(shown.out()).contains("Tiny <hello@example.com>").doesNotContain("s3cret");
      freehold.run("auth", "smtp", "test", "tiny", "owner@example.com");
      signUp(freehold, address, "real@example.com");
      assertThat(green.waitForIncomingEmail(5_000, 2)).isTrue();
      assertThat(green.getReceivedMessages()[1].getSubject()).isEqualTo("Welcome, Ada");
    } finally {
      green.stop();
    }
    var failed = freehold.tryTo("auth", "smtp", "test", "owner@example.com");
    assertThat(failed.err()).contains("(smtp-failed)").doesNotContain("s3cret");
    freehold.run("auth", "smtp", "rm", "tiny");
    assertThat(freehold.tryTo("auth", "smtp", "test", "owner@example.com").err())
        .contains("(smtp-not-set)");
  }

  private static void exportsAndDeletes(Freehold freehold) {
    var plain = freehold.run("users", "export", "tiny").out();
    assertThat(plain.lines()).hasSize(3);
    assertThat(plain).doesNotContain("encrypted_password");
    var whole = freehold.run("users", "export", "tiny", "--include-password-hashes").out();
    assertThat(whole.lines())
        .allMatch(line -> JsonMapper.shared().readTree(line).has("encrypted_password"));
    assertThat(freehold.tryTo("users", "delete", "grace@example.com").err())
        .contains("(delete-not-confirmed)");
    freehold.run("users", "delete", "grace@example.com", "--confirm", "grace@example.com");
    assertThat(freehold.run("users", "list").out()).doesNotContain("grace@example.com");
  }

  private static String state(Freehold freehold, String email) {
    return freehold
        .run("users", "list", "tiny")
        .out()
        .lines()
        .filter(line -> line.contains(email))
        .findFirst()
        .orElse("")
        .replaceFirst("^\\S+\\s+\\S+\\s+", "")
        .replaceFirst("\\s.*$", "");
  }

  private static void signUp(Freehold freehold, String address, String email) throws Exception {
    var body =
        "{\"email\":\"%s\",\"password\":\"correct horse\",\"data\":{\"name\":\"Ada\"}}"
            .formatted(email);
    assertThat(post(freehold, address, "/auth/v1/signup", body)).isEqualTo(200);
  }

  private static int signIn(Freehold freehold, String address, String email, String password)
      throws Exception {
    var body = "{\"email\":\"%s\",\"password\":\"%s\"}".formatted(email, password);
    return post(freehold, address, "/auth/v1/token?grant_type=password", body);
  }

  private static int post(Freehold freehold, String address, String path, String body)
      throws IOException, InterruptedException {
    try (var http = HttpClient.newHttpClient()) {
      var request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + URI.create(address).getPort() + path))
              .header("apikey", freehold.keys("tiny").api().anon())
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }
  }

  /// Runs a command with something on its standard input.
  private static void with(Freehold freehold, String input, String... words) throws Exception {
    var process = freehold.start(words);
    try (var in = process.outputWriter()) {
      in.write(input + "\n");
    }
    var said = new ArrayList<>(List.of(words));
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(said.toString()).isZero();
  }
}
