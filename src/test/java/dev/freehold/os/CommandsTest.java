package dev.freehold.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class CommandsTest {
  /// Longer than anybody waits for what a process left behind, shorter than a test may take.
  private static final String LEAVES_A_CHILD = "sleep 20 & echo heard";

  @Test
  void aChildLeftBehindHoldsNobodyUp() {
    long began = System.nanoTime();
    var outcome = Commands.run(Command.of("sh", "-c", LEAVES_A_CHILD));
    assertThat(outcome.ok()).isTrue();
    assertThat(outcome.out()).isEqualTo("heard");
    var lines = Collections.synchronizedList(new ArrayList<String>());
    var listened = Commands.run(Command.of("sh", "-c", LEAVES_A_CHILD), lines::add);
    assertThat(listened.out()).isEqualTo("heard");
    assertThat(lines).containsExactly("heard");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(19));
  }

  /// Work that never waits keeps every virtual thread from running, for as long as it takes.
  @Test
  void outputIsHeardHoweverBusyTheProgramIs() throws Exception {
    var done = new AtomicBoolean();
    var busy = new ArrayList<Thread>();
    for (int i = 0; i < 64; i++) {
      busy.add(Thread.startVirtualThread(() -> spinUntil(done)));
    }
    try {
      assertThat(Commands.run(Command.of("echo", "heard")).out()).isEqualTo("heard");
      var lines = Collections.synchronizedList(new ArrayList<String>());
      Commands.run(Command.of("echo", "heard"), lines::add);
      assertThat(lines).containsExactly("heard");
    } finally {
      done.set(true);
      for (var thread : busy) {
        thread.join();
      }
    }
  }

  private static void spinUntil(AtomicBoolean done) {
    while (!done.get()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whoIsInterruptedKillsItAndGoesOn() throws Exception {
    var outcomes = Collections.synchronizedList(new ArrayList<Boolean>());
    var waiting =
        Thread.ofVirtual()
            .start(() -> {
              var outcome = Commands.run(Command.of("sh", "-c", "sleep 60 & wait"));
              outcomes.add(outcome.ok());
              outcomes.add(Thread.currentThread().isInterrupted());
            });
    Thread.sleep(300);
    waiting.interrupt();
    assertThat(waiting.join(Duration.ofSeconds(10))).isTrue();
    assertThat(outcomes).containsExactly(false, true);
  }
}
