package dev.freehold.image;

import dev.freehold.digest.Digest;
import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Images that were made before, as files; those used longest ago go when there are too many bytes.
/// Losing all of it costs time and nothing else.
final class ImageCache {
  private static final String SEPARATOR = "~";

  /// When it is full, so much of it stays.
  private static final double KEPT_SHARE = 0.8;

  private final Path folder;
  private final long maxBytes;
  private long bytes;

  ImageCache(Path folder, long maxBytes) {
    this.folder = DurableFiles.secretFolder(folder);
    this.maxBytes = maxBytes;
    this.bytes = entries().stream().mapToLong(Entry::size).sum();
  }

  /// @param key what it was made of and how
  Optional<Made.Image> find(String key) {
    var digest = Digest.SHA_256.hex(key);
    try (var found = Files.newDirectoryStream(folder, digest + SEPARATOR + "*")) {
      for (var file : found) {
        var channel = FileChannel.open(file, StandardOpenOption.READ);
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        return Optional.of(new Made.Image(channel, channel.size(), type(file)));
      }
      return Optional.empty();
    } catch (NoSuchFileException goneMeanwhile) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Takes a finished file in.
  ///
  /// @param type for example `image/webp`
  void keep(String key, Path made, String type) {
    var name = Digest.SHA_256.hex(key) + SEPARATOR + type.substring(type.indexOf('/') + 1);
    try {
      long size = Files.size(made);
      var aside = folder.resolve("." + name + "." + System.nanoTime());
      Files.copy(made, aside);
      Files.move(aside, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
      added(size);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void added(long size) throws IOException {
    bytes += size;
    if (bytes <= maxBytes) {
      return;
    }
    var all = entries();
    all.sort(Comparator.comparing(Entry::used));
    long left = all.stream().mapToLong(Entry::size).sum();
    for (var entry : all) {
      if (left <= maxBytes * KEPT_SHARE) {
        break;
      }
      Files.deleteIfExists(entry.file());
      left -= entry.size();
    }
    bytes = left;
  }

  private record Entry(Path file, long size, Instant used) {}

  private List<Entry> entries() {
    try (var files = Files.newDirectoryStream(folder)) {
      var all = new ArrayList<Entry>();
      for (var file : files) {
        all.add(new Entry(file, Files.size(file), Files.getLastModifiedTime(file).toInstant()));
      }
      return all;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String type(Path file) {
    var name = String.valueOf(file.getFileName());
    return "image/" + name.substring(name.indexOf(SEPARATOR) + 1);
  }
}
