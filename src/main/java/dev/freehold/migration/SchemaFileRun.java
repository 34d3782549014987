package dev.freehold.migration;

import dev.freehold.digest.Digest;
import dev.freehold.telemetry.Events;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// One run of one file.
///
/// As a rule the file and its record in the history are one transaction. Where PostgreSQL does not
/// allow that (`CREATE INDEX CONCURRENTLY`, or an enum value used in the file that adds it) the
/// transaction is cut, and the number of statements done is committed with each piece: a run that
/// is killed goes on where it was.
final class SchemaFileRun {
  /// An enum value was used in the transaction that added it.
  static final String UNSAFE_ENUM_VALUE = "55P04";

  private static final String NOT_SUPPORTED = "0A000";
  private static final String SAVEPOINT = "savepoint freehold_statement";
  private static final String BACK = "rollback to savepoint freehold_statement";
  private static final String RELEASE = "release savepoint freehold_statement";

  private final SchemaSession session;
  private final Extensions extensions;
  private final SchemaFile file;
  private final List<SqlStatement> statements;
  private final SchemaMigrations.OnFailure onFailure;
  private final Events events;
  private final List<String> done = new ArrayList<>();

  SchemaFileRun(
      SchemaSession session,
      Extensions extensions,
      SchemaFile file,
      SchemaMigrations.OnFailure onFailure,
      Events events) {
    this.session = session;
    this.extensions = extensions;
    this.file = file;
    this.statements = file.statements();
    this.onFailure = onFailure;
    this.events = events;
  }

  /// Runs the file to its record in the history.
  ///
  /// @param cut whether the transaction ends after each new enum value
  /// @return how many statements ran
  /// @throws Failed when a statement failed and may not be skipped; nothing since the last cut is
  ///   kept
  int run(boolean cut) throws SQLException, Failed {
    done.clear();
    session.reset();
    session.commit();
    int from = resumeAt();
    statements.subList(0, from).forEach(statement -> done.add(statement.text()));
    for (int i = from; i < statements.size(); i++) {
      step(i, cut);
    }
    session.resetRole();
    session.record(file, done);
    try {
      session.commit();
    } catch (SQLException e) {
      // A constraint that waits for the end of the transaction refused its rows.
      if (statements.isEmpty()) {
        throw e;
      }
      throw new Failed(statements.getLast(), e);
    }
    return done.size();
  }

  private void step(int index, boolean cut) throws SQLException, Failed {
    var statement = statements.get(index);
    var kind = statement.kind();
    if (kind == SqlStatement.Kind.TRANSACTION) {
      return;
    }
    if (kind == SqlStatement.Kind.ALONE) {
      progress(index);
    }
    boolean ran = attempt(index, kind);
    if (ran) {
      done.add(statement.text());
    }
    boolean skipping = onFailure == SchemaMigrations.OnFailure.SKIP;
    if (kind == SqlStatement.Kind.ALONE
        || (kind == SqlStatement.Kind.NEW_ENUM_VALUE && (cut || skipping))) {
      progress(index + 1);
    }
  }

  private boolean attempt(int index, SqlStatement.Kind kind) throws SQLException, Failed {
    var statement = statements.get(index);
    boolean skipping = onFailure == SchemaMigrations.OnFailure.SKIP;
    boolean alone = kind == SqlStatement.Kind.ALONE;
    if (skipping && !alone) {
      session.run(SAVEPOINT);
    }
    try {
      execute(statement, kind);
    } catch (SQLException e) {
      if (connectionLost(e)) {
        throw e;
      }
      if (!skipping) {
        throw new Failed(statement, e);
      }
      if (!alone) {
        session.run(BACK);
      }
      session.skip(file, index, statement, e);
      events.publish(
          new SchemaMigrationEvent.Skipped(
              file.fileName(), statement.line(), SchemaMigrations.reason(e)));
      return false;
    }
    if (skipping && !alone) {
      session.run(RELEASE);
    }
    return true;
  }

  /// Connection exceptions, and the server's own end: nothing the statement did.
  private static boolean connectionLost(SQLException e) {
    var state = String.valueOf(e.getSQLState());
    return state.startsWith("08") || state.startsWith("57P");
  }

  private void execute(SqlStatement statement, SqlStatement.Kind kind) throws SQLException {
    switch (kind) {
      case PLAIN, NEW_ENUM_VALUE, TRANSACTION -> session.run(statement.text());
      case ALONE -> session.runAlone(statement.text());
      case CREATE_EXTENSION -> extensions.create(statement);
      case MOVE_EXTENSION -> extensions.move(statement);
      case COPY_FROM_STDIN ->
          throw new SQLException(
              "rows after COPY … FROM STDIN are a dump's: a schema migration cannot hold them",
              NOT_SUPPORTED);
      case PSQL ->
          throw new SQLException(
              "this is a command of psql, not SQL: " + statement.excerpt(), NOT_SUPPORTED);
      case ROLLBACK ->
          throw new SQLException(
              "a schema migration is one transaction and cannot end it itself", NOT_SUPPORTED);
    }
  }

  private void progress(int count) throws SQLException {
    session.resetRole();
    session.progress(file, count, digest(count));
    session.commit();
  }

  /// The number of statements an earlier run committed, provided they are still the same.
  private int resumeAt() throws SQLException {
    int count = session.progress(file);
    return count > 0
            && count <= statements.size()
            && digest(count).equals(session.progressDigest(file))
        ? count
        : 0;
  }

  private String digest(int count) {
    var hash = Digest.SHA_256.start();
    for (var statement : statements.subList(0, count)) {
      hash.update(statement.text().getBytes(StandardCharsets.UTF_8));
      hash.update((byte) 0);
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  /// A statement failed, and the owner did not allow to leave it out.
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient SqlStatement statement;
    private final SQLException reason;

    Failed(SqlStatement statement, SQLException reason) {
      super(reason);
      this.statement = statement;
      this.reason = reason;
    }

    SqlStatement statement() {
      return statement;
    }

    SQLException reason() {
      return reason;
    }
  }
}
