package dev.freehold.backend.supabase.auth;

import dev.freehold.postgres.Pool;
import java.util.ArrayList;
import java.util.function.Function;

/// Runs work in transactions of the auth server's own role.
final class Transactions {
  private final Pool pool;

  Transactions(Pool pool) {
    this.pool = pool;
  }

  /// Commits what `work` did and returns what it returned; rolls back when it throws.
  <T> T run(Function<Transaction, T> work) {
    var afterCommit = new ArrayList<Runnable>();
    T result = pool.transaction(connection -> work.apply(new Transaction(connection, afterCommit)));
    afterCommit.forEach(Runnable::run);
    return result;
  }
}
