package dev.freehold.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;

/// One message of a server on a WebSocket (RFC 6455 §5.2), encoded once and written to any number
/// of sockets without a copy. Whoever makes it closes it when no further socket is to get it;
/// sockets that still have it in their queues keep it alive by themselves.
public final class Frame implements AutoCloseable {
  private static final int FINAL_TEXT = 0x81;
  private static final int FINAL_BINARY = 0x82;
  private static final int SHORT_LENGTH = 125;
  private static final int MIDDLE_LENGTH = 0xffff;
  private static final int LENGTH_IN_2_BYTES = 126;
  private static final int LENGTH_IN_8_BYTES = 127;
  private static final int MAX_HEAD_BYTES = 10;

  private final ByteBuf encoded;

  private Frame(ByteBuf encoded) {
    this.encoded = encoded;
  }

  public static Frame text(String message) {
    return text(message.getBytes(StandardCharsets.UTF_8));
  }

  /// @param pieces UTF-8, sent one after the other as one message
  public static Frame text(byte[]... pieces) {
    return of(FINAL_TEXT, pieces);
  }

  /// @param pieces sent one after the other as one message
  public static Frame binary(byte[]... pieces) {
    return of(FINAL_BINARY, pieces);
  }

  private static Frame of(int first, byte[]... pieces) {
    int length = 0;
    for (var piece : pieces) {
      length = Math.addExact(length, piece.length);
    }
    var buffer = PooledByteBufAllocator.DEFAULT.directBuffer(MAX_HEAD_BYTES + length);
    buffer.writeByte(first);
    if (length <= SHORT_LENGTH) {
      buffer.writeByte(length);
    } else if (length <= MIDDLE_LENGTH) {
      buffer.writeByte(LENGTH_IN_2_BYTES).writeShort(length);
    } else {
      buffer.writeByte(LENGTH_IN_8_BYTES).writeLong(length);
    }
    for (var piece : pieces) {
      buffer.writeBytes(piece);
    }
    return new Frame(buffer);
  }

  /// Bytes on the wire.
  public int bytes() {
    return encoded.readableBytes();
  }

  /// The same frame for another holder, who closes it too.
  public Frame share() {
    encoded.retain();
    return this;
  }

  ByteBuf once() {
    return encoded.retainedDuplicate();
  }

  @Override
  public void close() {
    encoded.release();
  }
}
