package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import java.nio.file.Path;

/// Which folder of the data folder belongs to whom. Names come from validated values alone, so that
/// no path can be escaped from.
record HostPaths(Path data) {
  Path cluster(Environment environment) {
    return data.resolve("clusters").resolve(folder(environment));
  }

  Path releases(Environment environment) {
    return data.resolve("releases").resolve(folder(environment));
  }

  /// Our own Node modules, for every app's jail.
  Path scripts() {
    return data.resolve("node");
  }

  /// The account and host lists of one Environment's jail.
  Path jail(Environment environment) {
    return data.resolve("jails").resolve(folder(environment));
  }

  /// What one Environment's auth server would have mailed.
  Path mails(Environment environment) {
    return data.resolve("mail").resolve(folder(environment));
  }

  /// The bytes of one Environment's files.
  Path storage(Environment environment) {
    return data.resolve("storage").resolve(folder(environment));
  }

  Path engines() {
    return data.resolve("engines");
  }

  private static String folder(Environment environment) {
    return environment.app() + "." + environment.name();
  }
}
