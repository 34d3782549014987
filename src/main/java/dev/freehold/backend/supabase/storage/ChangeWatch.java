package dev.freehold.backend.supabase.storage;

import dev.freehold.postgres.Notifications;
import dev.freehold.postgres.Pool;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/// Hears from the database which rows of objects and buckets others have changed, and makes
/// [KnownObjects] forget them. It begins to listen with the first download, so that an App without
/// files costs no connection. While the connection is broken, or the database has not the triggers
/// that notify, nothing is kept.
final class ChangeWatch implements Notifications.Listener, AutoCloseable {
  private static final String CHANNEL = "freehold_storage";

  /// All of `storage.sql`'s triggers, also in a session that replicates.
  private static final String TRIGGERS =
      """
      select count(*) = 5 as complete from pg_trigger
      where tgname like 'freehold\\_%\\_changed' and tgenabled = 'A'
        and tgrelid in (to_regclass('storage.objects'), to_regclass('storage.buckets'))
      """;

  private final Pool pool;
  private final KnownObjects known;
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile @Nullable Notifications notifications;

  ChangeWatch(Pool pool, KnownObjects known) {
    this.pool = pool;
    this.known = known;
  }

  /// For a reader that is about to ask the database. From the first one on we listen.
  KnownObjects.Ticket ticket() {
    if (!begun.get() && begun.compareAndSet(false, true)) {
      notifications = Notifications.listen(pool.database(), List.of(CHANNEL), this);
    }
    return known.ticket();
  }

  @Override
  public void connected() {
    boolean complete =
        pool.with(connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(TRIGGERS)) {
            return rows.next() && rows.getBoolean(1);
          }
        });
    if (complete) {
      known.on();
    }
  }

  @Override
  public void lost() {
    known.off();
  }

  @Override
  public void notified(String channel, String payload) {
    var row = parsed(payload);
    if (row != null && row.isArray() && row.size() == 2) {
      known.forget(row.get(0).asString(""), row.get(1).asString(""));
    } else {
      known.forgetAll();
    }
  }

  private static @Nullable JsonNode parsed(String payload) {
    try {
      return Json.mapper().readTree(payload);
    } catch (JacksonException other) {
      return null;
    }
  }

  @Override
  public void close() {
    begun.set(true);
    var listening = notifications;
    if (listening != null) {
      listening.close();
    }
    known.off();
  }
}
