package dev.freehold.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ComputingTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @Test
  void whoeverWaitsGetsATurnHoweverManyCompute() throws Exception {
    var done = new AtomicBoolean();
    var computing = new ArrayList<Thread>();
    int more = Runtime.getRuntime().availableProcessors() + 2;
    var begun = new CountDownLatch(more);
    for (int i = 0; i < more; i++) {
      computing.add(
          Thread.startVirtualThread(() -> Computing.call("spin", () -> spin(begun, done))));
    }
    try {
      assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      var turn = new CountDownLatch(1);
      Thread.startVirtualThread(turn::countDown);
      assertThat(turn.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } finally {
      done.set(true);
      for (var thread : computing) {
        thread.join();
      }
    }
  }

  private static boolean spin(CountDownLatch begun, AtomicBoolean done) {
    begun.countDown();
    while (!done.get()) {
      Thread.onSpinWait();
    }
    return true;
  }

  @Test
  void whatItThrowsIsThrown() {
    var fault = new IllegalStateException("fault");
    assertThatThrownBy(() -> Computing.call("fails", () -> fail(fault))).isSameAs(fault);
  }

  private static boolean fail(RuntimeException fault) {
    throw fault;
  }

  @Test
  void anInterruptReachesTheWorkWhoseEndIsWaitedFor() throws Exception {
    var begun = new CountDownLatch(1);
    var cleanedUp = new AtomicBoolean();
    var seen = new ArrayList<Boolean>();
    var waiting =
        Thread.startVirtualThread(() -> {
          var answer = Computing.call("sleeps", () -> sleep(begun, cleanedUp));
          seen.add(cleanedUp.get());
          seen.add(answer.equals("interrupted"));
          seen.add(Thread.currentThread().isInterrupted());
        });
    assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    waiting.interrupt();
    assertThat(waiting.join(PATIENCE)).isTrue();
    assertThat(seen).containsExactly(true, true, true);
  }

  private static String sleep(CountDownLatch begun, AtomicBoolean cleanedUp) {
    begun.countDown();
    try {
      Thread.sleep(PATIENCE.multipliedBy(3));
      return "slept";
    } catch (InterruptedException e) {
      return "interrupted";
    } finally {
      cleanedUp.set(true);
    }
  }
}
