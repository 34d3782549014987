package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.plan.BuildRecipe.Substitution;
import dev.freehold.plan.BuildRecipe.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TextReplacementTest {
  private static final TextReplacement REPLACEMENT =
      new TextReplacement(
          List.of(
              new Substitution("ref", Value.PROJECT_ID),
              new Substitution("https://ref.old", Value.PUBLIC_URL),
              new Substitution("ключ.$1\\E", Value.ANON_KEY)));

  @Test
  void takesTheLongerOfTwoThatStartTogetherAndDoesNotSearchWhatItPutIn() {
    var values = Map.of(Value.PROJECT_ID, "id", Value.PUBLIC_URL, "https://ref.new");
    assertThat(replaced("ref https://ref.old/x ref", values)).isEqualTo("id https://ref.new/x id");
  }

  @Test
  void readsNoPatternInTheStringsNorInTheValues() {
    assertThat(replaced("«ключ.$1\\E»", Map.of(Value.ANON_KEY, "$0\\новый")))
        .isEqualTo("«$0\\новый»");
  }

  @Test
  void leavesAStringWhoseValueIsMissing() {
    assertThat(replaced("ref and ключ.$1\\E", Map.of())).isEqualTo("ref and ключ.$1\\E");
  }

  @Test
  void leavesEveryOtherByteAlone() {
    var bytes = new byte[512];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    assertThat(REPLACEMENT.apply(bytes, Map.of(Value.PROJECT_ID, "x"))).isEqualTo(bytes);
    assertThat(REPLACEMENT.occursIn(bytes)).isFalse();
    assertThat(new TextReplacement(List.of()).apply(bytes, Map.of())).isEqualTo(bytes);
  }

  private static String replaced(String text, Map<Value, String> values) {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    return new String(REPLACEMENT.apply(bytes, values), StandardCharsets.UTF_8);
  }
}
