package dev.freehold.backend.ai;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Flow;

/// An answer that goes on to the App as it comes, no faster than the App reads it.
///
/// @param ending told once how it ended, before the App sees its end
record AnswerPieces(InputStream from, AnswerFilter filter, Ending ending, Runnable alive)
    implements Flow.Publisher<byte[]> {
  private static final int PIECE_BYTES = 16 * 1024;

  /// How an answer ended.
  @FunctionalInterface
  interface Ending {
    /// @param whole false when the App left or the provider broke off
    void ended(boolean whole);
  }

  @Override
  public void subscribe(Flow.Subscriber<? super byte[]> reader) {
    reader.onSubscribe(new Reading(reader));
  }

  private final class Reading implements Flow.Subscription {
    private final Flow.Subscriber<? super byte[]> reader;
    private final byte[] piece = new byte[PIECE_BYTES];
    private boolean read;

    Reading(Flow.Subscriber<? super byte[]> reader) {
      this.reader = reader;
    }

    @Override
    public void request(long n) {
      try {
        for (long i = 0; i < n; i++) {
          var next = next();
          if (next.length == 0) {
            ending.ended(true);
            from.close();
            reader.onComplete();
            return;
          }
          reader.onNext(next);
        }
      } catch (IOException | RuntimeException e) {
        ending.ended(false);
        reader.onError(e);
      }
    }

    private byte[] next() throws IOException {
      while (!read) {
        int count = from.read(piece);
        alive.run();
        if (count < 0) {
          read = true;
          return filter.end();
        }
        var passed = filter.pass(piece, count);
        if (passed.length > 0) {
          return passed;
        }
      }
      return new byte[0];
    }

    @Override
    public void cancel() {
      ending.ended(false);
    }
  }
}
