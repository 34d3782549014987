package dev.freehold.objectstore;

import dev.freehold.digest.Digest;
import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Files that arrive in pieces, perhaps over days. Each is three files here: the note its maker
/// left, the bytes, and a mark that says how many of them are on stable storage. What lies beyond
/// the mark was never acknowledged and is cut off before the next piece is added, so that a crash
/// loses no byte a client was told of and keeps none it was not.
public final class GrowingFiles {
  /// So many bytes are added at most before the mark moves.
  private static final long MARK_EVERY_BYTES = 16L << 20;

  private static final int BUFFER_BYTES = 256 * 1024;
  private static final String NOTE = ".note";
  private static final String MARK = ".mark";
  private static final String BYTES = ".bytes";

  private final Path folder;
  private final Set<Version> busy = ConcurrentHashMap.newKeySet();

  /// @param folder made when it is missing
  public GrowingFiles(Path folder) {
    this.folder = DurableFiles.secretFolder(folder);
  }

  /// A file as it stands.
  ///
  /// @param note what its maker wanted kept
  /// @param length how many bytes are on stable storage
  /// @param digest of all pieces in order, 32 hexadecimal digits
  /// @param pieces how many there were
  public record State(String note, long length, String digest, long pieces) {}

  /// What became of an attempt to add to a file.
  public enum Added {
    /// The piece is here, whole.
    WHOLE,
    /// Its sender left before its end; what came is kept.
    CUT_OFF,
    /// It is longer than the file may become; what would fit is kept.
    TOO_LONG
  }

  public void create(Version id, String note) {
    try {
      Files.createFile(path(id, BYTES));
      DurableFiles.writeSecret(path(id, NOTE), note.getBytes(StandardCharsets.UTF_8));
      mark(id, new Mark(0, "", 0));
    } catch (IOException e) {
      throw failed(id, e);
    }
  }

  public Optional<State> find(Version id) {
    try {
      var note = Files.readString(path(id, NOTE));
      var mark = Mark.parse(Files.readString(path(id, MARK)));
      return Optional.of(new State(note, mark.length(), mark.digest(), mark.pieces()));
    } catch (NoSuchFileException absent) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(id, e);
    }
  }

  /// Changes the note.
  public void note(Version id, String note) {
    DurableFiles.writeSecret(path(id, NOTE), note.getBytes(StandardCharsets.UTF_8));
  }

  /// Keeps others from adding to a file, until it is released; false when somebody else does.
  public boolean claim(Version id) {
    return busy.add(id);
  }

  public void release(Version id) {
    busy.remove(id);
  }

  /// Adds a piece at the end. The caller has claimed the file.
  ///
  /// @param most how long the file may become
  public Added add(Version id, InputStream piece, long most) {
    var mark = find(id).map(Mark::of).orElseThrow(() -> failed(id, new IOException("it is gone")));
    try (var channel = FileChannel.open(path(id, BYTES), StandardOpenOption.WRITE)) {
      channel.truncate(mark.length());
      channel.position(mark.length());
      var digest = Digest.MD5.start();
      long unmarked = 0;
      var buffer = new byte[BUFFER_BYTES];
      var outcome = Added.WHOLE;
      while (true) {
        int count;
        try {
          count = piece.read(buffer);
        } catch (IOException senderLeft) {
          outcome = Added.CUT_OFF;
          break;
        }
        if (count < 0) {
          break;
        }
        int fits = (int) Math.min(count, most - mark.length() - unmarked);
        write(channel, buffer, fits);
        digest.update(buffer, 0, fits);
        unmarked += fits;
        if (fits < count) {
          outcome = Added.TOO_LONG;
          break;
        }
        if (unmarked >= MARK_EVERY_BYTES) {
          mark = moved(id, channel, mark, unmarked, digest);
          unmarked = 0;
        }
      }
      if (unmarked > 0) {
        moved(id, channel, mark, unmarked, digest);
      }
      return outcome;
    } catch (IOException e) {
      throw failed(id, e);
    }
  }

  private static void write(FileChannel channel, byte[] bytes, int length) throws IOException {
    var left = ByteBuffer.wrap(bytes, 0, length);
    while (left.hasRemaining()) {
      channel.write(left);
    }
  }

  private Mark moved(Version id, FileChannel channel, Mark before, long added, MessageDigest digest)
      throws IOException {
    channel.force(true);
    var chain = Digest.MD5.start();
    chain.update(before.digest().getBytes(StandardCharsets.US_ASCII));
    chain.update(digest.digest());
    var after =
        new Mark(
            before.length() + added, HexFormat.of().formatHex(chain.digest()), before.pieces() + 1);
    mark(id, after);
    return after;
  }

  /// Hands the bytes to a store, under the file's own id. The note stays until it is swept or
  /// deleted, so that a client whose last answer was lost can still ask. Harmless when done before.
  public void finish(Version id, ObjectStore store) {
    var bytes = path(id, BYTES);
    if (Files.exists(bytes)) {
      store.keep(bytes, id);
    }
  }

  public void delete(Version id) {
    try {
      Files.deleteIfExists(path(id, NOTE));
      Files.deleteIfExists(path(id, BYTES));
      Files.deleteIfExists(path(id, MARK));
    } catch (IOException e) {
      throw failed(id, e);
    }
  }

  /// Removes files that nobody has added to since then.
  public Staging.Leftovers sweep(Instant untouchedSince) {
    int files = 0;
    long bytes = 0;
    try (var all = Files.newDirectoryStream(folder)) {
      for (var file : all) {
        var id = id(file);
        if (id.isPresent() && touched(id.get(), file).isBefore(untouchedSince)) {
          bytes += drop(id.get());
          files++;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Staging.Leftovers(files, bytes);
  }

  private static Optional<Version> id(Path file) {
    var name = String.valueOf(file.getFileName());
    int dot = name.indexOf('.');
    return dot < 0 ? Optional.empty() : Version.parse(name.substring(0, dot));
  }

  /// When the mark moved last; one that was never made leaves the file's own time.
  private Instant touched(Version id, Path file) throws IOException {
    var mark = path(id, MARK);
    try {
      return Files.getLastModifiedTime(Files.exists(mark) ? mark : file).toInstant();
    } catch (NoSuchFileException removedMeanwhile) {
      return Instant.MAX;
    }
  }

  /// @return how many bytes it held
  private long drop(Version id) throws IOException {
    if (!claim(id)) {
      return 0;
    }
    try {
      var kept = path(id, BYTES);
      long size = Files.exists(kept) ? Files.size(kept) : 0;
      delete(id);
      return size;
    } finally {
      release(id);
    }
  }

  /// How far a file is on stable storage.
  private record Mark(long length, String digest, long pieces) {
    static Mark of(State state) {
      return new Mark(state.length(), state.digest(), state.pieces());
    }

    static Mark parse(String text) {
      var parts = text.split(" ", -1);
      return new Mark(Long.parseLong(parts[0]), parts[1], Long.parseLong(parts[2]));
    }

    String text() {
      return length + " " + digest + " " + pieces;
    }
  }

  private void mark(Version id, Mark mark) {
    DurableFiles.writeSecret(path(id, MARK), mark.text().getBytes(StandardCharsets.US_ASCII));
  }

  private Path path(Version id, String kind) {
    return folder.resolve(id.text() + kind);
  }

  private static RuntimeException failed(Version id, IOException cause) {
    return Problem.of("object-store-failed", "an upload in pieces could not be kept")
        .detail(id + ": " + cause)
        .hint("is the disk full?")
        .raise(cause);
  }
}
