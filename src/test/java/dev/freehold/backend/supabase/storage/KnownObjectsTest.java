package dev.freehold.backend.supabase.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What is kept of rows, for how long, and what makes it go.
class KnownObjectsTest {
  private final AtomicLong nanos = new AtomicLong();
  private final KnownObjects known = new KnownObjects(nanos::get);

  private static KnownObject object(String name, String version) {
    return object(name, version, "image/png");
  }

  private static KnownObject object(String name, String version, String type) {
    return new KnownObject(
        true,
        "b",
        name,
        version,
        Described.of(new ObjectMetadata("\"e\"", 1, type, "no-cache", null, "")));
  }

  private boolean knows(String name) {
    return known.find("b", name).isPresent();
  }

  @Test
  void whileNobodyListensNothingIsKept() {
    known.keep(object("a", "1"), known.ticket());
    assertThat(knows("a")).isFalse();
    var early = known.ticket();
    known.on();
    known.keep(object("a", "1"), early);
    assertThat(knows("a")).as("read before changes were listened to").isFalse();
    known.keep(object("a", "1"), known.ticket());
    assertThat(knows("a")).isTrue();
    var before = known.ticket();
    known.off();
    assertThat(knows("a")).isFalse();
    known.on();
    known.keep(object("a", "1"), before);
    assertThat(knows("a")).as("a change between the two was not heard").isFalse();
  }

  @Test
  void aRowThatWasReadBeforeAChangeDoesNotOutliveIt() {
    known.on();
    var one = known.ticket();
    known.forget("b", "a");
    known.keep(object("a", "old"), one);
    assertThat(knows("a")).isFalse();
    var other = known.ticket();
    known.forgetAll();
    known.keep(object("a", "old"), other);
    assertThat(knows("a")).isFalse();
  }

  @Test
  void aRowIsReadAnewAfterAWhile() {
    known.on();
    known.keep(object("a", "1"), known.ticket());
    nanos.addAndGet(KnownObjects.LONGEST.minus(Duration.ofMillis(1)).toNanos());
    assertThat(knows("a")).isTrue();
    nanos.addAndGet(Duration.ofMillis(1).toNanos());
    assertThat(knows("a")).isFalse();
  }

  @Test
  void memoryIsBounded() {
    known.on();
    var type = "x".repeat(1000);
    IntStream.range(0, 20_000).forEach(i -> known.keep(object("n" + i, "v", type), known.ticket()));
    long most = KnownObjects.MAX_BYTES / object("n", "v", type).weight();
    assertThat(known.size()).isBetween(most / 2, most);
    known.keep(object("huge", "v", "x".repeat(KnownObjects.MAX_ROW_BYTES)), known.ticket());
    assertThat(knows("huge")).isFalse();
  }

  /// One writer counts up, readers read what is written and keep it: after [KnownObjects#forget]
  /// nobody finds a number that is smaller than the one it told of.
  @Test
  void noReaderBringsBackWhatAWriterReplaced() throws InterruptedException {
    known.on();
    var row = new AtomicLong();
    var told = new AtomicLong();
    var end = new AtomicBoolean();
    var wrong = new AtomicLong();
    var found = new AtomicLong();
    Runnable reading =
        () -> {
          while (!end.get()) {
            long least = told.get();
            var kept = known.find("b", "a");
            if (kept.isPresent()) {
              found.incrementAndGet();
              if (Long.parseLong(kept.get().version()) < least) {
                wrong.incrementAndGet();
              }
            } else {
              var ticket = known.ticket();
              var read = Long.toString(row.get());
              LockSupport.parkNanos(1);
              known.keep(object("a", read), ticket);
            }
          }
        };
    var readers = IntStream.range(0, 4).mapToObj(i -> Thread.ofPlatform().start(reading)).toList();
    for (long i = 1; i <= 20_000; i++) {
      row.set(i);
      if (i % 100 == 0) {
        known.forgetAll();
      } else {
        known.forget("b", "a");
      }
      told.set(i);
      if (i % 50 == 0) {
        Thread.sleep(0, 200_000);
      }
    }
    end.set(true);
    for (var reader : readers) {
      reader.join();
    }
    assertThat(wrong).hasValue(0);
    assertThat(found.get()).isPositive();
  }
}
