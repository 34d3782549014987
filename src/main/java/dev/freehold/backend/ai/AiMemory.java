package dev.freehold.backend.ai;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// The memory that requests and answers of all calls share, in pieces of 64 KiB.
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
    /// @return empty when there is more than that many bytes
    Optional<byte[]> read(InputStream from, int most) throws IOException {
      var all = new ByteArrayOutputStream();
      var piece = new byte[PIECE_BYTES];
      int ready = 0;
      while (true) {
        int count = from.read(piece);
        if (count < 0) {
          return Optional.of(all.toByteArray());
        }
        ready += count;
        if (all.size() + count > most) {
          return Optional.empty();
        }
        all.write(piece, 0, count);
        while (ready > 0) {
          take();
          ready -= PIECE_BYTES;
        }
      }
    }

    private synchronized void take() throws Full {
      if (!pieces.tryAcquire()) {
        throw new Full();
      }
      taken++;
    }

    @Override
    public synchronized void close() {
      pieces.release(taken);
      taken = 0;
    }
  }
}
