package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.backend.supabase.auth.hook.Hook;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HookTargetTest {
  private static final String SECRET = "v1,whsec_c2VjcmV0";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.example.com/x",
        "http://10.0.0.1/x",
        "http://localhost.example.com/x",
        "ftp://example.com/x",
        "https://user:password@example.com/x",
        "pg-functions://postgres/public",
        "pg-functions://postgres/public/a%22b",
        "pg-functions://postgres/public/drop table",
        "no address at all",
        ""
      })
  void onlyHttpsThisMachineAndPlainFunctionsAreHooks(String uri) {
    assertThatThrownBy(() -> Hook.parse(uri, SECRET)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "|", "whsec_c2VjcmV0", "v1,whsec_***", "v1a,whsk_c2VjcmV0"})
  void aWebHookNeedsASecretThatIsOne(String secrets) {
    assertThatThrownBy(() -> Hook.parse("https://example.com/x", secrets))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatIsGoodIsTaken() {
    assertThat(Hook.parse("https://example.com/x", SECRET + "|" + SECRET))
        .isInstanceOfSatisfying(Hook.Web.class, web -> assertThat(web.secrets()).hasSize(2));
    assertThat(Hook.parse("http://localhost:54321/x", SECRET)).isInstanceOf(Hook.Web.class);
    assertThat(Hook.parse("pg-functions://postgres/public/claims", ""))
        .isEqualTo(new Hook.Function("pg-functions://postgres/public/claims", "public", "claims"));
  }
}
