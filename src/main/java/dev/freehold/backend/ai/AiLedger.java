package dev.freehold.backend.ai;

import dev.freehold.store.Store;
import java.time.Clock;
import java.time.Duration;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// What was spent on AI, by month (UTC), and what calls that run may yet spend.
///
/// A call takes a hold before it is sent and settles it when it is over, so that any number at once
/// stay under the cap. Both are durable: a hold that a crash left behind counts as spent in full,
/// for nobody knows what the provider made of the call.
///
/// A call is let in when what is spent, what others hold and its own hold fit under the cap. When
/// only the holds of others are in its way it waits for them. A hold is an estimate: by as much as
/// a call costs more than its own, the cap may be passed.
public final class AiLedger {
  /// How long a call waits for others to settle.
  static final Duration PATIENCE = Duration.ofSeconds(60);

  /// Rows of one Environment's month; further models and callers are counted together.
  static final int MAX_ROWS = 500;

  private static final int MONTHS_KEPT = 25;
  private static final String OTHERS = "(others)";

  private static final String SPENT =
      """
      select coalesce(sum(cost_nanos), 0), coalesce(sum(tokens_in + tokens_out), 0)
        from ai_usage where environment = ? and month = ?
      """;
  private static final String HELD =
      """
      select coalesce(sum(cost_nanos), 0), coalesce(sum(tokens), 0)
        from ai_hold where environment = ? and month = ?
      """;
  private static final String LARGEST =
      "select coalesce(max(largest_nanos), 0) from ai_usage where environment = ? and used = ?";
  private static final String INSERT_HOLD =
      """
      insert into ai_hold (environment, month, caller, asked, used, tokens, cost_nanos)
      values (?, ?, ?, ?, ?, ?, ?) returning id
      """;
  private static final String COUNT =
      """
      insert into ai_usage (environment, month, caller, asked, used, calls, failures, uncosted,
          tokens_in, tokens_out, cost_nanos, largest_nanos)
      values (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)
      on conflict (environment, month, caller, asked, used) do update set
        calls = calls + 1, failures = failures + excluded.failures,
        uncosted = uncosted + excluded.uncosted, tokens_in = tokens_in + excluded.tokens_in,
        tokens_out = tokens_out + excluded.tokens_out,
        cost_nanos = cost_nanos + excluded.cost_nanos,
        largest_nanos = max(largest_nanos, excluded.largest_nanos)
      """;
  private static final String ROWS =
      """
      select caller, asked, used, calls, failures, uncosted, tokens_in, tokens_out, cost_nanos
        from ai_usage where environment = ? and month = ?
       order by cost_nanos desc, tokens_in + tokens_out desc, caller, asked, used
      """;

  private final Store store;
  private final Clock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition settled = lock.newCondition();
  private long generation;

  /// Settles what a crash left behind.
  public AiLedger(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
    boolean unused =
        store.transaction(() -> {
          var left =
              store.list(
                  "select id, tokens, cost_nanos from ai_hold",
                  row -> new Hold(row.getLong(1), row.getLong(2), row.getLong(3)));
          left.forEach(hold ->
              settleNow(
                  hold, new Spent(new AiTokens(hold.tokens(), 0), hold.costNanos(), false, true)));
          return true;
        });
  }

  /// Who calls what.
  ///
  /// @param scope an Environment's id
  record What(String scope, String caller, String asked, String used) {}

  /// What a call may spend, as far as one can say before.
  record Estimate(long tokens, long costNanos) {}

  /// What is put aside for one call.
  record Hold(long id, long tokens, long costNanos) {}

  /// What a call did spend.
  ///
  /// @param costKnown whether that is its cost, and not a guess
  record Spent(AiTokens tokens, long costNanos, boolean costKnown, boolean failed) {}

  /// Whether a call may be made.
  sealed interface Taken {
    record Held(Hold hold) implements Taken {}

    /// Not this month any more.
    record CapReached(String why) implements Taken {}

    /// Others hold what is left, for longer than one waits.
    record Busy() implements Taken {}
  }

  /// One line of a month.
  ///
  /// @param caller a function's name, or `server`
  /// @param uncosted calls whose cost is not known: counted by estimate under a cap, else as
  ///   nothing
  public record Row(
      String caller,
      String asked,
      String used,
      long calls,
      long failures,
      long uncosted,
      long tokensIn,
      long tokensOut,
      long costNanos) {}

  /// @param capNanos what a month may cost; null for no bound
  /// @param capTokens null for no bound
  Taken hold(What what, Estimate estimate, @Nullable Long capNanos, @Nullable Long capTokens)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      long seen = generation();
      var taken = store.transaction(() -> tried(what, estimate, capNanos, capTokens));
      if (!(taken instanceof Taken.Busy) || !awaitSettled(seen, deadline)) {
        return taken;
      }
    }
  }

  private long generation() {
    lock.lock();
    try {
      return generation;
    } finally {
      lock.unlock();
    }
  }

  private boolean awaitSettled(long seen, long deadline) throws InterruptedException {
    lock.lock();
    try {
      while (generation == seen) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        long unused = settled.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  private Taken tried(
      What what, Estimate estimate, @Nullable Long capNanos, @Nullable Long capTokens) {
    var month = month();
    var spent = sums(SPENT, what.scope(), month);
    var held = sums(HELD, what.scope(), month);
    long largest =
        store.first(LARGEST, row -> row.getLong(1), what.scope(), what.used()).orElse(0L);
    var own = new Estimate(estimate.tokens(), Math.max(estimate.costNanos(), largest));
    if (capNanos != null) {
      if (spent.costNanos() + own.costNanos() > capNanos) {
        return new Taken.CapReached(capText(spent, own, capNanos));
      }
      if (spent.costNanos() + held.costNanos() + own.costNanos() > capNanos) {
        return new Taken.Busy();
      }
    }
    if (capTokens != null) {
      if (spent.tokens() + own.tokens() > capTokens) {
        return new Taken.CapReached(
            "This month's cap of %d AI tokens is reached: %d are used, and this call may take %d."
                .formatted(capTokens, spent.tokens(), own.tokens()));
      }
      if (spent.tokens() + held.tokens() + own.tokens() > capTokens) {
        return new Taken.Busy();
      }
    }
    long id =
        store
            .first(
                INSERT_HOLD,
                row -> row.getLong(1),
                what.scope(),
                month,
                what.caller(),
                what.asked(),
                what.used(),
                own.tokens(),
                own.costNanos())
            .orElseThrow();
    return new Taken.Held(new Hold(id, own.tokens(), own.costNanos()));
  }

  private static String capText(Estimate spent, Estimate own, long cap) {
    return "This month's cap of %s for AI is reached: %s is spent, and this call may cost %s."
        .formatted(
            AiPrice.text(cap), AiPrice.text(spent.costNanos()), AiPrice.text(own.costNanos()));
  }

  private Estimate sums(String sql, String scope, String month) {
    return store
        .first(sql, row -> new Estimate(row.getLong(2), row.getLong(1)), scope, month)
        .orElseThrow();
  }

  /// The call is over; when this returns, what it spent outlives a crash.
  void settle(Hold hold, Spent spent) {
    boolean unused =
        store.transaction(() -> {
          settleNow(hold, spent);
          return true;
        });
    lock.lock();
    try {
      generation++;
      settled.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private record Key(String scope, String month, String caller, String asked, String used) {}

  private void settleNow(Hold hold, Spent spent) {
    var found =
        store.first(
            "delete from ai_hold where id = ? returning environment, month, caller, asked, used",
            row ->
                new Key(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    row.getString(5)),
            hold.id());
    if (found.isEmpty()) {
      return; // its Environment was removed meanwhile
    }
    var key = bounded(found.get());
    store.write(
        COUNT,
        key.scope(),
        key.month(),
        key.caller(),
        key.asked(),
        key.used(),
        spent.failed() ? 1 : 0,
        spent.costKnown() || spent.failed() ? 0 : 1,
        spent.tokens().in(),
        spent.tokens().out(),
        spent.costNanos(),
        spent.costKnown() ? spent.costNanos() : 0);
  }

  /// Names come from the App: their number must not grow without end.
  private Key bounded(Key key) {
    boolean known =
        store
            .first(
                "select 1 from ai_usage where environment = ? and month = ? and caller = ?"
                    + " and asked = ? and used = ?",
                row -> true,
                key.scope(),
                key.month(),
                key.caller(),
                key.asked(),
                key.used())
            .isPresent();
    if (known) {
      return key;
    }
    store.write("delete from ai_usage where month < ?", oldest());
    int rows =
        store
            .first(
                "select count(*) from ai_usage where environment = ? and month = ?",
                row -> row.getInt(1),
                key.scope(),
                key.month())
            .orElse(0);
    return rows < MAX_ROWS ? key : new Key(key.scope(), key.month(), OTHERS, OTHERS, OTHERS);
  }

  /// What was spent in a month, the dearest first.
  ///
  /// @param month such as `2026-11`
  public List<Row> rows(String scope, String month) {
    return store.list(
        ROWS,
        row ->
            new Row(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9)),
        scope,
        month);
  }

  /// The months of which anything is known, newest first.
  public List<String> months(String scope) {
    return store.list(
        "select distinct month from ai_usage where environment = ? order by month desc",
        row -> row.getString(1),
        scope);
  }

  /// The month that is now, such as `2026-11`.
  public String month() {
    return YearMonth.now(clock.withZone(ZoneOffset.UTC)).toString();
  }

  private String oldest() {
    return YearMonth.now(clock.withZone(ZoneOffset.UTC)).minusMonths(MONTHS_KEPT).toString();
  }
}
