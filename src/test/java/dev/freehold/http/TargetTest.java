package dev.freehold.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

  @ParameterizedTest
  @CsvSource({
    "/, /, ''",
    "/a/b?c=d?e, /a/b, c=d?e",
    "/a/./b/../c, /a/c, ''",
    "/../../etc/passwd, /etc/passwd, ''",
    "/a/.., /, ''",
    "/a/b/., /a/b/, ''",
    "/a/%2e%2E/b, /b, ''",
    "/%61%7Eb/%c3%b6, /a~b/%C3%B6, ''",
    "/object/a%2fb.png, /object/a%2Fb.png, ''",
    "/.%66reehold/x, /.freehold/x, ''",
    "/a//b, /a//b, ''",
    "'/t?c=in.(1,2)&d=cs.{a}', /t, 'c=in.(1,2)&d=cs.{a}'",
    "http://shop.localhost:80/x?y, /x, y",
    "http://shop.localhost, /, ''",
  })
  void aPathIsMadeRegular(String raw, String path, String query) {
    assertThat(Target.parse(raw))
        .hasValueSatisfying(target -> {
          assertThat(target.path()).isEqualTo(path);
          assertThat(target.query()).isEqualTo(query);
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/%",
        "/%4",
        "/%zz",
        "/%00",
        "/a%00b",
        "/a\\b",
        "/a#b",
        "/ö",
        "*",
        "a",
        "ftp://x/",
        "/a%2f..%2fb",
        "/x%5c..%5cy",
        "/a%2F%2e%2e",
        "shop:443",
        "",
        "/a\u0001",
        "/?a b",
        "/?a#b",
        "/a b"
      })
  void anAmbiguousTargetIsRefused(String raw) {
    assertThat(Target.parse(raw)).isEmpty();
  }
}
