package dev.freehold.target;

import dev.freehold.app.Environment;
import java.util.List;

/// What an owner sees and does with the edge functions of an Environment.
public interface EdgeFunctions {
  /// Those of the live Release.
  List<Status> functions(Environment environment);

  /// Calls one as a client with the service key would.
  ///
  /// @throws dev.freehold.problem.ProblemException `function-not-found`, `function-not-called`
  Answer invoke(Environment environment, Call call);

  /// One function.
  ///
  /// @param verifyJwt whether callers must bring a token
  /// @param processes how many run now
  /// @param running calls that are not over
  /// @param calls calls since the server started
  /// @param errors of these, answered with 500 or more
  /// @param coldStarts of these, for which a process was started
  /// @param medianMicros of the last thousand calls
  /// @param p99Micros of the last thousand calls
  record Status(
      String name,
      boolean verifyJwt,
      int release,
      int processes,
      int running,
      long calls,
      long errors,
      long coldStarts,
      long medianMicros,
      long p99Micros) {}

  /// @param path below the function's own, empty or with a slash at its start, query included
  /// @param body empty for none
  record Call(String name, String method, String path, String contentType, String body) {}

  /// @param id names the call in the function's log
  record Answer(int status, String contentType, String body, String id) {}
}
