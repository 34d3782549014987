package dev.freehold.os;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A sandbox for untrusted code: another OS user, a file system of only what is named here, its own
/// process numbers, and limits.
///
/// @param user who it runs as
/// @param mounts what it sees beside the system's own read-only programs and libraries
/// @param network whether it may use the machine's network; without it only its own loopback exists
/// @param limits how much it may take
public record Jail(OsUser user, List<Mount> mounts, boolean network, Limits limits) {

  /// One folder or file of the machine that the jail sees.
  ///
  /// @param outside where it is on the machine
  /// @param inside where the jail sees it
  public record Mount(Path outside, Path inside, boolean writable) {}

  /// What a jail may take.
  ///
  /// @param memoryBytes resident memory of the whole tree; enforced where control groups exist
  /// @param processes processes and threads of the whole tree
  /// @param cpus processors' worth of time; enforced where control groups exist
  /// @param fileBytes the largest file it may write
  public record Limits(long memoryBytes, int processes, double cpus, long fileBytes) {}

  public Jail {
    mounts = List.copyOf(mounts);
  }

  public Jail seeing(Path outside, Path inside) {
    return mounting(new Mount(outside, inside, false));
  }

  public Jail writing(Path outside, Path inside) {
    return mounting(new Mount(outside, inside, true));
  }

  /// The same jail with account, group and host lists of its own, written below `folder`: programs
  /// ask who they are, and the machine's own lists are none of their business.
  ///
  /// @param folder outside the jail, writable by nobody in it, kept as long as the jail is used
  /// @param home the user's home folder inside the jail
  public Jail withAccount(Path folder, Path home) {
    var name = user.name() + ":x:";
    var nobody = "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n";
    var self = name + user.uid() + ":" + user.gid() + "::" + home + ":/bin/sh\n";
    DurableFiles.write(folder.resolve("passwd"), self + nobody);
    DurableFiles.write(folder.resolve("group"), name + user.gid() + ":\nnogroup:x:65534:\n");
    DurableFiles.write(
        folder.resolve("hosts"), "127.0.0.1 localhost app\n::1 localhost ip6-localhost\n");
    return seeing(folder.resolve("passwd"), Path.of("/etc/passwd"))
        .seeing(folder.resolve("group"), Path.of("/etc/group"))
        .seeing(folder.resolve("hosts"), Path.of("/etc/hosts"));
  }

  private Jail mounting(Mount mount) {
    var more = new ArrayList<>(mounts);
    more.add(mount);
    return new Jail(user, more, network, limits);
  }
}
