package dev.freehold.build;

import dev.freehold.plan.BuildRecipe;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Takes files into the store: digests, marks and compresses them, several at a time.
///
/// Only files that are served are compressed, and none that an activation will change.
final class ArtifactIntake {
  /// A larger file is copied without being looked at.
  private static final long MAX_IN_MEMORY_BYTES = 32L << 20;

  /// Flushing waits for the disk and compressing for the processor: more threads than processors.
  private static final int THREADS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());

  private final Blobs blobs;
  private final Blobs.Batch batch;
  private final BuildRecipe.Kind kind;
  private final TextReplacement replacement;

  ArtifactIntake(
      Blobs blobs, Blobs.Batch batch, BuildRecipe.Kind kind, TextReplacement replacement) {
    this.blobs = blobs;
    this.batch = batch;
    this.kind = kind;
    this.replacement = replacement;
  }

  /// An entry for each file, in the order of their paths.
  List<Artifact.Entry> entries(SortedMap<String, Path> files) {
    try (var threads =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().daemon().name("freehold-intake-", 0).factory())) {
      var tasks = new ArrayList<Callable<Artifact.Entry>>();
      files.forEach((path, file) -> tasks.add(() -> take(path, file)));
      var entries = new ArrayList<Artifact.Entry>(tasks.size());
      for (var done : threads.invokeAll(tasks)) {
        entries.add(result(done));
      }
      return entries;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw BuildProblems.cancelled();
    }
  }

  private Artifact.Entry take(String path, Path file) throws IOException {
    boolean executable = Files.isExecutable(file);
    long size = Files.size(file);
    if (size > MAX_IN_MEMORY_BYTES) {
      var digest = Digests.ofFile(file);
      if (!blobs.has(digest)) {
        batch.addFile(digest, file);
      }
      return new Artifact.Entry(path, digest, size, executable, List.of(), false);
    }
    var bytes = Files.readAllBytes(file);
    var digest = Digests.of(bytes);
    if (!blobs.has(digest)) {
      batch.add(digest, bytes);
    }
    boolean substituted = TextReplacement.isText(path) && replacement.occursIn(bytes);
    boolean compressed =
        !substituted && Artifact.isPublic(kind, path) && Compression.applies(path, size);
    var codings = compressed ? compressed(digest, bytes) : List.<String>of();
    return new Artifact.Entry(path, digest, size, executable, codings, substituted);
  }

  private List<String> compressed(String digest, byte[] bytes) {
    var known = blobs.codings(digest);
    if (!known.isEmpty()) {
      return known;
    }
    var variants = Compression.THOROUGH.variants(bytes);
    batch.addVariants(digest, variants);
    return variants.keySet().stream().sorted().toList();
  }

  private static Artifact.Entry result(Future<Artifact.Entry> done) throws InterruptedException {
    try {
      return done.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case RuntimeException known -> throw known;
        case IOException io -> throw new UncheckedIOException(io);
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }
}
