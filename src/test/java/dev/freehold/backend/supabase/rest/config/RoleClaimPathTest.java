package dev.freehold.backend.supabase.rest.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// Where the role stands in the claims.
final class RoleClaimPathTest {
  private static final Map<String, Object> CLAIMS =
      Map.of(
          "role",
          "web",
          "app",
          Map.of("roles", List.of("guest", "shop_owner", 7)),
          "https://x/roles",
          List.of(Map.of("value", "deep")),
          "n",
          5);

  private static Object at(String path) {
    return RoleClaimPath.parse(path).orElseThrow().in(CLAIMS).orElse("nothing");
  }

  @Test
  void stepsGoDownByKeyAndIndex() {
    assertThat(at(".role")).isEqualTo("web");
    assertThat(at(".app.roles[1]")).isEqualTo("shop_owner");
    assertThat(at(".\"https://x/roles\"[0].value")).isEqualTo("deep");
    assertThat(at(".n")).isEqualTo(5);
    for (var absent : List.of(".x", ".role.x", ".app.roles[3]", ".role[0]", ".app[0]")) {
      assertThat(at(absent)).as(absent).isEqualTo("nothing");
    }
  }

  @Test
  void theLastStepMayLookForAText() {
    assertThat(at(".app.roles[?(@ == \"shop_owner\")]")).isEqualTo("shop_owner");
    assertThat(at(".app.roles[?(@ != \"guest\")]")).isEqualTo("shop_owner");
    assertThat(at(".app.roles[?(@ ^== \"shop\")]")).isEqualTo("shop_owner");
    assertThat(at(".app.roles[?(@ ==^ \"owner\")]")).isEqualTo("shop_owner");
    assertThat(at(".app.roles[?(@ *== \"p_o\")]")).isEqualTo("shop_owner");
    assertThat(at(".app.roles[?(@ == \"7\")]")).isEqualTo("nothing");
    assertThat(at(".role[?(@ == \"web\")]")).isEqualTo("nothing");
  }

  @Test
  void otherTextsAreNoPaths() {
    for (var wrong :
        List.of(
            "",
            "role",
            ".",
            "..a",
            ".a.",
            ".a[",
            ".a[x]",
            ".a[1",
            ".\"a",
            ".a##",
            ".a[?(@ = \"b\")]",
            ".a[?(@ == \"b\")].c",
            ".a[?(@ == b)]")) {
      assertThat(RoleClaimPath.parse(wrong)).as(wrong).isEmpty();
    }
  }
}
