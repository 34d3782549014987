package dev.freehold.postgres.wire;

import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/// Reads an ErrorResponse.
///
/// Source: the PostgreSQL documentation, "Error and Notice Message Fields".
final class ServerMessage {
  private ServerMessage() {}

  static PostgresException read(ByteBuf in) {
    return new PostgresException(fields(in));
  }

  /// As the answer to a login.
  static PostgresException readAtLogin(ByteBuf in) {
    var refused = fields(in);
    return new PostgresException(PostgresFailure.ofLogin(refused.sqlState(), refused.message()));
  }

  private static PostgresFailure.Refused fields(ByteBuf in) {
    var state = "";
    var message = "";
    var detail = "";
    var hint = "";
    var constraint = "";
    for (byte field = in.readByte(); field != 0; field = in.readByte()) {
      int length = in.bytesBefore((byte) 0);
      var text = in.toString(in.readerIndex(), length, StandardCharsets.UTF_8);
      in.skipBytes(length + 1);
      switch (field) {
        case 'C' -> state = text;
        case 'M' -> message = text;
        case 'D' -> detail = text;
        case 'H' -> hint = text;
        case 'n' -> constraint = text;
        default -> {
          // Severity, position, source file: of no use to a client.
        }
      }
    }
    return new PostgresFailure.Refused(state, message, detail, hint, constraint);
  }
}
