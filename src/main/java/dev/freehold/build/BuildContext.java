package dev.freehold.build;

import java.util.Set;
import java.util.function.Consumer;

/// Whose build it is and who follows it.
///
/// Interrupting the thread that runs the build stops it, with all that it started.
///
/// @param app names the app's own package cache and build folder, for example `shop`; two builds of
///   one app wait for each other
/// @param log gets each line as it comes, from several threads; never slow, never throws
/// @param limits what the build may take
/// @param hosts hosts that the build may reach beside the package registry, for example
///   `fonts.googleapis.com`
public record BuildContext(
    String app, Consumer<String> log, BuildLimits limits, Set<String> hosts) {

  public BuildContext {
    if (!app.matches("[a-z0-9][a-z0-9-]{0,62}")) {
      throw new IllegalArgumentException("not an app's name: " + app);
    }
    hosts = Set.copyOf(hosts);
  }

  public static BuildContext of(String app, Consumer<String> log) {
    return new BuildContext(app, log, BuildLimits.DEFAULT, Set.of());
  }

  void say(String line) {
    log.accept(line);
  }
}
