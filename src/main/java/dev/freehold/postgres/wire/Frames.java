package dev.freehold.postgres.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Writes messages of PostgreSQL's protocol, version 3.
///
/// Source: the PostgreSQL documentation, "Message Formats".
final class Frames {
  private static final int PROTOCOL = 3 << 16;
  private static final int SSL_REQUEST = 80877103;
  private static final int BINARY = 1;

  private Frames() {}

  static void sslRequest(ByteBuf out) {
    out.writeInt(8).writeInt(SSL_REQUEST);
  }

  static void startup(ByteBuf out, List<String> parameters) {
    int start = out.writerIndex();
    out.writeInt(0).writeInt(PROTOCOL);
    parameters.forEach(text -> text(out, text));
    out.writeByte(0);
    out.setInt(start, out.writerIndex() - start);
  }

  /// The answer to a request for authentication.
  static void password(ByteBuf out, byte[] content) {
    int length = begin(out, 'p');
    out.writeBytes(content);
    end(out, length);
  }

  static void parse(ByteBuf out, String name, Query query) {
    int length = begin(out, 'P');
    text(out, name);
    text(out, query.sql());
    out.writeShort(query.values().size());
    for (var value : query.values()) {
      out.writeInt(value.type());
    }
    end(out, length);
  }

  /// Binds the unnamed portal; results come in binary form.
  static void bind(ByteBuf out, String name, List<Value> values) {
    int length = begin(out, 'B');
    out.writeByte(0);
    text(out, name);
    out.writeShort(values.size());
    for (var value : values) {
      out.writeShort(value.binary() ? BINARY : 0);
    }
    out.writeShort(values.size());
    for (var value : values) {
      out.writeInt(value.bytes().length).writeBytes(value.bytes());
    }
    out.writeShort(1).writeShort(BINARY);
    end(out, length);
  }

  /// Runs the unnamed portal to its end.
  static void execute(ByteBuf out) {
    out.writeByte('E').writeInt(9).writeByte(0).writeInt(0);
  }

  static void closeStatement(ByteBuf out, String name) {
    int length = begin(out, 'C');
    out.writeByte('S');
    text(out, name);
    end(out, length);
  }

  static void sync(ByteBuf out) {
    out.writeByte('S').writeInt(4);
  }

  static void terminate(ByteBuf out) {
    out.writeByte('X').writeInt(4);
  }

  private static int begin(ByteBuf out, char type) {
    out.writeByte(type);
    int at = out.writerIndex();
    out.writeInt(0);
    return at;
  }

  private static void end(ByteBuf out, int length) {
    out.setInt(length, out.writerIndex() - length);
  }

  /// A text ends with a zero byte, so it cannot hold one.
  private static void text(ByteBuf out, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a zero byte in a statement or name");
    }
    if (text.length() < 64) {
      ByteBufUtil.writeUtf8(out, text);
    } else {
      out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
    out.writeByte(0);
  }
}
