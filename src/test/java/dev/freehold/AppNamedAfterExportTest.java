package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What an app is called when nobody named it.
final class AppNamedAfterExportTest {
  @ParameterizedTest
  @CsvSource({
    "/home/me/shop, shop",
    "/home/me/shop/, shop",
    "/home/me/My App (final).zip, my-app-final",
    "https://github.com/me/shop.git#main, shop",
    "https://github.com/me/shop#feature/cart, shop",
    "git@github.com:me/shop.git, shop",
    "git@github.com:shop, shop",
    "/home/me/shop#v2, shop",
    "/, app",
    "/home/me/123, app"
  })
  void theLastPartOfThePathOrAddress(String source, String name) {
    assertThat(ServerWork.nameOf(source).text()).isEqualTo(name);
  }
}
