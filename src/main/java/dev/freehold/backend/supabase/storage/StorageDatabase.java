package dev.freehold.backend.supabase.storage;

import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import dev.freehold.postgres.wire.LaneLimits;
import dev.freehold.postgres.wire.Lanes;
import java.util.function.Consumer;
import java.util.function.Function;

/// Runs the storage server's statements, each piece of work in one transaction under the caller's
/// role, and tells the database's refusals in storage-api's words.
final class StorageDatabase implements AutoCloseable {
  /// Ends a trial: what was allowed is taken back.
  private static final class Allowed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Allowed() {
      super("allowed", null, false, false);
    }
  }

  private static final String ROW_SECURITY = "new row violates row-level security policy";

  private final Pool pool;
  private final KnownObjects known;
  private final Lanes lanes;
  private final OwnRows ownRows;

  /// @param pool stays its opener's to close; as many connections again are opened when wanted
  /// @param known forgets what a transaction changed before its caller hears of the commit
  StorageDatabase(Pool pool, KnownObjects known) {
    this.pool = pool;
    this.known = known;
    this.lanes = Lanes.open(pool.database(), new LaneLimits(pool.size(), pool.waitLimit()));
    this.ownRows = new OwnRows(lanes);
  }

  /// What callers may see of objects.
  OwnRows ownRows() {
    return ownRows;
  }

  @Override
  public void close() {
    lanes.close();
  }

  /// Commits what `work` did and returns what it returned; rolls back when it throws.
  <T> T run(Scope scope, Function<Transaction, T> work) {
    var changes = new Changes();
    try {
      return pool.transaction(
          connection -> work.apply(new Transaction(connection, scope, changes)));
    } catch (PostgresException e) {
      throw told(e);
    } finally {
      // Also when it threw: a commit whose answer was lost may have taken effect.
      changes.tell(known);
    }
  }

  /// One statement that only reads, in one round trip.
  <T> T read(Scope scope, Function<Transaction, T> work) {
    try {
      return pool.with(connection -> work.apply(new Transaction(connection, scope, new Changes())));
    } catch (PostgresException e) {
      throw told(e);
    }
  }

  /// Asks whether the work would be allowed, and leaves nothing of it.
  void tryOut(Scope scope, Consumer<Transaction> work) {
    try {
      run(
          scope,
          transaction -> {
            work.accept(transaction);
            throw new Allowed();
          });
    } catch (Allowed rolledBack) {
      return;
    }
  }

  /// Reference 6.3.
  static StorageError told(PostgresException failure) {
    var error =
        switch (failure.failure()) {
          case PostgresFailure.Refused refused -> refused(refused);
          case PostgresFailure.PoolFull _ -> StorageError.slowDown();
          case PostgresFailure.Unreachable _, PostgresFailure.Broken _ ->
              StorageError.databaseTimeout();
          case PostgresFailure.NotAdmitted _ -> StorageError.internal();
        };
    error.addSuppressed(failure);
    return error;
  }

  private static StorageError refused(PostgresFailure.Refused refused) {
    var message = refused.message();
    return switch (refused.sqlState()) {
      case "42501" ->
          StorageError.accessDenied(
              message.contains("row-level security") ? ROW_SECURITY : message);
      case "23505" -> StorageError.resourceAlreadyExists();
      case "23503" -> reference(refused);
      case "55P03" -> StorageError.resourceLocked();
      case "57014" -> StorageError.databaseTimeout();
      case "25006" ->
          StorageError.database(
              "DatabaseReadOnly",
              503,
              "The database is currently in read-only mode. Please try again later.");
      case "42P17" ->
          StorageError.database(
              "DatabaseInvalidObjectDefinition",
              503,
              "The database schema is invalid or incompatible.");
      case "22P02" -> StorageError.invalidParameter(message);
      case "42703", "42P01" ->
          StorageError.database(
              "DatabaseSchemaMismatch",
              503,
              "The database schema is out of sync. Please run migrations or contact support.");
      case "53300" -> StorageError.slowDown();
      default ->
          StorageError.database(
              "DatabaseError", 500, "database error, code: " + refused.sqlState());
    };
  }

  private static StorageError reference(PostgresFailure.Refused refused) {
    if (!refused.detail().contains("is still referenced from table")) {
      return StorageError.invalidRequest(404, "The related resource does not exist");
    }
    return StorageError.resourceReferenced(
        refused.constraint().startsWith("s3_multipart_uploads")
            ? "The bucket could not be updated because it is referenced by a pending multipart"
                + " upload."
            : "The resource could not be updated or removed due to a foreign key constraint");
  }
}
