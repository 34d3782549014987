package dev.freehold.os;

import java.nio.file.Path;

/// The account list and the host list that one app's jail sees instead of the machine's own: they
/// name nobody but the app, and the app's own host leads to loopback.
///
/// @param accounts takes the place of /etc/passwd
/// @param hosts takes the place of /etc/hosts
public record JailFiles(Path accounts, Path hosts) {
  /// Writes both into a folder.
  ///
  /// @param name the app's host without `.localhost`
  public static JailFiles into(Path folder, OsUser user, String name) {
    if (!name.matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")) {
      throw new IllegalArgumentException("not a host name: " + name);
    }
    DurableFiles.folder(folder);
    var accounts = folder.resolve("passwd");
    DurableFiles.write(
        accounts, "app:x:%d:%d::/tmp:/usr/sbin/nologin\n".formatted(user.uid(), user.gid()));
    var hosts = folder.resolve("hosts");
    DurableFiles.write(
        hosts, "127.0.0.1 localhost app\n::1 localhost\n127.0.0.1 " + name + ".localhost\n");
    return new JailFiles(accounts, hosts);
  }
}
