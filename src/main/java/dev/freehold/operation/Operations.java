package dev.freehold.operation;

import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import dev.freehold.store.Store;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// Runs Operations, one at a time per environment, and remembers how each ended.
public final class Operations implements AutoCloseable {
  private static final int KEPT_IN_MEMORY = 100;

  private final Store store;
  private final Clock clock;
  private final Map<String, RunningOperation> known = new ConcurrentHashMap<>();
  private final Map<String, String> busy = new ConcurrentHashMap<>();

  public Operations(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /// Marks what a crash cut off. Called once, before anything runs.
  public List<Operation> interrupted() {
    return store.transaction(() -> {
      var cut = list("where state in ('RUNNING', 'WAITING')");
      store.write(
          "update operation set state = 'INTERRUPTED', ended_at = ?"
              + " where state in ('RUNNING', 'WAITING')",
          clock.instant().toString());
      return cut;
    });
  }

  /// Starts the work on a thread of its own.
  ///
  /// @throws ProblemException `environment-busy` while another Operation runs on the environment
  public RunningOperation start(
      String kind, String environment, String by, Function<Progress, OperationEvent.Done> work) {
    var id = UUID.randomUUID().toString();
    var holder = busy.putIfAbsent(environment, id);
    if (holder != null) {
      throw Problem.of("environment-busy", "another operation is running on " + environment)
          .detail("operation " + holder)
          .hint("wait for it: freehold status")
          .raise();
    }
    store.write(
        "insert into operation (id, kind, environment, state, step, started_at, by)"
            + " values (?, ?, ?, 'RUNNING', '', ?, ?)",
        id,
        kind,
        environment,
        clock.instant().toString(),
        by);
    var running = new RunningOperation(id, (state, step) -> moved(id, state, step));
    forgetOld();
    known.put(id, running);
    running.run(
        work,
        problem -> {
          ended(id, problem);
          busy.remove(environment, id);
        });
    return running;
  }

  public RunningOperation running(String id) {
    var found = known.get(id);
    if (found == null) {
      throw Problem.of("operation-not-found", "there is no operation " + id).raise();
    }
    return found;
  }

  /// Newest first.
  public List<Operation> newest(int most) {
    return list("order by started_at desc, rowid desc limit " + Math.clamp(most, 1, 1_000));
  }

  /// Stops what runs and waits for it.
  @Override
  public void close() {
    known.values().forEach(RunningOperation::cancel);
    known.values().forEach(RunningOperation::join);
  }

  private void moved(String id, Operation.State state, String step) {
    store.write("update operation set state = ?, step = ? where id = ?", state.name(), step, id);
  }

  private void ended(String id, Optional<Problem> problem) {
    store.write(
        "update operation set state = ?, ended_at = ?, problem = ? where id = ?",
        problem.isEmpty() ? "DONE" : "FAILED",
        clock.instant().toString(),
        problem.map(p -> p.code() + ": " + p.message()).orElse(null),
        id);
  }

  private void forgetOld() {
    if (known.size() >= KEPT_IN_MEMORY) {
      known.values().removeIf(RunningOperation::ended);
    }
  }

  private List<Operation> list(String rest) {
    return store.list(
        "select id, kind, environment, state, step, started_at, ended_at, by, problem"
            + " from operation "
            + rest,
        row ->
            new Operation(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Operation.State.valueOf(row.getString(4)),
                row.getString(5),
                Instant.parse(row.getString(6)),
                Optional.ofNullable(row.getString(7)).map(Instant::parse),
                row.getString(8),
                Optional.ofNullable(row.getString(9))));
  }
}
