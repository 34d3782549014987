package dev.freehold.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.TestPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Answers that do not fit in memory.
class LargeValueTest {
  private static final int LENGTH = 50_000_000;

  private static Lanes lanes;

  @BeforeAll
  static void open() {
    lanes = Lanes.open(TestPostgres.create(), new LaneLimits(6, Duration.ofSeconds(5)));
  }

  @AfterAll
  static void close() {
    lanes.close();
  }

  private static Reply large(Batch.Kind kind) {
    var query = Query.of("select 7::int8, repeat('0123456789', " + LENGTH / 10 + ")");
    return lanes.run(new Batch(List.of(query), 0, kind));
  }

  /// Reads one piece at a time and keeps no bytes.
  private static final class Reader implements Flow.Subscriber<byte[]> {
    final AtomicLong bytes = new AtomicLong();
    final AtomicReference<Flow.Subscription> subscription = new AtomicReference<>();
    final AtomicReference<Throwable> error = new AtomicReference<>();
    final Semaphore ended = new Semaphore(0);
    final Semaphore pieces = new Semaphore(0);

    void request(long pieces) {
      Objects.requireNonNull(subscription.get()).request(pieces);
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription.set(given);
    }

    @Override
    public void onNext(byte[] piece) {
      bytes.addAndGet(piece.length);
      pieces.release();
    }

    @Override
    public void onError(Throwable broken) {
      error.set(broken);
      ended.release();
    }

    @Override
    public void onComplete() {
      ended.release();
    }
  }

  @Test
  void isPassedOnAsItComes() throws Exception {
    var reply = large(Batch.Kind.READ);
    assertThat(reply.row(0).int8(0)).isEqualTo(7);
    var value = reply.large().orElseThrow();
    assertThat(value.length()).isEqualTo(LENGTH);
    var reader = new Reader();
    value.subscribe(reader);
    reader.request(3);
    assertThat(reader.pieces.tryAcquire(3, 5, TimeUnit.SECONDS)).isTrue();
    // Nothing more comes unasked, and the server is not read on beyond a bound.
    Thread.sleep(300);
    assertThat(reader.pieces.availablePermits()).isZero();
    assertThat(value.waiting()).isLessThan(4L * LargeValue.MOST_WAITING);
    reader.request(Long.MAX_VALUE);
    assertThat(reader.ended.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    assertThat(reader.error.get()).isNull();
    assertThat(reader.bytes.get()).isEqualTo(LENGTH);
  }

  @Test
  void aReaderThatGoesGivesTheConnectionBack() throws Exception {
    for (int i = 0; i < 6; i++) {
      var reader = new Reader();
      large(Batch.Kind.WRITE).large().orElseThrow().subscribe(reader);
      Objects.requireNonNull(reader.subscription.get()).cancel();
    }
    for (int attempt = 0; lanes.active() > 0 && attempt < 100; attempt++) {
      Thread.sleep(20);
    }
    assertThat(lanes.run(Batch.step(List.of(Query.of("select 'well'")))).row(0).text(0))
        .isEqualTo("well");
  }

  @Test
  void aServerThatBreaksOffIsAnError() throws Exception {
    var reply = large(Batch.Kind.READ);
    var reader = new Reader();
    reply.large().orElseThrow().subscribe(reader);
    var ended =
        lanes.run(
            Batch.step(
                List.of(
                    Query.of(
                        "select pg_terminate_backend(pid) from pg_stat_activity where pid <>"
                            + " pg_backend_pid() and state = 'active'"
                            + " and query like 'select 7::int8%'"))));
    assertThat(ended.rows().getFirst()).hasSize(1);
    reader.request(Long.MAX_VALUE);
    assertThat(reader.ended.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
    assertThat(reader.error.get()).isNotNull();
  }

  @Test
  void whatAnotherStepNeedsIsGathered() {
    var reply =
        lanes.lend(connection ->
            connection.run(Batch.step(List.of(Query.of("select 1::int8, repeat('x', 2000000)")))));
    assertThat(reply.row(0).bytes(1)).hasSize(2_000_000);
  }
}
