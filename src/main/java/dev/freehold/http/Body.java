package dev.freehold.http;

import java.util.concurrent.Flow;

/// What an answer carries.
public sealed interface Body {
  Body EMPTY = new Bytes(new byte[0]);

  /// A body held in memory.
  @SuppressWarnings("ArrayRecordComponent")
  record Bytes(byte[] bytes) implements Body {}

  /// A body that comes as it is made, for example a log that is followed. The server asks for the
  /// next piece only when the client has taken the one before, and cancels when the client is gone.
  record Stream(Flow.Publisher<byte[]> pieces) implements Body {}
}
