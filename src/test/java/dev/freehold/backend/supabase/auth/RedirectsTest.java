package dev.freehold.backend.supabase.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Where a mailed link may lead, and the ways to lead it elsewhere that were tried.
class RedirectsTest {
  private final Redirects redirects =
      new Redirects(
          AuthSettings.at("https://shop.example.com")
              .withRedirectAllowList(
                  List.of("https://*.preview.example.com/**", "myapp://callback", "http://a.b/*")));

  @Test
  void theSiteItsSubpagesAndTheListAreAllowed() {
    for (var target :
        List.of(
            "https://shop.example.com",
            "https://shop.example.com/reset?x=1#y",
            "https://one.preview.example.com/",
            "https://one.preview.example.com/a/b.html",
            "myapp://callback",
            "http://a.b/page",
            "http://127.0.0.1:5173/",
            "http://[::1]:3000/")) {
      assertThat(redirects.isAllowed(target)).as(target).isTrue();
    }
  }

  @Test
  void everythingElseIsNot() {
    for (var target :
        List.of(
            "",
            "/relative",
            "//evil.example.org",
            "http://shop.example.com",
            "https://shop.example.com:8443",
            "https://shop.example.com.evil.org",
            "https://shop.example.com@evil.org",
            "https://user@shop.example.com",
            "https://shop.example.com\\@evil.org",
            "https://a.b.preview.example.com/",
            "https://evil.org/.preview.example.com/",
            "https://evil.org#https://one.preview.example.com/",
            "http://a.b/page/deeper",
            "javascript:alert(1)",
            "data:text/html,x",
            "myapp://callback.evil",
            "http://2130706433/",
            "http://10.0.0.1/",
            "https://shop.example.com/" + "x".repeat(3_000))) {
      assertThat(redirects.isAllowed(target)).as(target).isFalse();
    }
  }
}
