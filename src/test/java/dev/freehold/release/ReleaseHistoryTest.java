package dev.freehold.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.telemetry.Event;
import dev.freehold.testing.ControlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ReleaseHistoryTest {
  private final ControlState state = new ControlState();
  private final List<Event> events = new ArrayList<>();
  private final ReleaseHistory history = new ReleaseHistory(state.store, state.clock, events::add);

  @AfterEach
  void close() {
    state.close();
  }

  @Test
  void releasesCountFromOneAndKeepWhatTheyWereMadeOf() {
    assertThat(history.next("shop/production")).isEqualTo(1);
    var first = append("a1");
    var second = append("a2");
    assertThat(first.label()).isEqualTo("v1");
    assertThat(second.number()).isEqualTo(2);
    assertThat(history.release(state.shop, 1)).isEqualTo(first);
    assertThat(history.release(state.shop, 1).variables()).containsEntry("VITE_X", "1");
    assertThat(history.release(state.shop, 1).secrets()).containsEntry("STRIPE", 3);
    assertThat(history.artifacts()).containsExactlyInAnyOrder("a1", "a2");
    assertThat(events)
        .containsExactly(new ReleaseEvent.Appended(first), new ReleaseEvent.Appended(second));
  }

  @Test
  void theLastActivationIsWhatIsLive() {
    var first = append("a1");
    var second = append("a2");
    assertThat(history.live(state.shop)).isEmpty();
    history.activated(first, "ada", "deploy");
    history.activated(second, "ada", "deploy");
    assertThat(history.live(state.shop)).contains(second);
    history.activated(first, "bob", "rollback");
    assertThat(history.live(state.shop)).contains(first);
    assertThat(history.activations(state.shop))
        .extracting(Activation::number)
        .containsExactly(1, 2, 1);
  }

  @Test
  void goingBackTwiceGoesFurtherBack() {
    for (var artifact : List.of("a1", "a2", "a3")) {
      history.activated(append(artifact), "ada", "deploy");
    }
    assertThat(history.previous(state.shop).number()).isEqualTo(2);
    history.activated(history.release(state.shop, 2), "ada", "rollback");
    assertThat(history.previous(state.shop).number()).isEqualTo(1);
    history.activated(history.release(state.shop, 1), "ada", "rollback");
    assertThatThrownBy(() -> history.previous(state.shop))
        .hasMessageContaining("nothing-to-roll-back-to");
  }

  @Test
  void aReleaseThatWasNeverLiveIsNotGoneBackTo() {
    history.activated(append("a1"), "ada", "deploy");
    append("failed its health check");
    history.activated(append("a3"), "ada", "deploy");
    assertThat(history.previous(state.shop).number()).isEqualTo(1);
  }

  @Test
  void anUnknownReleaseSaysWhereToLook() {
    assertThatThrownBy(() -> history.release(state.shop, 7))
        .hasMessageContaining("shop/production has no release v7");
  }

  private Release append(String artifact) {
    return history.append(
        state.shop,
        new ReleaseHistory.Draft(
            artifact,
            "e1",
            "./shop.zip",
            "ada",
            ControlState.NOW.minusSeconds(5),
            Map.of("VITE_X", "1"),
            Map.of("STRIPE", 3),
            "20260101"));
  }
}
