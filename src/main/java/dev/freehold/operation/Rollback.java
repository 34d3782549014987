package dev.freehold.operation;

import dev.freehold.app.Environment;
import dev.freehold.problem.Problem;
import dev.freehold.release.Release;
import dev.freehold.release.ReleaseHistory;
import dev.freehold.target.Target;
import java.util.Map;
import java.util.Optional;

/// Makes an earlier Release live again: its artifact, its variables, its secret versions. No build,
/// no copy, and the database stays as it is.
public final class Rollback {
  private final ReleaseHistory history;
  private final Target target;

  public Rollback(ReleaseHistory history, Target target) {
    this.history = history;
    this.target = target;
  }

  /// @param to the release's number, or the one that was live before
  public OperationEvent.Done run(
      Environment environment, Optional<Integer> to, String by, Progress progress) {
    var release =
        to.map(number -> history.release(environment, number))
            .orElseGet(() -> history.previous(environment));
    refuseTheLiveOne(environment, release);
    var placed = progress.step("start", () -> target.place(release, progress::line));
    history.activated(release, by, "rollback");
    progress.step(
        "switch",
        () -> {
          target.activate(placed);
          return true;
        });
    return new OperationEvent.Done(
        environment.id()
            + " "
            + release.label()
            + " is live again at "
            + target.address(environment),
        Map.of(
            "environment", environment.id(),
            "release", release.number(),
            "address", target.address(environment)));
  }

  private void refuseTheLiveOne(Environment environment, Release release) {
    if (history.live(environment).filter(live -> live.number() == release.number()).isPresent()) {
      throw Problem.of("release-is-live", release.label() + " is what is live already")
          .hint("freehold releases --app " + environment.app() + " lists the others")
          .raise();
    }
  }
}
