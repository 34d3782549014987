package dev.freehold.backend.ai;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/// The beginning of an answer as text, for a person; the rest is left.
final class Gathered implements Flow.Subscriber<byte[]> {
  private static final int MOST_BYTES = 64 * 1024;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private Flow.@Nullable Subscription source;
  private boolean over;

  private Gathered() {}

  /// @param pieces a publisher that gives on the thread that asks
  static String of(Flow.Publisher<byte[]> pieces) {
    var gathered = new Gathered();
    pieces.subscribe(gathered);
    gathered.gather();
    return gathered.bytes.toString(StandardCharsets.UTF_8);
  }

  private void gather() {
    var from = source;
    while (from != null && !over && bytes.size() < MOST_BYTES) {
      from.request(1);
    }
    if (from != null && !over) {
      from.cancel();
    }
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    source = subscription;
  }

  @Override
  public void onNext(byte[] piece) {
    bytes.writeBytes(piece);
  }

  @Override
  public void onError(Throwable broken) {
    over = true;
  }

  @Override
  public void onComplete() {
    over = true;
  }
}
