package dev.freehold.build;

import dev.freehold.digest.Digest;
import dev.freehold.os.Download;
import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Node and the package managers, fetched from the npm registry when they are first needed, proven
/// by digest, unpacked once and kept. Needs nothing installed on the machine.
public final class Toolchains {
  private static final int PROGRESS_STEP_BYTES = 10 << 20;
  private static final List<String> IMAGE_LIBRARY =
      List.of(
          "image-sharp",
          "image-colour",
          "image-libc",
          "image-semver",
          "image-native",
          "image-libvips");
  private static final Path CPU_FACTS = Path.of("/proc/cpuinfo");

  private final Path folder;
  private final PackageRegistry registry;
  private final ReentrantLock unpacking = new ReentrantLock();

  /// @param folder where they are kept, normally `toolchains` in the data folder
  public Toolchains(Path folder, PackageRegistry registry) {
    this.folder = folder.toAbsolutePath();
    this.registry = registry;
  }

  /// Node of that major version.
  ///
  /// @param major 20, 22 or 24
  /// @param progress gets lines for a person while it is fetched
  /// @throws dev.freehold.problem.ProblemException `toolchain-unknown`, or as [Download#into]
  public Toolchain node(int major, Consumer<String> progress) {
    return named("node" + major, progress);
  }

  /// The folder with the library that makes images of images (`node_modules/sharp`) in it.
  ///
  /// @throws dev.freehold.problem.ProblemException `toolchain-unknown`, or as [Download#into]
  public Path images(Consumer<String> progress) {
    var home = folder.resolve("images-" + version(IMAGE_LIBRARY.getFirst()));
    unpacking.lock();
    try {
      if (!Files.isDirectory(home)) {
        var aside = folder.resolve("." + home.getFileName() + "." + System.nanoTime());
        try {
          for (var tool : IMAGE_LIBRARY) {
            var pin = pin(tool);
            unpack(pin, aside.resolve("node_modules").resolve(pin.packageName()), progress);
          }
          DurableFiles.moveIntoPlace(aside, home);
        } finally {
          DurableFiles.deleteTree(aside);
        }
      }
    } finally {
      unpacking.unlock();
    }
    return home;
  }

  Toolchain npm(Consumer<String> progress) {
    return named("npm", progress);
  }

  Toolchain bun(Consumer<String> progress) {
    return named(hasAvx2() ? "bun" : "bun-baseline", progress);
  }

  /// Deno, which bundles and runs edge functions.
  ///
  /// @throws dev.freehold.problem.ProblemException as [#node]
  public Toolchain deno(Consumer<String> progress) {
    return named("deno", progress);
  }

  /// What Deno bundles with; it would fetch this very version itself, without a digest.
  Toolchain esbuild(Consumer<String> progress) {
    return named("esbuild", progress);
  }

  Toolchain pnpm(Consumer<String> progress) {
    return named("pnpm", progress);
  }

  Toolchain yarn(Consumer<String> progress) {
    return named("yarn", progress);
  }

  /// The version that would be used, without fetching it; empty when there is none.
  static String version(String tool) {
    var machine = System.getProperty("os.arch");
    return ToolchainPin.ALL.stream()
        .filter(pin -> pin.tool().equals(tool) && pin.runsOn(machine))
        .map(ToolchainPin::version)
        .findFirst()
        .orElse("");
  }

  private static ToolchainPin pin(String tool) {
    var machine = System.getProperty("os.arch");
    return ToolchainPin.ALL.stream()
        .filter(p -> p.tool().equals(tool) && p.runsOn(machine))
        .findFirst()
        .orElseThrow(() ->
            Problem.of("toolchain-unknown", "there is no " + tool + " for " + machine)
                .hint("builds run on Linux on amd64 and aarch64, with Node 20, 22 or 24")
                .raise());
  }

  private Toolchain named(String tool, Consumer<String> progress) {
    var pin = pin(tool);
    var name = tool.replaceAll("[0-9]|-baseline", "");
    var home = folder.resolve(tool + "-" + pin.version());
    // Two builds that need the same tool wait for one download.
    unpacking.lock();
    try {
      if (!Files.isDirectory(home)) {
        fetch(pin, home, progress);
      }
    } finally {
      unpacking.unlock();
    }
    return new Toolchain(name, pin.version(), home, Path.of(pin.entry()));
  }

  private void fetch(ToolchainPin pin, Path home, Consumer<String> progress) {
    var aside = home.resolveSibling("." + home.getFileName() + "." + System.nanoTime());
    try {
      unpack(pin, aside, progress);
      DurableFiles.moveIntoPlace(aside, home);
    } finally {
      DurableFiles.deleteTree(aside);
    }
  }

  private void unpack(ToolchainPin pin, Path target, Consumer<String> progress) {
    progress.accept("fetching " + pin.packageName() + " " + pin.version());
    var tarball = folder.resolve(pin.tool() + "-" + pin.version() + ".tgz");
    var from = registry.tarball(pin.packageName(), pin.version());
    var told = new long[1];
    new Download(from, Digest.SHA_512, pin.sha512())
        .into(
            tarball,
            bytes -> {
              if (bytes - told[0] >= PROGRESS_STEP_BYTES) {
                told[0] = bytes;
                progress.accept("  " + (bytes >> 20) + " MiB");
              }
            });
    try {
      Tarball.unpack(tarball, target);
    } finally {
      DurableFiles.deleteTree(tarball);
    }
  }

  /// Bun's normal binary stops with an illegal instruction on a processor without AVX2.
  private static boolean hasAvx2() {
    if (!System.getProperty("os.arch").equals("amd64")) {
      return true;
    }
    try (var lines = Files.lines(CPU_FACTS)) {
      return lines.anyMatch(line -> line.startsWith("flags") && line.contains(" avx2"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
