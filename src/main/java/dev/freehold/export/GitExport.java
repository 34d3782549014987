package dev.freehold.export;

import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.api.errors.JGitInternalException;
import org.eclipse.jgit.api.errors.TransportException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.FileMode;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.lib.SubmoduleConfig.FetchRecurseSubmodulesMode;
import org.eclipse.jgit.revwalk.RevWalk;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.TagOpt;
import org.eclipse.jgit.treewalk.TreeWalk;

/// Fetches one commit of a repository, without its history, and writes its files.
///
/// The files are written from the commit's tree and never checked out, so no hook, filter or
/// attribute of the repository runs. Submodules and links are refused. Nothing ever asks for a
/// password: a repository that needs one is refused, unless the address carries it or an SSH key
/// opens it.
final class GitExport {
  /// Longest fetch.
  static final Duration MAX_TIME = Duration.ofMinutes(5);

  /// Longest silence of the other side.
  private static final Duration MAX_SILENCE = Duration.ofSeconds(30);

  private static final String WANTED = "refs/freehold/wanted";

  private GitExport() {}

  static Export read(GitAddress address, Path workspace) {
    var bare = workspace.resolve("git-" + UUID.randomUUID());
    var root = workspace.resolve("export-" + UUID.randomUUID());
    boolean done = false;
    try (var git = Git.init().setBare(true).setGitDir(bare.toFile()).call()) {
      withoutCleaning(git.getRepository());
      var commit = fetch(git, address, bare);
      Files.createDirectories(root);
      write(git.getRepository(), commit, root);
      var folder = FolderExport.read(root, address.shown());
      done = true;
      return new Export(
          root,
          address.name(),
          Export.Kind.GIT,
          address.shown(),
          folder.digest(),
          folder.files(),
          folder.bytes(),
          true);
    } catch (GitAPIException | JGitInternalException e) {
      throw refused(address, e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      DurableFiles.deleteTree(bare);
      if (!done) {
        DurableFiles.deleteTree(root);
      }
    }
  }

  /// Git would tidy up in the background, in a folder that is about to be deleted.
  private static void withoutCleaning(Repository repository) throws IOException {
    var config = repository.getConfig();
    config.setInt("gc", null, "auto", 0);
    config.setBoolean("gc", null, "autoDetach", false);
    config.save();
  }

  private static ObjectId fetch(Git git, GitAddress address, Path bare)
      throws GitAPIException, IOException {
    var monitor = new FetchLimits(bare, MAX_TIME);
    try {
      if (address.commit()) {
        return fetchCommit(git, address, monitor);
      }
      for (var source : address.sources()) {
        try {
          fetch(git, address.url(), "+" + source + ":" + WANTED, 1, monitor);
          return Objects.requireNonNull(git.getRepository().resolve(WANTED));
        } catch (TransportException e) {
          if (!isAbsent(e)) {
            throw e;
          }
        }
      }
    } catch (GitAPIException | JGitInternalException e) {
      monitor.raiseIfExceeded(address.shown());
      throw e;
    }
    throw absent(address);
  }

  private static RuntimeException absent(GitAddress address) {
    return Problem.of("git-ref-not-found", "The repository has no such branch, tag or commit")
        .detail(address.shown())
        .raise();
  }

  /// Asks for the commit alone; a server that gives only what its branches point at is asked for
  /// all branches with their history.
  private static ObjectId fetchCommit(Git git, GitAddress address, FetchLimits monitor)
      throws GitAPIException, IOException {
    var commit = ObjectId.fromString(address.at());
    var objects = git.getRepository().getObjectDatabase();
    try {
      fetch(git, address.url(), address.at() + ":" + WANTED, 1, monitor);
    } catch (TransportException e) {
      monitor.raiseIfExceeded(address.shown());
    }
    if (!objects.has(commit)) {
      fetch(git, address.url(), "+refs/heads/*:refs/heads/*", Integer.MAX_VALUE, monitor);
    }
    if (objects.has(commit)) {
      return commit;
    }
    throw absent(address);
  }

  private static void fetch(Git git, String url, String what, int depth, FetchLimits monitor)
      throws GitAPIException {
    git.fetch()
        .setRemote(url)
        .setDepth(depth)
        .setTagOpt(TagOpt.NO_TAGS)
        .setRecurseSubmodules(FetchRecurseSubmodulesMode.NO)
        .setTimeout((int) MAX_SILENCE.toSeconds())
        .setProgressMonitor(monitor)
        .setTransportConfigCallback(transport -> {
          if (transport instanceof SshTransport ssh) {
            ssh.setSshSessionFactory(new SshProcesses());
          }
        })
        .setRefSpecs(new RefSpec(what))
        .call();
  }

  private static boolean isAbsent(Exception e) {
    return String.valueOf(e.getMessage()).contains("available for fetch");
  }

  private static RuntimeException refused(GitAddress address, Exception e) {
    var text = String.valueOf(e.getMessage());
    boolean credentials =
        text.contains("not authorized")
            || text.contains("Authentication is required")
            || text.contains("not permitted")
            || text.contains("Auth fail");
    return Problem.of("git-unreachable", "The repository could not be fetched")
        .detail(address.shown() + ": " + said(text, address))
        .hint(
            credentials
                ? "it needs a sign-in: use an SSH address with a key, or clone it and give the"
                    + " folder"
                : "check the address, the branch or commit, and the network")
        .raise();
  }

  private static String said(String text, GitAddress address) {
    return ExportLimits.printable(text.replace(address.url(), address.shown()))
        .replaceAll("(?<=://)[^/@\\s]*@", "");
  }

  private static void write(Repository repository, ObjectId id, Path root) throws IOException {
    try (var revisions = new RevWalk(repository);
        var walk = new TreeWalk(repository)) {
      walk.addTree(revisions.parseCommit(id).getTree());
      walk.setRecursive(false);
      var names = new EntryName();
      int entries = 0;
      long total = 0;
      while (walk.next()) {
        var path = walk.getPathString();
        if (Export.leavesOut(path)) {
          continue;
        }
        ExportLimits.count(++entries, path);
        names.accept(path, walk.isSubtree());
        if (walk.isSubtree()) {
          walk.enterSubtree();
        } else {
          total += writeFile(repository, walk, root, path, total);
        }
      }
    }
  }

  private static long writeFile(
      Repository repository, TreeWalk walk, Path root, String path, long before)
      throws IOException {
    var mode = walk.getFileMode();
    if (mode == FileMode.SYMLINK) {
      throw ExportLimits.refuse("export-link", "it holds a symbolic link", path);
    }
    if (mode == FileMode.GITLINK) {
      throw ExportLimits.refuse("export-submodule", "it holds a submodule", path);
    }
    if (mode != FileMode.REGULAR_FILE && mode != FileMode.EXECUTABLE_FILE) {
      throw ExportLimits.refuse("export-special-file", "it holds an unusual entry", path);
    }
    var blob = repository.open(walk.getObjectId(0), Constants.OBJ_BLOB);
    ExportLimits.size(blob.getSize(), before + blob.getSize(), path);
    var to = root.resolve(path).normalize();
    if (!to.startsWith(root)) {
      throw ExportLimits.refuse("export-path-escape", "a name leaves the export", path);
    }
    Files.createDirectories(to.getParent());
    try (var out = Files.newOutputStream(to, StandardOpenOption.CREATE_NEW)) {
      blob.copyTo(out);
    }
    if (mode == FileMode.EXECUTABLE_FILE) {
      Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    return blob.getSize();
  }
}
