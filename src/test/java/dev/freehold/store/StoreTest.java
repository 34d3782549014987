package dev.freehold.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.testing.TempFolder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StoreTest {
  private final Path file = TempFolder.create("fh-store").resolve("freehold.db");

  @Test
  void whatWasWrittenIsThereAfterReopening() {
    try (var store = Store.open(file)) {
      addApp(store, "shop");
    }
    try (var store = Store.open(file)) {
      assertThat(store.list("select name from app", row -> row.getString(1)))
          .containsExactly("shop");
    }
  }

  @Test
  void aTransactionIsAllOrNothing() {
    try (var store = Store.open(file)) {
      assertThatThrownBy(() ->
              store.transaction(() -> {
                addApp(store, "half");
                throw new IllegalStateException("in the middle");
              }))
          .hasMessage("in the middle");
      assertThat(store.list("select name from app", row -> row.getString(1))).isEmpty();
    }
  }

  @Test
  void aFolderOfANewerProgramIsLeftAlone() {
    try (var store = Store.open(file)) {
      store.write("insert into store_version (version) values (99)");
    }
    assertThatThrownBy(() -> Store.open(file)).hasMessageContaining("store-newer");
  }

  private static void addApp(Store store, String name) {
    store.write(
        "insert into app (name, origin, created_at, created_by) values (?, 'x', 'now', 'ada')",
        name);
  }
}
