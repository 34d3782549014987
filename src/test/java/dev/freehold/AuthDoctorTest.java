package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.Freehold;
import dev.freehold.testing.Owner;
import dev.freehold.testing.TinyExport;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// `freehold auth doctor` finds what keeps users out, and is content when nothing does.
class AuthDoctorTest {
  private static final String CONFIG =
      """
      project_id = "tiny"

      [auth]
      site_url = "https://old.example.com"
      additional_redirect_urls = ["http://localhost:3000", "https://old.example.com/**"]
      enable_anonymous_sign_ins = false

      [auth.email]
      enable_confirmations = true

      [auth.external.github]
      enabled = true
      client_id = "env(GITHUB)"

      [auth.external.gitlab]
      enabled = false

      [auth.hook.custom_access_token]
      enabled = true
      uri = "pg-functions://postgres/public/claims"

      [auth.hook.before_user_created]
      enabled = true
      uri = "pg-functions://postgres/public/nowhere"

      [auth.hook.password_verification_attempt]
      enabled = true
      uri = "pg-functions://postgres/public/passwords"
      """;
  private static final String FUNCTIONS =
      """
      create function public.claims(event jsonb) returns jsonb language sql as 'select event';
      grant execute on function public.claims to supabase_auth_admin;
      create function public.passwords(event jsonb) returns jsonb language sql as 'select event';
      revoke execute on function public.passwords from public, supabase_auth_admin;
      """;
  private static final String CODE =
      """
      // supabase.auth.signInWithOAuth({ provider: 'facebook' })
      supabase.auth.signInWithOAuth({ options: {}, provider: 'google' });
      lovable.auth.signInWithOAuth("microsoft", { redirect_uri: location.origin });
      supabase.auth.linkIdentity({ provider: "myspace" });
      supabase.auth.signInWithOAuth({ provider: 'custom:house' });
      supabase.auth.signInAnonymously();
      """;

  @Test
  void everythingThatIsWrongIsNamedAndThenNothingIs() throws Exception {
    var export = TinyExport.create();
    export.write("supabase/config.toml", CONFIG);
    export.write("supabase/migrations/20260102000000_hooks.sql", FUNCTIONS);
    export.write("main.js", CODE);
    try (var freehold = Freehold.fresh();
        var owner = new Owner(freehold)) {
      var address = freehold.deploy(export.root(), "tiny");

      namesAll(freehold, address);
      setsWhatItSays(freehold, owner, address);
      corrects(export);
      freehold.run("deploy", export.root().toString(), "--app", "tiny", "--yes");
      isFine(freehold);
      losesASecret(freehold, export);
      owner.assertNowhere(List.of("a-secret-of-google"));
    }
  }

  private static void namesAll(Freehold freehold, String address) {
    var said = freehold.tryTo("auth", "doctor", "--json");
    assertThat(said.exit()).isEqualTo(1);
    var report = said.json();
    assertThat(report.path("fine").asBoolean(true)).isFalse();
    assertThat(report.path("redirect_url").asString()).isEqualTo(address + "/auth/v1/callback");
    assertThat(found(report, "blocks"))
        .containsExactlyInAnyOrder(
            "provider-not-set google",
            "provider-not-set azure",
            "provider-not-set custom:house",
            "provider-unknown myspace",
            "mail-stays-here mail",
            "anonymous-off configuration",
            "hook-function-missing hook before_user_created",
            "hook-function-forbidden hook password_verification_attempt");
    assertThat(found(report, "warns"))
        .containsExactlyInAnyOrder(
            "provider-not-set github", "site-url-elsewhere address", "redirect-elsewhere address");
    assertThat(report.path("findings").values())
        .allMatch(finding -> !finding.path("hint").asString().isEmpty())
        .allMatch(finding -> !finding.path("message").asString().isEmpty());

    var text = freehold.tryTo("auth", "doctor", "tiny");
    assertThat(text.exit()).isEqualTo(1);
    assertThat(text.out())
        .contains(
            "Redirect URL to enter at every provider:\n  " + address + "/auth/v1/callback",
            "BLOCKS SIGN-IN  google: the app's code signs in with it, and it is not set",
            "freehold auth providers set google --client-id ID --app tiny",
            "WARNING  address: ",
            "grant execute on function public.passwords to supabase_auth_admin;",
            "Some users cannot sign in, see above.");
  }

  private static void setsWhatItSays(Freehold freehold, Owner owner, String address) {
    for (var name : List.of("google", "azure", "github")) {
      owner.with(
          "a-secret-of-" + name, "auth", "providers", "set", name, "--client-id", "c-" + name);
    }
    owner.with(
        "a-secret-of-house",
        "auth",
        "providers",
        "set",
        "custom:house",
        "--client-id",
        "h",
        "--url",
        "https://id.example.com");
    freehold.run("auth", "providers", "set", "gitlab", "--client-id", "l", "--keep-secret");
    freehold.run("auth", "confirmations", "off");

    var report = freehold.tryTo("auth", "doctor", "--json").json();

    assertThat(found(report, "blocks"))
        .containsExactlyInAnyOrder(
            "provider-secret-missing gitlab",
            "provider-unknown myspace",
            "anonymous-off configuration",
            "hook-function-missing hook before_user_created",
            "hook-function-forbidden hook password_verification_attempt");
    assertThat(found(report, "warns")).contains("address-local address");
    assertThat(freehold.tryTo("auth", "doctor").out())
        .contains(
            "Google (google), client c-google\n  enter " + address + "/auth/v1/callback",
            "console.cloud.google.com");
  }

  private static void corrects(TinyExport export) {
    export.write(
        "supabase/config.toml",
        """
        project_id = "tiny"

        [auth.hook.custom_access_token]
        enabled = true
        uri = "pg-functions://postgres/public/claims"
        """);
    export.write("main.js", "supabase.auth.signInWithOAuth({ provider: 'google' });\n");
  }

  private static void isFine(Freehold freehold) {
    freehold.run("auth", "providers", "remove", "gitlab");
    var said = freehold.run("auth", "doctor", "--json");
    assertThat(found(said.json(), "blocks")).isEmpty();
    assertThat(freehold.run("auth", "doctor", "tiny").out())
        .contains("Nothing keeps users from signing in.");
  }

  /// The doctor answers while the app's auth server cannot even be made.
  private static void losesASecret(Freehold freehold, TinyExport export) throws Exception {
    export.write(
        "supabase/config.toml",
        """
        project_id = "tiny"

        [auth.hook.send_email]
        enabled = true
        uri = "https://hooks.example.com/mail"
        secrets = "env(MAIL_HOOK_SECRET)"
        """);
    var owner = new Owner(freehold);
    owner.with("v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "secrets", "set", "MAIL_HOOK_SECRET");
    freehold.run("deploy", export.root().toString(), "--app", "tiny", "--yes");
    assertThat(freehold.run("auth", "doctor").exit()).isZero();
    freehold.run("secrets", "rm", "MAIL_HOOK_SECRET");
    var said = freehold.tryTo("auth", "doctor", "--json");
    assertThat(found(said.json(), "blocks")).containsExactly("hook-invalid hook send_email");
    assertThat(said.out()).contains("needs a secret");
    owner.crashAndStart();
    assertThat(found(freehold.tryTo("auth", "doctor", "--json").json(), "blocks"))
        .contains("hook-invalid hook send_email");
    owner.close();
  }

  private static List<String> found(JsonNode report, String severity) {
    return report.path("findings").values().stream()
        .filter(finding -> finding.path("severity").asString().equals(severity))
        .map(finding -> finding.path("code").asString() + " " + finding.path("subject").asString())
        .toList();
  }
}
