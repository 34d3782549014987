package dev.freehold.os;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// One external command: a list of arguments, never a line for a shell.
///
/// @param argv the program and its arguments
/// @param folder where it runs; inside a jail a path of the jail
/// @param environment its whole environment; nothing is inherited but what stands here
/// @param timeout after which its whole tree is killed; ignored for a process that is kept running
/// @param jail the sandbox it runs in, or none
public record Command(
    List<String> argv,
    Path folder,
    Map<String, String> environment,
    Duration timeout,
    Optional<Jail> jail) {
  /// What a command gets when it asks for nothing else.
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(60);

  private static final Map<String, String> PLAIN_ENVIRONMENT =
      Map.of(
          "PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "LANG", "C.UTF-8",
          "LC_ALL", "C.UTF-8");

  public Command {
    argv = List.copyOf(argv);
    environment = Map.copyOf(environment);
    for (var argument : argv) {
      if (argument.indexOf('\0') >= 0) {
        throw new IllegalArgumentException("an argument of " + argv.getFirst() + " holds a NUL");
      }
    }
  }

  public static Command of(String... argv) {
    return of(List.of(argv));
  }

  public static Command of(List<String> argv) {
    return new Command(argv, Path.of("/"), PLAIN_ENVIRONMENT, DEFAULT_TIMEOUT, Optional.empty());
  }

  public Command in(Path otherFolder) {
    return new Command(argv, otherFolder, environment, timeout, jail);
  }

  public Command within(Duration otherTimeout) {
    return new Command(argv, folder, environment, otherTimeout, jail);
  }

  public Command with(String name, String value) {
    return with(Map.of(name, value));
  }

  public Command with(Map<String, String> more) {
    var merged = new LinkedHashMap<>(environment);
    merged.putAll(more);
    return new Command(argv, folder, merged, timeout, jail);
  }

  public Command inside(Jail otherJail) {
    return new Command(argv, folder, environment, timeout, Optional.of(otherJail));
  }

  /// Runs as that OS user, without a file-system sandbox. Does nothing when we are not root: then
  /// there is no other user to become.
  public Command as(OsUser user) {
    if (!OsUser.weAreRoot() || user.uid() == 0) {
      return this;
    }
    var wrapped = new ArrayList<>(user.becoming());
    wrapped.addAll(argv);
    return new Command(wrapped, folder, environment, timeout, jail);
  }
}
