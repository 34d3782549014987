package dev.freehold.os;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// An unprivileged account of this machine, by number. Only root can become another one.
///
/// @param name what it is called in the account list, or what a jail's own account list calls it
public record OsUser(String name, int uid, int gid) {
  private static final Path ACCOUNTS = Path.of("/etc/passwd");

  /// The account we run as.
  public static OsUser current() {
    try {
      int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
      int gid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
      return new OsUser(System.getProperty("user.name"), uid, gid);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static boolean weAreRoot() {
    return current().uid() == 0;
  }

  /// The account of that name, created as a system account without a shell when it does not exist.
  /// When we are not root the answer is the account we run as.
  public static OsUser ensure(String name) {
    if (!weAreRoot()) {
      return current();
    }
    return find(name).orElseGet(() -> create(name));
  }

  /// An account by number alone, for a jail: it needs no line in the account list. When we are not
  /// root the answer is the account we run as.
  public static OsUser numbered(String name, int uid) {
    return weAreRoot() ? new OsUser(name, uid, uid) : current();
  }

  /// The account of that name, if the machine has it.
  public static Optional<OsUser> find(String name) {
    try (var lines = Files.lines(ACCOUNTS)) {
      return lines
          .map(line -> line.split(":"))
          .filter(f -> f.length > 3 && f[0].equals(name))
          .map(f -> new OsUser(name, Integer.parseInt(f[2]), Integer.parseInt(f[3])))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The words before a command that make it run as this account, without any privilege.
  List<String> becoming() {
    return List.of(
        "setpriv",
        "--reuid",
        Integer.toString(uid),
        "--regid",
        Integer.toString(gid),
        "--clear-groups",
        "--no-new-privs",
        "--");
  }

  private static OsUser create(String name) {
    var made =
        Commands.run(
            Command.of(
                "useradd",
                "--system",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                name));
    return find(name)
        .orElseThrow(() ->
            Problem.of("os-user-missing", "could not create the OS user " + name)
                .detail(made.lastWords())
                .hint("create it yourself: useradd --system " + name)
                .raise());
  }
}
