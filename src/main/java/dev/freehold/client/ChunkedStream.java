package dev.freehold.client;

import java.io.IOException;
import java.io.InputStream;

/// The body of a chunked answer (RFC 9112 §7.1), without its chunk sizes.
final class ChunkedStream extends InputStream {
  private static final int HEX = 16;

  private final InputStream in;
  private long left;
  private boolean ended;

  ChunkedStream(InputStream in) {
    this.in = in;
  }

  @Override
  public int read() throws IOException {
    if (left == 0 && !next()) {
      return -1;
    }
    left--;
    int value = in.read();
    if (left == 0) {
      ControlClient.line(in);
    }
    return value;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !next()) {
      return -1;
    }
    int read = in.read(into, offset, (int) Math.min(length, left));
    left -= Math.max(read, 0);
    if (left == 0) {
      ControlClient.line(in);
    }
    return read;
  }

  private boolean next() throws IOException {
    if (ended) {
      return false;
    }
    var size = ControlClient.line(in).split(";")[0].strip();
    left = size.isEmpty() ? 0 : Long.parseLong(size, HEX);
    ended = left == 0;
    return !ended;
  }
}
