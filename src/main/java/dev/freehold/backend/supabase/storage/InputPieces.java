package dev.freehold.backend.supabase.storage;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Flow;
import java.util.function.Supplier;

/// An input stream as a body that is sent as it is read, one piece at a time. Opened when the
/// client is ready for it, closed when it has ended or the client has gone.
record InputPieces(Supplier<InputStream> source) implements Flow.Publisher<byte[]> {
  private static final int PIECE_BYTES = 64 * 1024;

  @Override
  public void subscribe(Flow.Subscriber<? super byte[]> reader) {
    InputStream input;
    try {
      input = source.get();
    } catch (RuntimeException e) {
      reader.onSubscribe(new Nothing());
      reader.onError(e);
      return;
    }
    reader.onSubscribe(new Reading(input, reader));
  }

  private record Nothing() implements Flow.Subscription {
    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
  }

  private record Reading(InputStream input, Flow.Subscriber<? super byte[]> reader)
      implements Flow.Subscription {
    @Override
    public void request(long n) {
      try {
        for (long i = 0; i < n; i++) {
          var piece = input.readNBytes(PIECE_BYTES);
          if (piece.length == 0) {
            input.close();
            reader.onComplete();
            return;
          }
          reader.onNext(piece);
        }
      } catch (IOException | RuntimeException e) {
        cancel();
        reader.onError(e);
      }
    }

    @Override
    public void cancel() {
      try {
        input.close();
      } catch (IOException e) {
        // Nobody reads any more, and what was read is right.
        return;
      }
    }
  }
}
