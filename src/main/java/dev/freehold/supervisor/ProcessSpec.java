package dev.freehold.supervisor;

import dev.freehold.os.Command;
import java.time.Duration;
import java.util.regex.Pattern;

/// What to run and how to keep it running. Two specs with the same id are the same place: one of
/// them runs at a time.
///
/// @param id names it in events, files and problems, for example `shop/production/v3`
/// @param command how it is started; its timeout is ignored
/// @param port where it listens on loopback; 0 for a process that is not asked anything
/// @param readiness how we learn that it answers
/// @param restart what happens when it ends by itself
/// @param stopPatience how long it may take to finish after it was asked to stop
/// @param log what its output lines are labelled with
public record ProcessSpec(
    String id,
    Command command,
    int port,
    Readiness readiness,
    RestartPolicy restart,
    Duration stopPatience,
    LogLabels log) {
  /// Requests in flight get this long to finish unless a spec says otherwise.
  public static final Duration DEFAULT_STOP_PATIENCE = Duration.ofSeconds(30);

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9./-]{0,199}");
  private static final int MAX_PORT = 65_535;

  /// The labels of a [dev.freehold.telemetry.LogLine].
  ///
  /// @param source what writes it, for example `app`
  /// @param scope whose it is, for example `shop/production`
  /// @param release the release it belongs to, 0 for none
  public record LogLabels(String source, String scope, int release) {}

  public ProcessSpec {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("not an id of a process: " + id);
    }
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException(id + " cannot listen on port " + port);
    }
  }

  /// A spec with the usual readiness, restarts and patience.
  public static ProcessSpec of(String id, Command command, int port, LogLabels log) {
    return new ProcessSpec(
        id, command, port, Readiness.of("/"), RestartPolicy.USUAL, DEFAULT_STOP_PATIENCE, log);
  }

  public ProcessSpec ready(Readiness other) {
    return new ProcessSpec(id, command, port, other, restart, stopPatience, log);
  }

  public ProcessSpec restarting(RestartPolicy other) {
    return new ProcessSpec(id, command, port, readiness, other, stopPatience, log);
  }

  public ProcessSpec stoppingWithin(Duration other) {
    return new ProcessSpec(id, command, port, readiness, restart, other, log);
  }
}
