package dev.freehold.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Points the lock files of a build's copy at the registry that the build can reach.
///
/// Some vendors' locks name each tarball on a private npm cache (a Google Artifact Registry host
/// and two path parts) that answers outsiders with 403; what follows is the ordinary tarball path.
/// The integrity of each package stays as it is, so what is installed is still proven to be what
/// the lock meant.
final class LockRewrite {
  /// Text locks; the binary `bun.lockb` cannot be changed, and none with such addresses is known.
  static final List<String> LOCK_FILES =
      List.of(
          "bun.lock", "package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "yarn.lock");

  private static final Pattern PRIVATE_CACHE =
      Pattern.compile("https://[a-z0-9-]+-npm\\.pkg\\.dev/[^/\"'\\s]+/[^/\"'\\s]+/");
  private static final Pattern PUBLIC =
      Pattern.compile("https://registry\\.(?:npmjs\\.org|yarnpkg\\.com)/");

  private LockRewrite() {}

  static void apply(Path folder, PackageRegistry registry, Consumer<String> log) {
    for (var name : LOCK_FILES) {
      var file = folder.resolve(name);
      if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        int changed = apply(file, registry);
        if (changed > 0) {
          log.accept(
              name
                  + ": "
                  + changed
                  + " addresses of a private registry now point at "
                  + registry.base().getHost()
                  + "; integrity kept");
        }
      }
    }
  }

  private static int apply(Path file, PackageRegistry registry) {
    try {
      var text = Files.readString(file, StandardCharsets.UTF_8);
      int found = (int) PRIVATE_CACHE.matcher(text).results().count();
      var to = Matcher.quoteReplacement(registry.base() + "/");
      var changed = PRIVATE_CACHE.matcher(text).replaceAll(to);
      if (!registry.equals(PackageRegistry.PUBLIC)) {
        changed = PUBLIC.matcher(changed).replaceAll(to);
      }
      if (!changed.equals(text)) {
        Files.writeString(file, changed);
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
