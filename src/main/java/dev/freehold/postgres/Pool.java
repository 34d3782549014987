package dev.freehold.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// A bounded number of connections to one database, lent one borrower at a time in the order of
/// asking. Starts while the database is down and outlives its restarts: connections that a restart
/// broke are thrown away, the next borrower gets a new one.
///
/// Statements that are run repeatedly are prepared once per connection.
public final class Pool implements AutoCloseable {
  /// Connections kept open when nothing is asked.
  private static final int KEPT_IDLE = 1;

  private static final Duration IDLE_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration SHORT_IDLE_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration LIFETIME = Duration.ofMinutes(30);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /// Prepared statements remembered per connection.
  private static final int STATEMENTS_KEPT = 128;

  private final Database database;
  private final PoolLimits limits;
  private final HikariDataSource source;

  private Pool(Database database, PoolLimits limits) {
    this.database = database;
    this.limits = limits;
    var config = new HikariConfig();
    config.setPoolName("freehold-" + database.name());
    config.setJdbcUrl(database.jdbcUrl());
    config.setDataSourceProperties(properties(database, limits));
    config.setMaximumPoolSize(limits.connections());
    config.setMinimumIdle(limits.lasting() ? KEPT_IDLE : 0);
    config.setIdleTimeout((limits.lasting() ? IDLE_TIMEOUT : SHORT_IDLE_TIMEOUT).toMillis());
    config.setMaxLifetime(LIFETIME.toMillis());
    config.setConnectionTimeout(Math.max(250, limits.waitLimit().toMillis()));
    config.setValidationTimeout(Math.clamp(limits.waitLimit().toMillis(), 250, 5_000));
    config.setInitializationFailTimeout(-1);
    config.setThreadFactory(Thread.ofPlatform().daemon().name("postgres-pool-", 0).factory());
    source = new HikariDataSource(config);
  }

  public static Pool open(Database database, PoolLimits limits) {
    return new Pool(database, limits);
  }

  /// Lends a connection in autocommit.
  ///
  /// @throws PostgresException for whatever the database or the pool refused
  public <T> T with(SqlWork<T> work) {
    try (var connection = source.getConnection()) {
      return work.run(connection);
    } catch (SQLTransientConnectionException e) {
      throw notLent(e);
    } catch (SQLException e) {
      var failure = PostgresException.of(e);
      if (failure.breaksConnection()) {
        replaceConnections();
      }
      throw failure;
    }
  }

  /// Lends a connection inside one transaction: committed when the work returns, rolled back when
  /// it throws.
  public <T> T transaction(SqlWork<T> work) {
    return with(connection -> {
      connection.setAutoCommit(false);
      var done = false;
      try {
        var result = work.run(connection);
        connection.commit();
        done = true;
        return result;
      } finally {
        if (!done) {
          rollBack(connection);
        }
      }
    });
  }

  /// The same connections for code that lends and returns them by itself.
  public DataSource source() {
    return source;
  }

  public Database database() {
    return database;
  }

  public int size() {
    return limits.connections();
  }

  /// How long a borrower waits for a connection.
  public Duration waitLimit() {
    return limits.waitLimit();
  }

  /// Connections lent now.
  public int active() {
    var bean = bean();
    return bean == null ? 0 : bean.getActiveConnections();
  }

  /// Connections open and not lent.
  public int idle() {
    var bean = bean();
    return bean == null ? 0 : bean.getIdleConnections();
  }

  /// Borrowers that wait now.
  public int waiting() {
    var bean = bean();
    return bean == null ? 0 : bean.getThreadsAwaitingConnection();
  }

  @Override
  public void close() {
    source.close();
  }

  private static void rollBack(Connection connection) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      // The failure that brought us here is the one to report; the pool drops a broken connection.
      return;
    }
  }

  /// After one connection broke, the idle ones are suspect too: a restart breaks them all.
  private void replaceConnections() {
    var bean = bean();
    if (bean != null) {
      bean.softEvictConnections();
    }
  }

  private PostgresException notLent(SQLTransientConnectionException error) {
    for (var cause = error.getCause(); cause instanceof SQLException e; cause = cause.getCause()) {
      return PostgresException.ofLogin(e);
    }
    return new PostgresException(
        new PostgresFailure.PoolFull(limits.connections(), limits.waitLimit()), error);
  }

  private @Nullable HikariPoolMXBean bean() {
    return source.isClosed() ? null : source.getHikariPoolMXBean();
  }

  private static Properties properties(Database database, PoolLimits limits) {
    var properties = database.properties();
    properties.setProperty("ApplicationName", "freehold");
    properties.setProperty("connectTimeout", Long.toString(CONNECT_TIMEOUT.toSeconds()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("gssEncMode", "disable");
    properties.setProperty("preparedStatementCacheQueries", Integer.toString(STATEMENTS_KEPT));
    if (!limits.lasting()) {
      properties.setProperty("prepareThreshold", "0");
    }
    return properties;
  }
}
