package dev.freehold.testing;

import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// A folder that is gone when the test run has ended.
public final class TempFolder {
  private TempFolder() {}

  public static Path create(String prefix) {
    try {
      var folder = Files.createTempDirectory(prefix);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> DurableFiles.deleteTree(folder)));
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
