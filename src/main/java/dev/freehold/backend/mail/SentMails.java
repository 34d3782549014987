package dev.freehold.backend.mail;

import dev.freehold.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Which mails an App's code has had sent, by the key it gave them, so that none leaves twice: code
/// that was not told of its success asks again. Durable before the code is told.
///
/// A mail whose sending a crash cut off is not in it. Asked again it is sent again, under the same
/// Message-ID: mail servers do the same to one another (RFC 5321, 4.5.4.1).
public final class SentMails {
  /// How long a key is known.
  static final Duration KEPT = Duration.ofDays(7);

  /// Keys of one Environment; the oldest go first.
  static final int MAX_ROWS = 50_000;

  private static final int TRIM_EVERY = 256;

  private final Store store;
  private final Clock clock;
  private final AtomicInteger sinceTrim = new AtomicInteger(TRIM_EVERY);

  public SentMails(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  boolean contains(String scope, String id) {
    return store
        .first("select 1 from mail_sent where environment = ? and id = ?", row -> 1, scope, id)
        .isPresent();
  }

  void add(String scope, String id) {
    long now = clock.millis();
    int unused =
        store.write(
            """
            insert into mail_sent (environment, id, at) values (?, ?, ?)
            on conflict (environment, id) do nothing
            """,
            scope,
            id,
            now);
    if (sinceTrim.incrementAndGet() >= TRIM_EVERY) {
      sinceTrim.set(0);
      trim(scope, now);
    }
  }

  private void trim(String scope, long now) {
    int unused = store.write("delete from mail_sent where at < ?", now - KEPT.toMillis());
    int unusedToo =
        store.write(
            """
            delete from mail_sent where environment = ?1 and rowid in (
              select rowid from mail_sent where environment = ?1 order by at desc
              limit -1 offset ?2)
            """,
            scope,
            MAX_ROWS);
  }

  /// The Environment is gone: another of its name begins anew.
  public void forget(String scope) {
    int unused = store.write("delete from mail_sent where environment = ?", scope);
  }
}
