package dev.freehold.postgres.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A row, its columns in PostgreSQL's binary form.
@SuppressWarnings("ArrayRecordComponent")
public record Row(byte[] @Nullable [] columns) {
  private static final byte[] NOTHING = new byte[0];

  public boolean isNull(int column) {
    return columns[column] == null;
  }

  /// The bytes of a `text`, `json` or `bytea`; none for null.
  public byte[] bytes(int column) {
    var value = columns[column];
    return value == null ? NOTHING : value;
  }

  /// A `text`.
  public @Nullable String text(int column) {
    var value = columns[column];
    return value == null ? null : new String(value, StandardCharsets.UTF_8);
  }

  /// An `int8`; 0 for null.
  public long int8(int column) {
    var value = columns[column];
    return value == null ? 0 : ByteBuffer.wrap(value).getLong();
  }

  /// A `text[]` of one dimension; empty for null.
  public List<@Nullable String> texts(int column) {
    var found = new ArrayList<@Nullable String>();
    var value = columns[column];
    if (value == null) {
      return found;
    }
    var array = ByteBuffer.wrap(value);
    int dimensions = array.getInt();
    // Whether there are nulls, and the type of the elements.
    array.getLong();
    if (dimensions == 0) {
      return found;
    }
    int count = array.getInt();
    // The index of the first element.
    array.getInt();
    for (int i = 0; i < count; i++) {
      int length = array.getInt();
      if (length < 0) {
        found.add(null);
      } else {
        var element = new byte[length];
        array.get(element);
        found.add(new String(element, StandardCharsets.UTF_8));
      }
    }
    return found;
  }
}
