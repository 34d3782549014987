package dev.freehold.build;

import dev.freehold.os.DurableFiles;
import dev.freehold.plan.BuildRecipe;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import tools.jackson.databind.json.JsonMapper;

/// Keeps Artifacts: their files by digest, each once, and one manifest each, written last. So an
/// Artifact that can be loaded is whole.
///
/// Adding and sweeping exclude each other; everything else needs no lock, because what is here
/// never changes.
public final class ArtifactStore {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Blobs blobs;
  private final Path manifests;
  private final ReadWriteLock sweeping = new ReentrantReadWriteLock();

  private ArtifactStore(Path folder) {
    this.blobs = new Blobs(folder);
    this.manifests = DurableFiles.folder(folder.resolve("manifests"));
  }

  /// Opens the folder, made when it is absent, and removes what an interrupted build left in it.
  /// One process at a time may have it open.
  public static ArtifactStore open(Path folder) {
    var store = new ArtifactStore(folder);
    DurableFiles.removeUnfinished(store.manifests);
    store.blobs.retain(store.named(store.digests()));
    return store;
  }

  /// Stores a folder as an Artifact. Storing the same folder again gives the same Artifact.
  ///
  /// @param substitutions strings that an activation may replace; those that occur are marked
  public Artifact store(
      BuildRecipe.Kind kind,
      Path folder,
      List<BuildRecipe.Substitution> substitutions,
      int nodeMajor) {
    return store(kind, OutputFiles.in(folder).files(), substitutions, nodeMajor);
  }

  /// As above, from files that lie in several places.
  ///
  /// @param files path in the Artifact to the file that holds its bytes
  Artifact store(
      BuildRecipe.Kind kind,
      SortedMap<String, Path> files,
      List<BuildRecipe.Substitution> substitutions,
      int nodeMajor) {
    sweeping.readLock().lock();
    try (var batch = blobs.batch()) {
      var intake = new ArtifactIntake(blobs, batch, kind, new TextReplacement(substitutions));
      var manifest = new Manifest(kind, intake.entries(files), substitutions, nodeMajor);
      batch.commit();
      var bytes = JSON.writeValueAsBytes(manifest);
      var digest = Digests.of(bytes);
      DurableFiles.write(manifestFile(digest), bytes);
      return manifest.named(digest);
    } finally {
      sweeping.readLock().unlock();
    }
  }

  /// The Artifact of that digest, if it is kept here.
  public Optional<Artifact> find(String digest) {
    var file = manifestFile(digest);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      var bytes = Files.readAllBytes(file);
      if (!Digests.of(bytes).equals(digest)) {
        throw damaged(digest, "its manifest was changed");
      }
      return Optional.of(JSON.readValue(bytes, Manifest.class).named(digest));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The Artifact of that digest.
  ///
  /// @throws dev.freehold.problem.ProblemException `artifact-not-found` or `artifact-damaged`
  public Artifact load(String digest) {
    return find(digest)
        .orElseThrow(() ->
            Problem.of("artifact-not-found", "the build output " + digest + " is not kept here")
                .hint("deploy the app again")
                .raise());
  }

  /// Reads every byte of the Artifact again.
  ///
  /// @throws dev.freehold.problem.ProblemException `artifact-not-found` or `artifact-damaged`
  public Artifact verify(String digest) {
    var artifact = load(digest);
    for (var entry : artifact.files()) {
      var file = blobs.path(entry.digest());
      if (!Files.exists(file) || !Digests.ofFile(file).equals(entry.digest())) {
        throw damaged(digest, entry.path());
      }
    }
    return artifact;
  }

  /// Where the bytes of that digest lie. Read-only.
  public Path blob(String digest) {
    return blobs.path(digest);
  }

  /// Where the compressed variant of that digest lies.
  ///
  /// @param encoding `br`, `zstd` or `gzip`
  public Path variant(String digest, String encoding) {
    return blobs.variant(digest, encoding);
  }

  /// What the edge may serve of the Artifact: the files of its public folder, by their path below
  /// the site's root. Files that hold none of the strings lie in this store; the others are written
  /// below `target`, with their compressed variants, and last.
  ///
  /// @param values an environment's own values; a string whose value is missing stays
  public List<PlacedFile> render(
      Artifact artifact, Map<BuildRecipe.Value, String> values, Path target) {
    return new Placement(blobs, artifact, values).render(target);
  }

  /// Makes a real folder of the Artifact, or of those of its paths that are wanted, for a server
  /// process: links to the read-only blobs where that is possible, copies elsewhere. It appears
  /// whole or not at all, in place of one that was there.
  public void materialise(
      Artifact artifact,
      Map<BuildRecipe.Value, String> values,
      Path folder,
      Predicate<String> which) {
    new Placement(blobs, artifact, values).materialise(folder, which);
  }

  /// Removes every Artifact that is not among those kept and is older than the moment, and every
  /// blob that only such named.
  ///
  /// @param youngest younger ones stay: their Release may be about to be written
  /// @return the bytes that were freed
  public long sweep(Set<String> keep, Instant youngest) {
    sweeping.writeLock().lock();
    try {
      for (var digest : digests()) {
        var file = manifestFile(digest);
        if (!keep.contains(digest)
            && Files.getLastModifiedTime(file).toInstant().isBefore(youngest)) {
          Files.delete(file);
        }
      }
      DurableFiles.flushFolder(manifests);
      return blobs.retain(named(digests()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      sweeping.writeLock().unlock();
    }
  }

  /// The digests of all Artifacts that are here.
  public List<String> digests() {
    var found = new ArrayList<String>();
    try (var files = Files.newDirectoryStream(manifests, "*.json")) {
      for (var file : files) {
        var digest = file.getFileName().toString().replace(".json", "");
        if (Digests.isDigest(digest)) {
          found.add(digest);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return found;
  }

  private Set<String> named(List<String> artifacts) {
    var blobDigests = new HashSet<String>();
    for (var digest : artifacts) {
      load(digest).files().forEach(entry -> blobDigests.add(entry.digest()));
    }
    return blobDigests;
  }

  private Path manifestFile(String digest) {
    if (!Digests.isDigest(digest)) {
      throw new IllegalArgumentException("not a digest: " + digest);
    }
    return manifests.resolve(digest + ".json");
  }

  private static RuntimeException damaged(String digest, String where) {
    return Problem.of("artifact-damaged", "the build output " + digest + " is damaged")
        .detail(where)
        .hint("the disk may be failing; deploy the app again")
        .raise();
  }

  /// What is written down of an Artifact; its digest is the digest of this text.
  record Manifest(
      BuildRecipe.Kind kind,
      List<Artifact.Entry> files,
      List<BuildRecipe.Substitution> substitutions,
      int nodeMajor) {
    Artifact named(String digest) {
      return new Artifact(digest, kind, files, substitutions, nodeMajor);
    }
  }
}
