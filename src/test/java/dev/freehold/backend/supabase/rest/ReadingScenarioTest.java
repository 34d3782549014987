package dev.freehold.backend.supabase.rest;

import dev.freehold.testing.TestPostgres;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Runs the scenarios of reading that need aggregates, or a fixture of their own: what the query
/// string may say, how it is complained of, and what is read.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReadingScenarioTest {
  static final RestSettings SETTINGS =
      new RestSettings(List.of("public", "api"), List.of("public", "extensions"), "anon", 0, true);

  private RestFixture fixture;

  @BeforeAll
  void open() {
    fixture = new RestFixture(SETTINGS);
    TestPostgres.execute(fixture.database, RestFixture.resource("/rest/fixture-reading.sql"));
    fixture.server.reload();
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  static Stream<Scenario> scenarios() {
    return Stream.of("grammar", "selecting", "relating", "spreads", "aggregates")
        .flatMap(file -> Scenario.read(RestFixture.resource("/rest/" + file + ".txt")).stream());
  }

  @ParameterizedTest
  @MethodSource("scenarios")
  void answersAsTheScenarioSays(Scenario scenario) {
    for (int time = 0; time < 3; time++) {
      answersOnce(scenario);
    }
  }

  /// A read that comes again is answered by the template of its shape; it must not show.
  private void answersOnce(Scenario scenario) {
    var response =
        fixture.send(
            scenario.method(),
            scenario.target(),
            scenario.body(),
            scenario.headers().toArray(String[]::new));
    var soft = new SoftAssertions();
    soft.assertThat(response.status()).isEqualTo(scenario.status());
    for (var header : scenario.expectedHeaders()) {
      int colon = header.indexOf(": ");
      soft.assertThat(response.headers().all(header.substring(0, colon)))
          .isEqualTo(List.of(header.substring(colon + 2)));
    }
    soft.assertThat(RestFixture.text(response)).isEqualTo(scenario.expectedBody());
    soft.assertAll();
  }
}
