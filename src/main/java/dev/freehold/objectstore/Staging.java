package dev.freehold.objectstore;

import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// The folder in which bytes arrive before they are anybody's version. What lies here is visible to
/// no client. Files whose upload ended with our process stay behind and are swept by age.
public final class Staging {
  private static final String PART = ".part";

  private final Path folder;

  /// @param folder made when it is missing
  public Staging(Path folder) {
    this.folder = DurableFiles.secretFolder(folder);
  }

  /// A new, empty file to write to. Nothing of it is left when it is closed without being finished.
  public Staged begin() {
    return Staged.create(folder.resolve(UUID.randomUUID() + PART));
  }

  /// How many bytes lie here, and in how many files.
  public record Leftovers(int files, long bytes) {}

  /// Removes what nobody has written to since then.
  public Leftovers sweep(Instant untouchedSince) {
    int files = 0;
    long bytes = 0;
    for (var file : list()) {
      try {
        if (Files.getLastModifiedTime(file).toInstant().isBefore(untouchedSince)) {
          long size = Files.size(file);
          Files.delete(file);
          files++;
          bytes += size;
        }
      } catch (NoSuchFileException _) {
        // Finished meanwhile.
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Leftovers(files, bytes);
  }

  private List<Path> list() {
    try (var files = Files.newDirectoryStream(folder, "*" + PART)) {
      var all = new ArrayList<Path>();
      files.forEach(all::add);
      return all;
    } catch (IOException e) {
      throw Problem.of("object-store-failed", "the folder of arriving files cannot be read")
          .detail(folder + ": " + e)
          .raise(e);
    }
  }
}
