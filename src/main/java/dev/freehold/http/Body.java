package dev.freehold.http;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.Flow;

/// What an answer carries.
public sealed interface Body {
  Body EMPTY = new Bytes(new byte[0]);

  /// A body held in memory.
  @SuppressWarnings("ArrayRecordComponent")
  record Bytes(byte[] bytes) implements Body {}

  /// A body in memory that other answers share; see [FileCache]. Nobody moves its position.
  record Shared(ByteBuffer bytes) implements Body {}

  /// A body that comes as it is made, for example a log that is followed. The server asks for the
  /// next piece only when the client has taken the one before, and cancels when the client is gone.
  ///
  /// @param length bytes of all pieces together, [#UNKNOWN] when nobody knows yet
  record Stream(Flow.Publisher<byte[]> pieces, long length) implements Body {
    static final long UNKNOWN = -1;

    public Stream(Flow.Publisher<byte[]> pieces) {
      this(pieces, UNKNOWN);
    }
  }

  /// Part of an open file, sent by the kernel where the connection is in plain text. The server
  /// closes the channel, whatever becomes of the answer.
  ///
  /// @param first index of the first byte to send
  /// @param length how many bytes follow it
  record File(FileChannel channel, long first, long length) implements Body {}

  /// No body: the connection becomes a WebSocket. Only for a request that [Request#asksForSocket].
  ///
  /// @param maxMessageBytes the largest message taken from the client, in bytes; above it the
  ///   socket is closed with 1009
  /// @param opener takes the open socket
  record Socket(int maxMessageBytes, WebSocket.Opener opener) implements Body {}
}
