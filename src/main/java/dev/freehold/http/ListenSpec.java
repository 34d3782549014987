package dev.freehold.http;

import java.nio.file.Path;

/// Where to listen, and what to put up with there.
public record ListenSpec(Address address, Limits limits) {

  /// A place a client can connect to.
  public sealed interface Address {
    /// A TCP port on one interface; port 0 takes a free one.
    record Tcp(String host, int port) implements Address {}

    /// A Unix socket that only the user who runs us may connect to (mode 0600). A socket left
    /// behind by a process that died is replaced.
    record Unix(Path path) implements Address {}
  }

  public static ListenSpec tcp(String host, int port) {
    return new ListenSpec(new Address.Tcp(host, port), Limits.DEFAULT);
  }

  public static ListenSpec unix(Path path) {
    return new ListenSpec(new Address.Unix(path), Limits.DEFAULT);
  }

  public ListenSpec with(Limits newLimits) {
    return new ListenSpec(address, newLimits);
  }
}
