package dev.freehold.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Ranges mean what npm says they mean.
class VersionRangeTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "^1.2.3; 1.2.3; true",
        "^1.2.3; 1.9.0; true",
        "^1.2.3; 1.2.2; false",
        "^1.2.3; 2.0.0; false",
        "^1.2.3; 2.0.0-beta.1; false",
        "^0.2.3; 0.2.9; true",
        "^0.2.3; 0.3.0; false",
        "^0.0.3; 0.0.3; true",
        "^0.0.3; 0.0.4; false",
        "^0.0; 0.0.9; true",
        "^0.0; 0.1.0; false",
        "^0; 0.9.9; true",
        "~1.2.3; 1.2.9; true",
        "~1.2.3; 1.3.0; false",
        "~1.2; 1.2.0; true",
        "~1; 1.9.0; true",
        "1.x; 1.5.0; true",
        "1.2.x; 1.3.0; false",
        "1; 1.9.9; true",
        "1.2.3; 1.2.3; true",
        "=1.2.3; 1.2.4; false",
        "v1.2.3; 1.2.3; true",
        "*; 3.1.4; true",
        "'' ; 3.1.4; true",
        ">=1.2 <2; 1.9.9; true",
        ">=1.2 <2; 2.0.0; false",
        ">1.2; 1.2.9; false",
        ">1.2; 1.3.0; true",
        "<=1.2; 1.2.9; true",
        "<=1.2; 1.3.0; false",
        "<1.2; 1.1.9; true",
        "1.2 - 2.3; 2.3.9; true",
        "1.2 - 2.3; 2.4.0; false",
        "1.2.3 - 2.3.4; 2.3.5; false",
        "^20.19.0 || >=22.12.0; 22.12.0; true",
        "^20.19.0 || >=22.12.0; 21.7.0; false",
        "^20.19.0 || >=22.12.0; 24.0.0; true",
        "^5.1.0-rc.0; 5.1.0-rc.2; true",
        "^5.1.0-rc.0; 5.2.0; true",
        "^5.1.0-rc.0; 5.2.0-rc.1; false",
        "^1.0.0; 1.0.0-beta; false",
        "3.0.260603-beta; 3.0.260603-beta; true",
        ">= 1.0.0 < 3; 2.0.0; true",
        "~> 1.2; 1.2.5; true",
        "1.0.0+build; 1.0.0; true"
      })
  void matches(String range, String version, boolean expected) {
    assertThat(
            VersionRange.parse(range).orElseThrow().matches(Version.parse(version).orElseThrow()))
        .isEqualTo(expected);
  }

  @Test
  void tagsAndAddressesAreNoRanges() {
    assertThat(VersionRange.parse("latest")).isEmpty();
    assertThat(VersionRange.parse("github:a/b")).isEmpty();
    assertThat(VersionRange.parse("workspace:*")).isEmpty();
  }

  @Test
  void preReleasesAreOrderedByTheirParts() {
    var rising =
        java.util.List.of(
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0");
    var versions = rising.stream().map(v -> Version.parse(v).orElseThrow()).toList();

    assertThat(versions).isSorted();
  }
}
