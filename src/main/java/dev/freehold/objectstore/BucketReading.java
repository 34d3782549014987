package dev.freehold.objectstore;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/// A part of an object in a bucket, read as it comes. A connection that breaks is taken up again
/// where it broke: a version's bytes never change. Asked for at once.
final class BucketReading extends InputStream {
  /// Breaks in a row without a byte in between.
  private static final int MAX_BREAKS = 3;

  private final S3Client s3;
  private final BucketFailures failures;
  private final String bucket;
  private final String key;
  private long next;
  private long left;
  private @Nullable ResponseInputStream<GetObjectResponse> open;

  /// @throws software.amazon.awssdk.services.s3.model.NoSuchKeyException when it is not there
  BucketReading(
      S3Client s3, BucketFailures failures, String bucket, String key, long first, long length) {
    this.s3 = s3;
    this.failures = failures;
    this.bucket = bucket;
    this.key = key;
    this.next = first;
    this.left = length;
    this.open = begin();
  }

  @Override
  public int read() throws IOException {
    var one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    if (left == 0) {
      return -1;
    }
    for (int breaks = 1; ; breaks++) {
      try {
        int count = stream().read(into, offset, (int) Math.min(length, left));
        if (count < 0) {
          throw new IOException("the object ended " + left + " bytes early");
        }
        next += count;
        left -= count;
        return count;
      } catch (IOException broken) {
        letGo();
        if (breaks == MAX_BREAKS) {
          throw failures.of("read " + key, broken);
        }
      }
    }
  }

  private ResponseInputStream<GetObjectResponse> stream() {
    var now = open;
    if (now == null) {
      try {
        now = begin();
      } catch (SdkException e) {
        throw failures.of("read " + key, e);
      }
      open = now;
    }
    return now;
  }

  private ResponseInputStream<GetObjectResponse> begin() {
    var range = "bytes=" + next + "-" + (next + left - 1);
    return s3.getObject(ask -> ask.bucket(bucket).key(key).range(range));
  }

  /// Cut off rather than read to its end, which may be gigabytes away.
  private void letGo() {
    if (open != null) {
      open.abort();
      open = null;
    }
  }

  @Override
  public void close() throws IOException {
    if (open != null && left == 0) {
      open.close();
      open = null;
    }
    letGo();
  }
}
