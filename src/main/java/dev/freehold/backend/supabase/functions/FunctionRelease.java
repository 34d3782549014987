package dev.freehold.backend.supabase.functions;

import java.util.List;

/// The functions of one Release.
///
/// @param number the Release's; 0 for a folder that is served as it is
/// @param functions what is served
/// @param launcher starts a process for one of them
public record FunctionRelease(int number, List<Facts> functions, Launcher launcher) {
  /// Nothing.
  public static final FunctionRelease NONE =
      new FunctionRelease(
          0,
          List.of(),
          facts -> {
            throw new IllegalStateException("there is no function " + facts.name());
          });

  public FunctionRelease {
    functions = List.copyOf(functions);
  }

  /// One function.
  ///
  /// @param verifyJwt whether a call must bring a valid token
  public record Facts(String name, boolean verifyJwt) {}

  /// Starts processes.
  @FunctionalInterface
  public interface Launcher {
    /// Returns at once; the process may not listen yet.
    FunctionProcess start(Facts function);

    /// Does once what makes later starts of the function faster. Blocks; interrupting ends it.
    default void prepare(Facts function) {}
  }
}
