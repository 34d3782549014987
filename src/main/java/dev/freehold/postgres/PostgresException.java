package dev.freehold.postgres;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/// Carries a [PostgresFailure], so that no caller has to know JDBC or the protocol.
///
/// Its message holds the server's message but never its detail, which may quote rows.
public final class PostgresException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient PostgresFailure failure;

  PostgresException(PostgresFailure failure, @Nullable Throwable cause) {
    super(summary(failure), cause);
    this.failure = failure;
  }

  /// Without a stack: what the server refused is no fault of the code that asked.
  public PostgresException(PostgresFailure failure) {
    super(summary(failure), null, false, false);
    this.failure = failure;
  }

  public PostgresFailure failure() {
    return failure;
  }

  /// The SQLSTATE when the server refused, otherwise empty.
  public String sqlState() {
    return switch (failure) {
      case PostgresFailure.Refused refused -> refused.sqlState();
      case PostgresFailure.NotAdmitted refused -> refused.sqlState();
      case PostgresFailure.Unreachable _, PostgresFailure.Broken _, PostgresFailure.PoolFull _ ->
          "";
    };
  }

  /// Reads what JDBC reported.
  public static PostgresException of(SQLException error) {
    var server = error instanceof PSQLException p ? p.getServerErrorMessage() : null;
    if (server != null) {
      return new PostgresException(refused(server), error);
    }
    var state = text(error.getSQLState());
    if (state.equals("08001")) {
      return new PostgresException(
          new PostgresFailure.Unreachable(text(error.getMessage())), error);
    }
    if (state.startsWith("08") || state.isEmpty()) {
      return new PostgresException(new PostgresFailure.Broken(text(error.getMessage())), error);
    }
    return new PostgresException(
        new PostgresFailure.Refused(state, text(error.getMessage()), "", "", ""), error);
  }

  /// Reads why JDBC could not connect.
  static PostgresException ofLogin(SQLException error) {
    var server = error instanceof PSQLException p ? p.getServerErrorMessage() : null;
    var message = text(error.getMessage());
    return new PostgresException(
        server == null
            ? new PostgresFailure.Unreachable(message)
            : PostgresFailure.ofLogin(text(server.getSQLState()), text(server.getMessage())),
        error);
  }

  /// Whether the connection that reported this can no longer be used.
  public boolean breaksConnection() {
    return switch (failure) {
      case PostgresFailure.Broken _ -> true;
      case PostgresFailure.Refused refused ->
          refused.sqlState().startsWith("57P") || refused.sqlState().startsWith("08");
      case PostgresFailure.Unreachable _,
          PostgresFailure.NotAdmitted _,
          PostgresFailure.PoolFull _ ->
          false;
    };
  }

  private static PostgresFailure refused(ServerErrorMessage server) {
    return new PostgresFailure.Refused(
        text(server.getSQLState()),
        text(server.getMessage()),
        text(server.getDetail()),
        text(server.getHint()),
        text(server.getConstraint()));
  }

  private static String summary(PostgresFailure failure) {
    return switch (failure) {
      case PostgresFailure.Refused refused -> refused.sqlState() + ": " + refused.message();
      case PostgresFailure.Unreachable unreachable -> unreachable.message();
      case PostgresFailure.NotAdmitted refused -> refused.sqlState() + ": " + refused.message();
      case PostgresFailure.Broken broken -> broken.message();
      case PostgresFailure.PoolFull full ->
          "all "
              + full.size()
              + " connections stayed in use for "
              + full.waited().toMillis()
              + " ms";
    };
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}
