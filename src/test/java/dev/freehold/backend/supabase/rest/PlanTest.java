package dev.freehold.backend.supabase.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Plans of what would be answered, where `db-plan-enabled` allows them.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PlanTest {
  private static final String PLAN = "application/vnd.pgrst.plan";

  private RestFixture fixture;

  @BeforeAll
  void open() {
    fixture =
        new RestFixture(
            new RestSettings(
                List.of("public", "api"),
                List.of("public", "extensions"),
                "anon",
                1000,
                false,
                true,
                Optional.empty(),
                Optional.empty(),
                RestSettings.TxEnd.COMMIT,
                RestSettings.USUALLY_HOISTED,
                Map.of(),
                true,
                RestSettings.OpenApi.DISABLED,
                false));
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  @Test
  void aPlanIsTextUnlessJsonIsAskedFor() {
    var response = fixture.get("/clients?id=eq.1", "Accept", PLAN);

    assertThat(response.status()).isEqualTo(200);
    assertThat(response.headers().all("Content-Type"))
        .containsExactly(PLAN + "+text; for=\"application/json\"; charset=utf-8");
    assertThat(response.headers().has("Content-Range")).isFalse();
    assertThat(RestFixture.text(response)).startsWith("Aggregate").endsWith(")\n");
  }

  @Test
  void aPlanIsOfTheTypeItIsFor() {
    var response =
        fixture.get(
            "/scores",
            "Accept",
            PLAN + "+json; for=\"application/vnd.tally\"; options=verbose|settings|unknown");

    assertThat(response.headers().all("Content-Type"))
        .containsExactly(
            PLAN + "+json; for=\"application/vnd.tally\"; options=verbose|settings; charset=utf-8");
    assertThat(RestFixture.text(response)).contains("tally(");
  }

  @Test
  void aPlanForATypeThatNothingRendersIsNoPlan() {
    var response = fixture.get("/labels", "Accept", PLAN + "; for=\"image/png\"");

    assertThat(response.status()).isEqualTo(406);
    assertThat(RestFixture.text(response)).contains(PLAN + "+text; for=\\\"image/png\\\"");
  }

  @Test
  void thePlanOfAWriteWritesNothingUnlessAnalyzed() {
    var body = "{\"id\":50,\"player\":\"Eve\"}";
    var planned = fixture.send("POST", "/scores", body, "Accept", PLAN + "+json");
    assertThat(RestFixture.text(planned)).contains("ModifyTable");
    assertThat(RestFixture.text(fixture.get("/scores?id=eq.50"))).isEqualTo("[]");

    var analyzed =
        fixture.send(
            "POST", "/scores", body, "Accept", PLAN + "+json; options=analyze|buffers|wal");
    assertThat(RestFixture.text(analyzed)).contains("Actual Rows").contains("Shared Hit Blocks");
    assertThat(RestFixture.text(fixture.get("/scores?id=eq.50"))).contains("Eve");
    fixture.seed();
  }

  @Test
  void callsHavePlansToo() {
    var response =
        fixture.get("/rpc/all_scores?id=eq.1", "Accept", PLAN + "+json; for=\"text/csv\"");

    assertThat(RestFixture.text(response)).contains("Plan").doesNotContain("Ada");
    assertThat(response.headers().all("Content-Type"))
        .containsExactly(PLAN + "+json; for=\"text/csv\"; charset=utf-8");
  }
}
