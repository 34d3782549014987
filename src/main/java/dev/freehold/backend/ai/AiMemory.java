package dev.freehold.backend.ai;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// The memory that requests of all calls on this machine share, in pieces of 64 KiB.
final class AiMemory {
  private static final int PIECE_BYTES = 64 * 1024;

  private final Semaphore pieces;

  AiMemory(int bytes) {
    this.pieces = new Semaphore(bytes / PIECE_BYTES);
  }

  /// What one call has taken; to be given back as a whole.
  Share share() {
    return new Share();
  }

  /// No memory is left; the call cannot go on now.
  static final class Full extends IOException {
    private static final long serialVersionUID = 1L;

    Full() {
      super("too much is held in memory");
    }
  }

  /// Used by one thread at a time.
  final class Share implements AutoCloseable {
    private int taken;

    /// Reads to the end.
    ///
    /// @param announced how many bytes there are; -1 when nobody said
    /// @return empty when there are more than that many bytes
    Optional<byte[]> read(InputStream from, long announced, int most) throws IOException {
      if (announced > most) {
        return Optional.empty();
      }
      if (announced >= 0) {
        take(announced);
        var all = new byte[(int) announced];
        int count = from.readNBytes(all, 0, all.length);
        return Optional.of(count == all.length ? all : Arrays.copyOf(all, count));
      }
      var all = new ByteArrayOutputStream();
      var piece = new byte[PIECE_BYTES];
      while (true) {
        int count = from.readNBytes(piece, 0, PIECE_BYTES);
        if (all.size() + count > most) {
          return Optional.empty();
        }
        // The array grows by doubling, and is copied once more.
        take(3L * count);
        all.write(piece, 0, count);
        if (count < PIECE_BYTES) {
          return Optional.of(all.toByteArray());
        }
      }
    }

    private synchronized void take(long bytes) throws Full {
      int count = (int) ((bytes + PIECE_BYTES - 1) / PIECE_BYTES);
      if (!pieces.tryAcquire(count)) {
        throw new Full();
      }
      taken += count;
    }

    @Override
    public synchronized void close() {
      pieces.release(taken);
      taken = 0;
    }
  }
}
