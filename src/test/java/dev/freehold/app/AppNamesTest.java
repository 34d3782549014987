package dev.freehold.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.testing.ControlState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AppNamesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"", "-a", "a-", "A", "a_b", "1a", "../etc", "a/b", "a.b", "ä", "a b", "a\u0000b"})
  void whatIsNoHostLabelIsRefused(String text) {
    assertThatThrownBy(() -> new AppName(text)).hasMessageContaining("name-invalid");
  }

  @ParameterizedTest
  @CsvSource({
    "My App (final), my-app-final",
    "EAA-Chapter-84-Connect, eaa-chapter-84-connect",
    "123, app",
    "../../etc/passwd, etc-passwd",
    "'---', app"
  })
  void aDefaultNameIsNearTheExports(String text, String name) {
    assertThat(AppName.near(text).text()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "A-B",
        "1A",
        "A=B",
        "A B",
        "LD_PRELOAD",
        "NODE_OPTIONS",
        "PATH",
        "FREEHOLD_DATA"
      })
  void namesThatWouldChangeHowAProgramIsLoadedAreRefused(String text) {
    assertThatThrownBy(() -> new VariableName(text)).hasMessageContaining("variable-name-");
  }

  @Test
  void hostsAreLabelsBelowLocalhost() {
    try (var state = new ControlState()) {
      assertThat(state.shop.localHost()).isEqualTo("shop.localhost");
      var staging =
          state.apps.ensure(
              new AppName("shop"),
              new AppName("staging"),
              "x",
              Environment.DatabaseChoice.OWN_CLUSTER,
              "ada");
      assertThat(staging.localHost()).isEqualTo("staging.shop.localhost");
      assertThat(state.apps.all()).hasSize(1);
      state.apps.setVariable(staging, new VariableName("VITE_X"), "1");
      assertThat(state.apps.variables(state.shop)).isEmpty();
      assertThat(state.apps.variables(staging)).containsEntry("VITE_X", "1");
      state.apps.forget(staging);
      assertThat(state.apps.environments()).containsExactly(state.shop);
    }
  }
}
