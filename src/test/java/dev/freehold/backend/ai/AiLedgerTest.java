package dev.freehold.backend.ai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.ai.AiLedger.Estimate;
import dev.freehold.backend.ai.AiLedger.Hold;
import dev.freehold.backend.ai.AiLedger.Spent;
import dev.freehold.backend.ai.AiLedger.Taken;
import dev.freehold.backend.ai.AiLedger.What;
import dev.freehold.store.Store;
import dev.freehold.testing.TempFolder;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What was spent is known after a crash, and a cap is kept whatever happens.
class AiLedgerTest {
  private static final What WHAT = new What("shop/production", "hello", "asked", "used");
  private static final Estimate TEN = new Estimate(10, 10);

  private final Path file = TempFolder.create("fh-ledger").resolve("freehold.db");
  private Instant now = Instant.parse("2026-11-30T23:59:59Z");
  private final Clock clock =
      new Clock() {
        @Override
        public ZoneOffset getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };
  private Store store = Store.open(file);
  private AiLedger ledger = new AiLedger(store, clock);

  @AfterEach
  void close() {
    store.close();
  }

  private void restart() {
    store.close();
    store = Store.open(file);
    ledger = new AiLedger(store, clock);
  }

  private Hold held(Estimate estimate, @Nullable Long cap) throws InterruptedException {
    return ((Taken.Held) ledger.hold(WHAT, estimate, cap, null)).hold();
  }

  private static Spent spent(long nanos) {
    return new Spent(new AiTokens(nanos, 0), nanos, true, false);
  }

  @Test
  void aHoldThatACrashLeftBehindCountsAsSpent() throws InterruptedException {
    ledger.settle(held(TEN, 100L), spent(7));
    var cutOff = held(new Estimate(50, 60), 100L);
    restart();
    var row = ledger.rows(WHAT.scope(), "2026-11").getFirst();
    assertThat(row.costNanos()).isEqualTo(67);
    assertThat(row.calls()).isEqualTo(2);
    assertThat(row.failures()).isEqualTo(1);
    assertThat(ledger.hold(WHAT, new Estimate(1, 34), 100L, null))
        .isInstanceOf(Taken.CapReached.class);
    ledger.settle(cutOff, spent(1));
    restart();
    assertThat(ledger.rows(WHAT.scope(), "2026-11").getFirst().costNanos()).isEqualTo(67);
  }

  @Test
  void aCallWaitsForWhatOthersHold() throws Exception {
    var first = held(new Estimate(1, 90), 100L);
    try (var thread = Executors.newVirtualThreadPerTaskExecutor()) {
      var second = thread.submit(() -> ledger.hold(WHAT, new Estimate(1, 50), 100L, null));
      Thread.sleep(100);
      assertThat(second.isDone()).isFalse();
      ledger.settle(first, spent(20));
      assertThat(second.get(20, TimeUnit.SECONDS)).isInstanceOf(Taken.Held.class);
    }
    assertThat(ledger.hold(WHAT, new Estimate(1, 81), 100L, null))
        .isInstanceOf(Taken.CapReached.class);
  }

  @Test
  void aModelIsTakenToBeAsDearAsItWas() throws InterruptedException {
    ledger.settle(held(TEN, 100L), spent(60));
    assertThat(ledger.hold(WHAT, TEN, 100L, null)).isInstanceOf(Taken.CapReached.class);
  }

  @Test
  void tokensAreCappedToo() throws InterruptedException {
    ledger.settle(held(TEN, null), new Spent(new AiTokens(40, 50), 0, true, false));
    assertThat(ledger.hold(WHAT, TEN, null, 100L)).isInstanceOf(Taken.Held.class);
    assertThat(ledger.hold(WHAT, new Estimate(11, 0), null, 100L))
        .isEqualTo(
            new Taken.CapReached(
                "This month's cap of 100 AI tokens is reached: 90 are used, and this call may take"
                    + " 11."));
  }

  @Test
  void aMonthBeginsAnewAndEachAppHasItsOwn() throws InterruptedException {
    ledger.settle(held(TEN, 10L), spent(10));
    assertThat(ledger.hold(WHAT, TEN, 10L, null)).isInstanceOf(Taken.CapReached.class);
    var other = new What("blog/production", "hello", "asked", "used");
    assertThat(ledger.hold(other, TEN, 10L, null)).isInstanceOf(Taken.Held.class);
    now = Instant.parse("2026-12-01T00:00:00Z");
    assertThat(ledger.hold(WHAT, TEN, 10L, null)).isInstanceOf(Taken.Held.class);
    assertThat(ledger.month()).isEqualTo("2026-12");
    assertThat(ledger.months(WHAT.scope())).containsExactly("2026-11");
  }

  @Test
  void rowsAndMonthsAreBounded() throws InterruptedException {
    for (int i = 0; i < AiLedger.MAX_ROWS + 5; i++) {
      var what = new What(WHAT.scope(), "hello", "model" + i, "model" + i);
      ledger.settle(((Taken.Held) ledger.hold(what, TEN, null, null)).hold(), spent(1));
    }
    var rows = ledger.rows(WHAT.scope(), "2026-11");
    assertThat(rows).hasSize(AiLedger.MAX_ROWS + 1);
    assertThat(rows.getFirst().asked()).isEqualTo("(others)");
    assertThat(rows.getFirst().calls()).isEqualTo(5);
    now = Instant.parse("2029-01-01T00:00:00Z");
    ledger.settle(held(TEN, null), spent(1));
    assertThat(ledger.months(WHAT.scope())).containsExactly("2029-01");
  }
}
