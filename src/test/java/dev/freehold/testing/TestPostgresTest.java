package dev.freehold.testing;

import static org.assertj.core.api.Assertions.assertThatCode;

import org.junit.jupiter.api.Test;

class TestPostgresTest {
  @Test
  void aDatabaseAnswers() {
    var database = TestPostgres.create();
    assertThatCode(() -> TestPostgres.execute(database, "select 1")).doesNotThrowAnyException();
  }
}
