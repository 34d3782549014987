package dev.freehold.export;

import dev.freehold.problem.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// Where a repository is, and which of its states is wanted.
///
/// @param url what Git is asked for; may hold credentials, so it is never shown: [#shown] is
/// @param at a branch or tag, or the 40 digits of a commit; empty for the default branch
/// @param commit whether [#at] is a commit
record GitAddress(String url, String at, boolean commit) {
  private static final Pattern WITH_COMMIT = Pattern.compile("(.+)@([0-9a-f]{40})");
  private static final Pattern SAFE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/+-]{0,199}");
  private static final Pattern CREDENTIALS = Pattern.compile("(?<=://)[^/@]*@");

  static GitAddress parse(String text) {
    var withCommit = WITH_COMMIT.matcher(text);
    if (withCommit.matches()) {
      return new GitAddress(withCommit.group(1), withCommit.group(2), true);
    }
    int hash = text.lastIndexOf('#');
    if (hash < 0) {
      return new GitAddress(text, "", false);
    }
    var branch = text.substring(hash + 1);
    if (!SAFE_NAME.matcher(branch).matches() || branch.contains("..")) {
      throw Problem.of("git-branch-invalid", "This cannot be the name of a branch")
          .detail(ExportLimits.printable(branch))
          .raise();
    }
    return new GitAddress(text.substring(0, hash), branch, false);
  }

  /// The same with a path turned into a `file:` address.
  GitAddress local() {
    return new GitAddress(Path.of(url).toAbsolutePath().normalize().toUri().toString(), at, commit);
  }

  /// What to ask the repository for, in order: the first that exists is meant.
  List<String> sources() {
    if (at.isEmpty()) {
      return List.of("HEAD");
    }
    return commit ? List.of(at) : List.of("refs/heads/" + at, "refs/tags/" + at);
  }

  /// The address without credentials, for people.
  String shown() {
    var plain = CREDENTIALS.matcher(url).replaceFirst("");
    var where = at.isEmpty() ? "" : (commit ? "@" : "#") + at;
    return ExportLimits.printable(plain + where);
  }

  /// The last part of the address, without `.git`.
  String name() {
    var parts = url.replaceAll("/+$", "").split("[/:]");
    return parts[parts.length - 1].replaceAll("\\.git$", "");
  }
}
