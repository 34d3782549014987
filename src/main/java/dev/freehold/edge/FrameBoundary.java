package dev.freehold.edge;

import io.vertx.core.buffer.Buffer;

/// Follows the frames in a stream of WebSocket bytes (RFC 6455 §5.2), only to know when none is
/// half sent: a frame of ours may go between two of theirs and nowhere else.
final class FrameBoundary {
  private static final int SHORT_HEAD = 2;
  private static final int LENGTH_IN_TWO_BYTES = 126;
  private static final int LENGTH_IN_EIGHT_BYTES = 127;

  private final byte[] head = new byte[14];
  private int headBytes;
  private int headLength = SHORT_HEAD;
  private long payloadLeft;

  void feed(Buffer bytes) {
    int at = 0;
    while (at < bytes.length()) {
      if (payloadLeft > 0) {
        long taken = Math.min(payloadLeft, bytes.length() - at);
        payloadLeft -= taken;
        at += (int) taken;
        continue;
      }
      head[headBytes++] = bytes.getByte(at++);
      if (headBytes == SHORT_HEAD) {
        headLength = headLength();
      }
      if (headBytes == headLength) {
        payloadLeft = payloadLength();
        headBytes = 0;
        headLength = SHORT_HEAD;
      }
    }
  }

  boolean betweenFrames() {
    return headBytes == 0 && payloadLeft == 0;
  }

  private int headLength() {
    int mask = (head[1] & 0x80) == 0 ? 0 : 4;
    return switch (head[1] & 0x7f) {
      case LENGTH_IN_TWO_BYTES -> SHORT_HEAD + 2 + mask;
      case LENGTH_IN_EIGHT_BYTES -> SHORT_HEAD + 8 + mask;
      default -> SHORT_HEAD + mask;
    };
  }

  private long payloadLength() {
    int stated = head[1] & 0x7f;
    int bytes =
        switch (stated) {
          case LENGTH_IN_TWO_BYTES -> 2;
          case LENGTH_IN_EIGHT_BYTES -> 8;
          default -> 0;
        };
    if (bytes == 0) {
      return stated;
    }
    long length = 0;
    for (int i = 0; i < bytes; i++) {
      length = (length << 8) | (head[SHORT_HEAD + i] & 0xff);
    }
    return length;
  }
}
