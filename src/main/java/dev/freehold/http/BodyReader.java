package dev.freehold.http;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/// Reads one request's body whole, up to a limit. Above it the client gets 413 and the connection
/// is closed; a client that waits for `100 Continue` gets it only once its length is known to fit.
/// Where all requests together hold too much, it gets 503.
final class BodyReader {
  /// How long a body may take in all, so that one that drips in does not hold its place for ever.
  private static final long MAX_READ_MS = 15 * 60_000;

  /// What a body is gathered in; a first block is no larger than the body says it is.
  private static final int BLOCK_BYTES = BodyMemory.FREE_BYTES;

  private static final byte[] NONE = new byte[0];
  private static final String RETRY_AFTER_SECONDS = "1";

  private final Exchange exchange;
  private final int maxBytes;
  private final BodyMemory.Share memory;
  private final BiConsumer<byte[], BodyMemory.Share> whenWhole;
  private final List<byte[]> blocks = new ArrayList<>(1);
  private int first = BLOCK_BYTES;
  private int filled;
  private int total;
  private boolean refused;
  private boolean whole;

  /// @param whenWhole gets the body, and what it holds
  BodyReader(
      Exchange exchange,
      int maxBytes,
      BodyMemory memory,
      BiConsumer<byte[], BodyMemory.Share> whenWhole) {
    this.exchange = exchange;
    this.maxBytes = maxBytes;
    this.memory = memory.share(() -> exchange.context().runOnContext(v -> tooSlow()));
    this.whenWhole = whenWhole;
  }

  void read() {
    var request = exchange.request();
    var announced = request.getHeader("Content-Length");
    if (announced != null) {
      long length = Long.parseLong(announced);
      if (length > maxBytes) {
        refuseLarge();
        return;
      }
      first = (int) Math.min(BLOCK_BYTES, Math.max(length, 1));
    }
    if (request.headers().contains("Expect", "100-continue", true)) {
      exchange.response().writeContinue();
    }
    if (announced != null || request.headers().contains("Transfer-Encoding")) {
      var vertx = exchange.context().owner();
      long timer = vertx.setTimer(MAX_READ_MS, id -> tooSlow());
      exchange.atEnd(() -> {
        vertx.cancelTimer(timer);
        memory.close();
      });
    }
    request.handler(this::take);
    request.endHandler(end -> {
      whole = true;
      if (!refused && !exchange.over()) {
        whenWhole.accept(joined(), memory);
      }
    });
  }

  private void take(Buffer piece) {
    if (refused) {
      return;
    }
    if (total + piece.length() > maxBytes) {
      refuseLarge();
    } else if (!gather(piece)) {
      refuse();
      exchange.response().putHeader("Retry-After", RETRY_AFTER_SECONDS);
      exchange.refuse(503, "The server holds as many request bodies as it can. Try again.");
    }
  }

  /// False when there is no room for it.
  private boolean gather(Buffer piece) {
    int from = 0;
    while (from < piece.length()) {
      if (blocks.isEmpty() || filled == blocks.getLast().length) {
        int size = blocks.isEmpty() ? first : BLOCK_BYTES;
        if (!memory.take(size)) {
          return false;
        }
        blocks.add(new byte[size]);
        filled = 0;
      }
      var block = blocks.getLast();
      int count = Math.min(piece.length() - from, block.length - filled);
      piece.getBytes(from, from + count, block, filled);
      from += count;
      filled += count;
      total += count;
    }
    return true;
  }

  private byte[] joined() {
    if (blocks.isEmpty()) {
      return NONE;
    }
    if (blocks.getFirst().length == total) {
      return blocks.getFirst();
    }
    var all = new byte[total];
    int at = 0;
    for (var block : blocks) {
      int count = Math.min(block.length, total - at);
      System.arraycopy(block, 0, all, at, count);
      at += count;
    }
    blocks.clear();
    return all;
  }

  private void tooSlow() {
    if (whole || refused) {
      return;
    }
    refuse();
    exchange.refuse(408, "The request body did not arrive in time.");
  }

  private void refuseLarge() {
    refuse();
    exchange.refuse(413, "The request body is larger than " + maxBytes + " bytes.");
  }

  private void refuse() {
    refused = true;
    blocks.clear();
    exchange.closeAfterAnswer();
  }
}
