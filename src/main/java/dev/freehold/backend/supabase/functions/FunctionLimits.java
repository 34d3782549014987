package dev.freehold.backend.supabase.functions;

import java.time.Duration;

/// What functions may take, so that none harms another.
///
/// @param processes how many processes may run for one function at once
/// @param allProcesses how many may run for all functions of one Environment
/// @param comfortableCalls calls a process answers at once before another is started
/// @param mostCalls calls a process is given at once when no other can be started
/// @param queue how many further calls of one function wait
/// @param queueWait how long one waits
/// @param boot how long a process may take until it listens
/// @param answer how long an answer may take to begin
/// @param blocked how long a process may be busy without looking up, before it is killed
/// @param idle after which a process nobody calls is stopped
/// @param age after which a process is replaced by a fresh one
/// @param maxBodyBytes the largest body of a request
public record FunctionLimits(
    int processes,
    int allProcesses,
    int comfortableCalls,
    int mostCalls,
    int queue,
    Duration queueWait,
    Duration boot,
    Duration answer,
    Duration blocked,
    Duration idle,
    Duration age,
    long maxBodyBytes) {

  /// As a hosted project has them where it has such a limit (Supabase documentation, "Functions:
  /// Limits"): 150 s to an answer.
  public static final FunctionLimits DEFAULT =
      new FunctionLimits(
          4,
          32,
          8,
          64,
          256,
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          Duration.ofSeconds(150),
          Duration.ofSeconds(10),
          Duration.ofMinutes(5),
          Duration.ofHours(1),
          512L << 20);
}
