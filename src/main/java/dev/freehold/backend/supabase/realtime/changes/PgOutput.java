package dev.freehold.backend.supabase.realtime.changes;

import dev.freehold.backend.supabase.realtime.changes.WalMessage.Begin;
import dev.freehold.backend.supabase.realtime.changes.WalMessage.Column;
import dev.freehold.backend.supabase.realtime.changes.WalMessage.Commit;
import dev.freehold.backend.supabase.realtime.changes.WalMessage.Delete;
import dev.freehold.backend.supabase.realtime.changes.WalMessage.Insert;
import dev.freehold.backend.supabase.realtime.changes.WalMessage.Other;
import dev.freehold.backend.supabase.realtime.changes.WalMessage.Relation;
import dev.freehold.backend.supabase.realtime.changes.WalMessage.Update;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/// Reads the `pgoutput` plugin's messages, protocol version 1 without binary values (PostgreSQL
/// manual, 54.9).
final class PgOutput {
  private static final int KEY_COLUMN = 1;

  private PgOutput() {}

  static WalMessage read(ByteBuffer in) {
    char kind = (char) in.get();
    return switch (kind) {
      case 'B' -> new Begin(in.getLong(), in.getLong(), Integer.toUnsignedLong(in.getInt()));
      case 'C' -> {
        in.get(); // flags, none defined
        in.getLong(); // where the commit stands; known from Begin
        yield new Commit(in.getLong());
      }
      case 'R' -> relation(in);
      case 'I' -> {
        long id = Integer.toUnsignedLong(in.getInt());
        in.get(); // 'N'
        yield new Insert(id, tuple(in, false));
      }
      case 'U' -> update(in);
      case 'D' -> {
        long id = Integer.toUnsignedLong(in.getInt());
        boolean keysOnly = in.get() == 'K';
        yield new Delete(id, tuple(in, keysOnly));
      }
      default -> new Other(kind);
    };
  }

  private static Relation relation(ByteBuffer in) {
    long id = Integer.toUnsignedLong(in.getInt());
    var schema = text(in);
    var table = text(in);
    in.get(); // the replica identity's kind; the columns say enough
    int count = in.getShort();
    var columns = new ArrayList<Column>(count);
    for (int i = 0; i < count; i++) {
      boolean key = (in.get() & KEY_COLUMN) != 0;
      var name = text(in);
      in.getInt(); // type
      in.getInt(); // type modifier
      columns.add(new Column(name, key));
    }
    // An unqualified namespace means pg_catalog.
    return new Relation(id, schema.isEmpty() ? "pg_catalog" : schema, table, columns);
  }

  private static Update update(ByteBuffer in) {
    long id = Integer.toUnsignedLong(in.getInt());
    byte mark = in.get();
    var old = Tuple.NONE;
    if (mark != 'N') {
      old = tuple(in, mark == 'K');
      in.get(); // 'N'
    }
    return new Update(id, old, tuple(in, false));
  }

  private static Tuple tuple(ByteBuffer in, boolean keysOnly) {
    int count = in.getShort();
    var cells = new ArrayList<Tuple.Cell>(count);
    for (int i = 0; i < count; i++) {
      cells.add(
          switch ((char) in.get()) {
            case 'n' -> Tuple.NULL;
            case 'u' -> Tuple.UNCHANGED;
            case 't' -> new Tuple.Cell.Value(value(in));
            default -> throw new IllegalStateException("a value of an unknown kind");
          });
    }
    return new Tuple(cells, keysOnly);
  }

  private static String value(ByteBuffer in) {
    int length = in.getInt();
    var text =
        new String(in.array(), in.arrayOffset() + in.position(), length, StandardCharsets.UTF_8);
    in.position(in.position() + length);
    return text;
  }

  private static String text(ByteBuffer in) {
    int start = in.position();
    while (in.get() != 0) {}
    return new String(
        in.array(), in.arrayOffset() + start, in.position() - start - 1, StandardCharsets.UTF_8);
  }
}
