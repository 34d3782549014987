package dev.freehold.backend.supabase.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.http.Response;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs the scenario files: request, expected answer.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestScenarioTest {
  private RestFixture fixture;

  @BeforeAll
  void open() {
    fixture = new RestFixture(RestFixture.SETTINGS);
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  static Stream<Scenario> scenarios() {
    return Stream.of(
            "reading",
            "embedding",
            "writing",
            "payloads",
            "representations",
            "calling",
            "functions",
            "media",
            "errors")
        .flatMap(file -> Scenario.read(RestFixture.resource("/rest/" + file + ".txt")).stream());
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void answersAsTheScenarioSays(Scenario scenario) {
    // A read that comes again is answered by the template of its shape; it must not show.
    var reads = List.of("GET", "HEAD").contains(scenario.method());
    for (int time = 0; time < (reads ? 3 : 1); time++) {
      answersOnce(scenario);
    }
  }

  private void answersOnce(Scenario scenario) {
    var response =
        fixture.send(
            scenario.method(),
            scenario.target(),
            scenario.body(),
            scenario.headers().toArray(String[]::new));
    if (!scenario.method().equals("GET")) {
      fixture.seed();
    }
    var soft = new SoftAssertions();
    soft.assertThat(response.status()).isEqualTo(scenario.status());
    for (var header : scenario.expectedHeaders()) {
      compare(soft, response, header);
    }
    soft.assertThat(RestFixture.text(response)).isEqualTo(scenario.expectedBody());
    soft.assertAll();
  }

  private static void compare(SoftAssertions soft, Response response, String header) {
    if (header.startsWith("!")) {
      soft.assertThat(response.headers().has(header.substring(1))).as(header).isFalse();
      return;
    }
    int colon = header.indexOf(": ");
    soft.assertThat(response.headers().all(header.substring(0, colon)))
        .as(header.substring(0, colon))
        .isEqualTo(List.of(header.substring(colon + 2)));
  }

  @Test
  void thereAreEnoughScenariosToMatter() {
    assertThat(scenarios()).hasSizeGreaterThan(150);
  }
}
