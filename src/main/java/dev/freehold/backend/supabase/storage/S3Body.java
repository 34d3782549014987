package dev.freehold.backend.supabase.storage;

import dev.freehold.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;

/// A body whose SHA-256 was signed: when it ends with another one, nothing of it may be kept.
final class S3Body extends InputStream {
  private final InputStream body;
  private final String expected;
  private final MessageDigest digest = Digest.SHA_256.start();

  S3Body(InputStream body, String expected) {
    this.body = body;
    this.expected = expected;
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = body.read(into, offset, length);
    if (count > 0) {
      digest.update(into, offset, count);
    } else if (count < 0 && !HexFormat.of().formatHex(digest.digest()).equals(expected)) {
      throw StorageError.s3(
          "XAmzContentSHA256Mismatch",
          400,
          "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    return count;
  }
}
