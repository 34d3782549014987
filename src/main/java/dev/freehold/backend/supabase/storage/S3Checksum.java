package dev.freehold.backend.supabase.storage;

import dev.freehold.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/// A body with a checksum that its client sent before or after it: `x-amz-checksum-crc32`,
/// `-crc32c`, `-crc64nvme`, `-sha1`, `-sha256`, or `Content-MD5`. When it ends with another one,
/// nothing of it may be kept.
final class S3Checksum extends InputStream {
  private final InputStream body;
  private final @Nullable Checksum sum;
  private final @Nullable MessageDigest digest;
  private final Supplier<Optional<String>> expected;

  private S3Checksum(
      InputStream body,
      @Nullable Checksum sum,
      @Nullable MessageDigest digest,
      Supplier<Optional<String>> expected) {
    this.body = body;
    this.sum = sum;
    this.digest = digest;
    this.expected = expected;
  }

  /// @param name a header's, in lower case; an unknown one is not checked
  /// @param expected what was said, known at the latest when the body has ended
  static InputStream of(InputStream body, String name, Supplier<Optional<String>> expected) {
    return switch (name) {
      case "x-amz-checksum-crc32" -> new S3Checksum(body, new CRC32(), null, expected);
      case "x-amz-checksum-crc32c" -> new S3Checksum(body, new CRC32C(), null, expected);
      case "x-amz-checksum-crc64nvme" -> new S3Checksum(body, new Crc64Nvme(), null, expected);
      case "x-amz-checksum-sha1" -> new S3Checksum(body, null, Digest.SHA_1.start(), expected);
      case "x-amz-checksum-sha256" -> new S3Checksum(body, null, Digest.SHA_256.start(), expected);
      case "content-md5" -> new S3Checksum(body, null, Digest.MD5.start(), expected);
      default -> body;
    };
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int count = body.read(into, offset, length);
    if (count < 0) {
      check();
      return count;
    }
    if (sum != null) {
      sum.update(into, offset, count);
    }
    if (digest != null) {
      digest.update(into, offset, count);
    }
    return count;
  }

  private void check() {
    // One that was announced and did not come is a wrong one.
    if (expected.get().filter(computed()::equals).isEmpty()) {
      throw StorageError.s3(
          "BadDigest", 400, "The checksum you specified did not match what we received.");
    }
  }

  private String computed() {
    return Base64.getEncoder().encodeToString(digest != null ? digest.digest() : sum());
  }

  private byte[] sum() {
    long value = sum == null ? 0 : sum.getValue();
    return sum instanceof Crc64Nvme
        ? ByteBuffer.allocate(Long.BYTES).putLong(value).array()
        : ByteBuffer.allocate(Integer.BYTES).putInt((int) value).array();
  }
}
