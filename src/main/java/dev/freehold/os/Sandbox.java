package dev.freehold.os;

import dev.freehold.problem.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Turns a [Jail] into the words of bubblewrap (`bwrap`), which makes it with Linux namespaces.
///
/// As root, bubblewrap builds the file system and then drops to the jail's user; otherwise it uses
/// a user namespace of our own account. Where bubblewrap is missing only the OS user and the
/// `prlimit` limits are left, and [#warning] says so.
public final class Sandbox {
  private static final List<String> SYSTEM_FOLDERS =
      List.of("/usr", "/bin", "/sbin", "/lib", "/lib64", "/lib32");
  private static final List<String> SYSTEM_FILES =
      List.of(
          "/etc/ssl",
          "/etc/ca-certificates",
          "/etc/pki",
          "/etc/resolv.conf",
          "/etc/nsswitch.conf",
          "/etc/localtime",
          "/etc/ld.so.cache",
          "/etc/alternatives");
  private static final String TMP_BYTES = Long.toString(2L << 30);

  /// From this Linux on, a user namespace counts its processes by itself: before, the limit of one
  /// jail of ours would count every process of our account.
  private static final double COUNTS_BY_NAMESPACE = 5.14;

  /// Tried once a process, by the first who asks. Not by a class's initializer: virtual threads
  /// that wait for one hold their carriers, and with all carriers held the try itself never ends.
  private static final FutureTask<Boolean> PROBE = new FutureTask<>(Sandbox::tryIt);

  private Sandbox() {}

  /// Whether bubblewrap is installed and works here.
  public static boolean available() {
    PROBE.run();
    try {
      return PROBE.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "interrupted while trying bubblewrap").raise(e);
    }
  }

  /// What the owner must know when untrusted code runs without a sandbox.
  public static Optional<String> warning() {
    return available()
        ? Optional.empty()
        : Optional.of(
            "bubblewrap is not usable here: builds and apps run as another OS user but see this"
                + " machine's readable files. Install it: apt-get install bubblewrap");
  }

  /// Whether a jailed command waits at its standard input until it is told to go on.
  ///
  /// Only root can hold it in a control group, so only then is there something to wait for.
  static boolean waits() {
    return OsUser.weAreRoot() && available();
  }

  /// The command's words with the jail around them.
  static List<String> wrap(Command command, Jail jail) {
    return available() ? bubblewrapped(command, jail) : userOnly(command, jail);
  }

  private static List<String> bubblewrapped(Command command, Jail jail) {
    boolean root = OsUser.weAreRoot();
    var words = new ArrayList<>(limits(jail));
    words.addAll(
        List.of("bwrap", "--die-with-parent", "--new-session", "--unshare-pid", "--unshare-ipc"));
    words.addAll(List.of("--unshare-uts", "--hostname", "app"));
    if (waits()) {
      words.addAll(List.of("--block-fd", "0"));
    }
    if (!jail.network()) {
      words.add("--unshare-net");
    }
    if (root) {
      words.addAll(List.of("--cap-drop", "ALL"));
      words.addAll(List.of("--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"));
    } else {
      words.add("--unshare-user");
    }
    words.addAll(List.of("--proc", "/proc", "--dev", "/dev"));
    words.addAll(List.of("--perms", "1777", "--size", TMP_BYTES, "--tmpfs", "/tmp"));
    folder(words, Path.of("/etc"));
    for (var folder : SYSTEM_FOLDERS) {
      system(words, Path.of(folder));
    }
    folder(words, Path.of("/etc"));
    for (var file : SYSTEM_FILES) {
      readOnly(words, Path.of(file), Path.of(file));
    }
    above(jail.mounts()).forEach(folder -> folder(words, folder));
    for (var mount : jail.mounts()) {
      words.add(mount.writable() ? "--bind" : "--ro-bind");
      words.add(mount.outside().toString());
      words.add(mount.inside().toString());
    }
    words.addAll(List.of("--chdir", command.folder().toString(), "--"));
    if (root) {
      words.addAll(jail.user().becoming());
    }
    words.addAll(processLimit(jail));
    words.addAll(command.argv());
    return words;
  }

  /// The folders that the mounts lie in. Bubblewrap would make them too, but for root alone where
  /// the mounted folder lies in one that is for root alone.
  private static SortedSet<Path> above(List<Jail.Mount> mounts) {
    var folders = new TreeSet<Path>();
    for (var mount : mounts) {
      for (var folder = DurableFiles.parent(mount.inside());
          folder.getNameCount() > 0;
          folder = DurableFiles.parent(folder)) {
        folders.add(folder);
      }
    }
    return folders;
  }

  private static void folder(List<String> words, Path folder) {
    words.addAll(List.of("--perms", "0755", "--dir", folder.toString()));
  }

  private static void system(List<String> words, Path folder) {
    if (Files.isSymbolicLink(folder)) {
      words.addAll(List.of("--symlink", "usr/" + folder.getFileName(), folder.toString()));
    } else {
      readOnly(words, folder, folder);
    }
  }

  private static void readOnly(List<String> words, Path outside, Path inside) {
    if (Files.exists(outside)) {
      words.addAll(List.of("--ro-bind", outside.toString(), inside.toString()));
    }
  }

  private static List<String> userOnly(Command command, Jail jail) {
    var words = new ArrayList<>(limits(jail));
    if (OsUser.weAreRoot()) {
      words.addAll(jail.user().becoming());
      words.addAll(processLimit(jail));
    }
    words.addAll(command.argv());
    return words;
  }

  /// Counted for the jail's user, so it is set once we have become that user.
  private static List<String> processLimit(Jail jail) {
    return OsUser.weAreRoot() || linuxVersion() >= COUNTS_BY_NAMESPACE
        ? List.of("prlimit", "--nproc=" + jail.limits().processes(), "--")
        : List.of();
  }

  /// Major and minor as one number that compares well: 5.4 is 5.04.
  private static double linuxVersion() {
    var parts = System.getProperty("os.version").split("[^0-9]+");
    return parts.length < 2
        ? 0
        : Integer.parseInt(parts[0]) + Math.min(99, Integer.parseInt(parts[1])) / 100.0;
  }

  private static List<String> limits(Jail jail) {
    return List.of("prlimit", "--core=0", "--fsize=" + jail.limits().fileBytes(), "--");
  }

  private static boolean tryIt() {
    var words = new ArrayList<>(List.of("bwrap", "--unshare-pid", "--unshare-net"));
    if (!OsUser.weAreRoot()) {
      words.add("--unshare-user");
    }
    words.addAll(List.of("--ro-bind", "/", "/", "--", "true"));
    return Commands.succeeds(Command.of(words));
  }
}
