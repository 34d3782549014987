package dev.freehold.operation;

import dev.freehold.app.Apps;
import dev.freehold.app.Environment;
import dev.freehold.target.Target;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;

/// Removes an Environment and all that was kept of it, but for a final dump of its database.
public final class Destroy {
  private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("uuuuMMdd-HHmmss");

  private final Apps apps;
  private final Target target;
  private final Path dumps;
  private final Clock clock;

  /// @param dumps where final dumps are kept
  public Destroy(Apps apps, Target target, Path dumps, Clock clock) {
    this.apps = apps;
    this.target = target;
    this.dumps = dumps;
    this.clock = clock;
  }

  public OperationEvent.Done run(Environment environment, boolean keepDump, Progress progress) {
    var folder =
        dumps.resolve(
            environment.id().replace('/', '.')
                + "-"
                + STAMP.format(clock.instant().atOffset(ZoneOffset.UTC)));
    var kept =
        progress.step(
            "remove",
            () ->
                target.remove(
                    environment,
                    keepDump ? Optional.of(folder) : Optional.empty(),
                    progress::line));
    apps.forget(environment);
    return new OperationEvent.Done(
        environment.id()
            + " is gone."
            + kept.map(file -> " Its final dump is " + file).orElse(" No dump was kept."),
        Map.of("environment", environment.id(), "dump", kept.map(Path::toString).orElse("")));
  }
}
