package dev.freehold.target;

import dev.freehold.app.Environment;
import java.util.List;
import java.util.Optional;

/// What an App's own code, its server and its functions, may reach on the network.
public interface NetworkAccess {
  /// The hosts that the owner opened, beside the public internet.
  List<String> allowed(Environment environment);

  /// Opens a host.
  ///
  /// @param host `HOST`, `HOST:PORT`, an address, or a range such as `10.0.0.0/8`
  /// @return as it is kept
  /// @throws dev.freehold.problem.ProblemException `host-invalid`, `host-closed`, `too-many-hosts`
  String allow(Environment environment, String host);

  /// Closes a host again.
  ///
  /// @throws dev.freehold.problem.ProblemException `host-not-allowed` when it was not open
  String forbid(Environment environment, String host);

  /// Why this machine cannot hold Apps to it; empty when it does.
  Optional<String> warning();
}
