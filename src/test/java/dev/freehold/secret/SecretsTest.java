package dev.freehold.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.app.VariableName;
import dev.freehold.testing.ControlState;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SecretsTest {
  private static final VariableName STRIPE = new VariableName("STRIPE_SECRET_KEY");

  private final ControlState state = new ControlState();
  private final Path keyFile = state.folder.resolve("master.key");
  private final Secrets secrets = new Secrets(state.store, MasterKey.at(keyFile), state.clock);

  @AfterEach
  void close() {
    state.close();
  }

  @Test
  void aReleaseReadsTheVersionItWasMadeWith() {
    secrets.set(state.shop, STRIPE, "first value", "ada");
    var old = secrets.versions(state.shop);
    secrets.set(state.shop, STRIPE, "second value", "ada");
    assertThat(secrets.values(state.shop, old)).containsEntry("STRIPE_SECRET_KEY", "first value");
    assertThat(secrets.values(state.shop, secrets.versions(state.shop)))
        .containsEntry("STRIPE_SECRET_KEY", "second value");
  }

  @Test
  void aRemovedSecretStaysForEarlierReleasesAlone() {
    secrets.set(state.shop, STRIPE, "value", "ada");
    var old = secrets.versions(state.shop);
    assertThat(secrets.remove(state.shop, STRIPE)).isTrue();
    assertThat(secrets.versions(state.shop)).isEmpty();
    assertThat(secrets.list(state.shop)).isEmpty();
    assertThat(secrets.values(state.shop, old)).containsEntry("STRIPE_SECRET_KEY", "value");
    assertThat(secrets.remove(state.shop, STRIPE)).isFalse();
  }

  @Test
  void nothingOnDiskShowsAValue() throws IOException {
    secrets.set(state.shop, STRIPE, "sk_live_a-value-to-look-for", "ada");
    try (var files = Files.walk(state.folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
            .doesNotContain("a-value-to-look-for");
      }
    }
    assertThat(secrets.list(state.shop).toString()).doesNotContain("a-value-to-look-for");
  }

  @Test
  void aSealedValueCannotBeMovedToAnotherName() {
    secrets.set(state.shop, STRIPE, "value", "ada");
    state.store.write("update secret set name = 'OTHER_KEY'");
    assertThatThrownBy(() -> secrets.values(state.shop, Map.of("OTHER_KEY", 1)))
        .hasMessageContaining("secret-unreadable");
  }

  @Test
  void aMasterKeyThatOthersCanReadIsRefused() throws IOException {
    Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> MasterKey.at(keyFile)).hasMessageContaining("master-key-unsafe");
  }

  @Test
  void freeholdsOwnValuesAreNotListed() {
    secrets.keepOwn(state.shop, "keys", "{}");
    assertThat(secrets.own(state.shop, "keys")).contains("{}");
    assertThat(secrets.own(state.shop, "nothing")).isEmpty();
    assertThat(secrets.list(state.shop)).isEmpty();
  }
}
