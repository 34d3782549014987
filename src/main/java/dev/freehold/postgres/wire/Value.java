package dev.freehold.postgres.wire;

import java.nio.charset.StandardCharsets;

/// A value bound to a parameter of a statement.
///
/// @param type the OID of its type, 0 to let PostgreSQL infer it from where it stands
/// @param binary whether the bytes are in the type's binary form rather than its text form
/// @param bytes what is sent; text is UTF-8
@SuppressWarnings("ArrayRecordComponent")
public record Value(int type, boolean binary, byte[] bytes) {
  private static final int INFERRED = 0;
  private static final int BYTEA = 17;
  private static final int TEXT = 25;

  /// A value in text form whose type PostgreSQL infers.
  public static Value inferred(String text) {
    return new Value(INFERRED, false, utf8(text));
  }

  /// A value of type `text`.
  public static Value text(String text) {
    return new Value(TEXT, false, utf8(text));
  }

  /// A value of type `bytea`.
  public static Value bytes(byte[] bytes) {
    return new Value(BYTEA, true, bytes);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
