package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.target.NetworkAccess;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/// What the code of this host's Environments may reach, for their owners.
///
/// @param changed starts functions anew: a process keeps the permissions it was started with
record HostNetwork(
    Function<Environment, EnvironmentNetwork> networks,
    Consumer<Environment> changed,
    Optional<String> warning)
    implements NetworkAccess {
  @Override
  public List<String> allowed(Environment environment) {
    return networks.apply(environment).allowed();
  }

  @Override
  public String allow(Environment environment, String host) {
    var kept = networks.apply(environment).allow(host);
    changed.accept(environment);
    return kept;
  }

  @Override
  public String forbid(Environment environment, String host) {
    var kept = networks.apply(environment).forbid(host);
    changed.accept(environment);
    return kept;
  }
}
