package dev.freehold.backend.supabase.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Reads of one shape with ever other values: the third and those after it come from the template.
class TemplatesTest {
  private static final List<String> HOSTILE =
      List.of(
          "plain",
          "",
          "it's",
          "'; drop table words; --",
          "$1",
          "$$",
          "\\",
          "a&b=c",
          "50%",
          "x*y",
          "(a,b)",
          "null",
          "not.eq.x",
          "eq.eq.x",
          "\"quoted\"",
          "ünï 日本",
          "\uE0000\uE001");

  private static RestFixture fixture;

  @BeforeAll
  static void open() {
    fixture = new RestFixture(RestFixture.SETTINGS);
    fixture.execute("create table public.words (word text, n int)");
    fixture.execute("grant all on public.words to anon");
    fixture.execute(
        "create function public.said(word text, times int default 2) returns text"
            + " language sql stable as $$ select repeat(word, times) $$");
    for (var word : HOSTILE) {
      fixture.execute("insert into public.words values (" + quoted(word) + ", 1)");
    }
    fixture.server.reload();
  }

  @AfterAll
  static void close() {
    fixture.close();
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "''") + "'";
  }

  private static String json(String word) {
    return "\"" + word.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }

  private static String encoded(String word) {
    return URLEncoder.encode(word, StandardCharsets.UTF_8);
  }

  private static String got(String target) {
    return RestFixture.text(fixture.get(target));
  }

  @Test
  void eachValueIsComparedAsItIs() {
    for (int round = 0; round < 2; round++) {
      for (var word : HOSTILE) {
        assertThat(got("/words?select=word&word=eq." + encoded(word)))
            .isEqualTo("[{\"word\":" + json(word) + "}]");
        assertThat(
                got(
                    "/words?select=word&n=lt.5&word=gte."
                        + encoded(word)
                        + "&word=lte."
                        + encoded(word)))
            .isEqualTo("[{\"word\":" + json(word) + "}]");
      }
    }
  }

  @Test
  void eachArgumentIsGivenAsItIs() {
    for (int round = 0; round < 2; round++) {
      for (var word : HOSTILE) {
        var filter = word.startsWith("eq.") || word.startsWith("not.");
        if (!filter) {
          assertThat(got("/rpc/said?times=1&word=" + encoded(word))).isEqualTo(json(word));
        }
      }
    }
  }

  @Test
  void whatFiltersAResultIsNoArgument() {
    for (int i = 0; i < 4; i++) {
      assertThat(got("/rpc/said?times=1&word=w" + i)).isEqualTo(json("w" + i));
      for (var filter : List.of("eq.x", "not.eq.x", "in.(x)", "eq(any).{x}", "gt%2Ex")) {
        assertThat(got("/rpc/said?times=1&word=" + filter)).contains("PGRST202");
      }
    }
  }

  @Test
  void patternsAreReadEachTime() {
    for (var pattern : List.of("pl*", "it*", "*%27s", "ün*", "5*")) {
      assertThat(got("/words?select=n&word=like." + pattern)).isEqualTo("[{\"n\":1}]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "x", "99999999999999999999", "1.5"})
  void aValueThatIsRefusedIsRefusedEachTime(String value) {
    var first = fixture.get("/words?select=n&n=neq." + value);
    for (int i = 0; i < 4; i++) {
      assertThat(got("/words?select=n&n=neq.7")).startsWith("[{\"n\":1}");
    }
    var later = fixture.get("/words?select=n&n=neq." + value);
    assertThat(later.status()).isEqualTo(first.status());
    assertThat(RestFixture.text(later)).isEqualTo(RestFixture.text(first));
  }

  @Test
  void theLocationIsThatOfTheRequest() {
    for (int i = 0; i < 5; i++) {
      assertThat(fixture.get("/words?n=eq." + i).headers().first("Content-Location"))
          .contains("/words?n=eq." + i);
    }
  }

  @Test
  void theRoleIsThatOfTheRequest() {
    for (int round = 0; round < 4; round++) {
      for (var who : List.of("u1", "u2")) {
        var body =
            RestFixture.text(
                fixture.get(
                    "/notes?select=owner&id=lt.9", "Authorization", "Bearer authenticated:" + who));
        assertThat(body).isEqualTo("[{\"owner\":\"" + who + "\"}]");
      }
    }
  }

  @Test
  void aChangedSchemaIsPlannedAnew() {
    fixture.execute("create table public.turning (a int, b int)");
    fixture.execute("insert into public.turning values (1, 2)");
    fixture.execute("grant all on public.turning to anon");
    fixture.server.reload();
    for (int i = 0; i < 4; i++) {
      assertThat(got("/turning?a=eq.1")).isEqualTo("[{\"a\":1,\"b\":2}]");
    }
    fixture.execute("alter table public.turning rename b to c");
    fixture.server.reload();
    assertThat(got("/turning?a=eq.1")).isEqualTo("[{\"a\":1,\"c\":2}]");
  }
}
