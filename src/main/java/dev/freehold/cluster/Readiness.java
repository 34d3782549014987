package dev.freehold.cluster;

import dev.freehold.postgres.Database;
import dev.freehold.problem.Problem;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Waits until a server answers, or says why it never will.
final class Readiness {
  /// A server that was killed replays its write-ahead log before it answers.
  private static final Duration RECOVERY_TIMEOUT = Duration.ofMinutes(10);

  private static final Duration PAUSE = Duration.ofMillis(15);
  private static final String PASSWORD_REFUSED = "28P01";

  private Readiness() {}

  static void await(Supplier<Database> database, BooleanSupplier alive, Supplier<String> log) {
    long end = System.nanoTime() + RECOVERY_TIMEOUT.toNanos();
    for (var failure = attempt(database.get());
        failure.isPresent();
        failure = attempt(database.get())) {
      if (PASSWORD_REFUSED.equals(failure.get().getSQLState())) {
        throw Problem.of("cluster-password-refused", "PostgreSQL refuses Freehold's own password")
            .detail(database.get().toString())
            .raise(failure.get());
      }
      if (!alive.getAsBoolean()) {
        throw Problem.of("cluster-not-started", "PostgreSQL ended while starting")
            .detail(log.get())
            .raise(failure.get());
      }
      if (System.nanoTime() > end || !pause()) {
        throw Problem.of("cluster-not-started", "PostgreSQL does not answer")
            .detail(log.get())
            .raise(failure.get());
      }
    }
  }

  /// Asks again and again; true as soon as the answer is yes, false when the time is over.
  static boolean within(Duration patience, BooleanSupplier yes) {
    long end = System.nanoTime() + patience.toNanos();
    while (!yes.getAsBoolean()) {
      if (System.nanoTime() > end || !pause()) {
        return false;
      }
    }
    return true;
  }

  /// False when we are asked to give up.
  private static boolean pause() {
    try {
      Thread.sleep(PAUSE);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Optional<SQLException> attempt(Database database) {
    var properties = database.properties();
    properties.setProperty("connectTimeout", "2");
    properties.setProperty("loginTimeout", "5");
    properties.setProperty("sslmode", "disable");
    try (var connection = DriverManager.getConnection(database.jdbcUrl(), properties);
        var statement = connection.createStatement()) {
      statement.execute("select 1");
      return Optional.empty();
    } catch (SQLException e) {
      return Optional.of(e);
    }
  }
}
