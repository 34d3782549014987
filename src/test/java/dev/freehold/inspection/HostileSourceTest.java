package dev.freehold.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Text made to keep a search busy: every look at it ends in a time that grows with its length, not
/// with the square of it, which for these would be minutes to hours.
class HostileSourceTest {
  private static final int CHARS = 900_000;

  private final Tree tree;

  HostileSourceTest(@TempDir Path folder) {
    tree = new Tree(folder).file("index.html", "<p>").file("package.json", script("vite build"));
  }

  private static String script(String build) {
    return "{\"devDependencies\": {\"vite\": \"5\"}, \"scripts\": {\"build\": \"" + build + "\"}}";
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".from<",
        ".storage.from(",
        ".rpc<",
        "functions.invoke<",
        "https://${",
        "import.meta.env.A",
        "const a = ",
        "postgres://a:",
        "https://x/@a/",
        "outDir:'",
        "A= ",
        "a.",
        "\n"
      })
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void repeated(String unit) {
    var text = unit.repeat(CHARS / unit.length());
    for (var file :
        new String[] {
          "src/a.ts",
          ".env",
          "vite.config.ts",
          "yarn.lock",
          "supabase/config.toml",
          "supabase/functions/x/index.ts",
          "supabase/migrations/20260101000000_a.sql"
        }) {
      tree.file(file, text);
    }
    assertThat(tree.inspection().schema().migrations()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {" --a=b", " --a b", " -"})
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void manyOptionsOfABuild(String option) {
    for (int times : new int[] {45, 100_000}) {
      tree.file("package.json", script("vite build" + option.repeat(times) + " ;"));
      assertThat(tree.inspection().framework()).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".auth", "A=", "outDir:"})
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void muchSpace(String before) {
    var text = before + " ".repeat(CHARS) + "x";
    tree.file("src/a.ts", text).file(".env", text).file("vite.config.ts", text);
    assertThat(tree.inspection().schema().migrations()).isEmpty();
  }
}
