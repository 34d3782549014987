package dev.freehold.backend.supabase.realtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.realtime.changes.Changes;
import dev.freehold.backend.supabase.realtime.changes.Delivery;
import dev.freehold.backend.supabase.realtime.changes.Outlet;
import dev.freehold.backend.supabase.realtime.changes.StoredMessage;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.telemetry.Events;
import dev.freehold.testing.Eventually;
import dev.freehold.testing.TestPostgres;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/// The database forgets a change only once it has left this process: one that still waits for an
/// event loop is lost with a process that is killed.
class WrittenTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long SEVERAL_LOOKS_MS = 500;

  private final Queue<CompletableFuture<Void>> unwritten = new ConcurrentLinkedQueue<>();
  private final Database database =
      RealtimeFixture.prepared(
          "create table items (id int); alter publication supabase_realtime add table items");

  private final class Slow implements Outlet {
    @Override
    public void changes(List<Delivery> deliveries) {
      assertThat(deliveries).isEmpty();
    }

    @Override
    public void sent(StoredMessage message) {
      throw new AssertionError(message.topic());
    }

    @Override
    public CompletableFuture<Void> written() {
      var written = new CompletableFuture<Void>();
      unwritten.add(written);
      return written;
    }

    @Override
    public void skipped(String why) {
      throw new AssertionError(why);
    }
  }

  @Test
  void whatIsNotWrittenYetStaysWithTheDatabase() throws Exception {
    var limits = new PoolLimits(2, Duration.ofSeconds(10));
    try (var pool = Pool.open(database.as("authenticator", "p2"), limits);
        var changes =
            new Changes(
                RealtimeFixture.log(database, database.port()), pool, new Slow(), Events.NONE)) {
      changes.open();
      assertThat(changes.ready()).isEmpty();
      TestPostgres.execute(database, "insert into items values (1)");
      var behind = RealtimeFixture.endOfLog(database);
      Eventually.until(PATIENCE, () -> !unwritten.isEmpty());
      TestPostgres.execute(database, "insert into items values (2)");
      Thread.sleep(SEVERAL_LOOKS_MS);
      assertThat(RealtimeFixture.confirms(database, behind)).isFalse();

      unwritten.forEach(written -> written.complete(null));
      Eventually.until(PATIENCE, () -> RealtimeFixture.confirms(database, behind));
    }
  }
}
