package dev.freehold.objectstore;

import dev.freehold.digest.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.commons.io.input.BoundedInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/// Brings files into a bucket: small ones in one request, larger ones in parts, each read from disk
/// as it is sent (and again when it must be repeated) and sent with its MD5. The object appears
/// when all of it is there.
final class BucketUpload {
  private static final long PART_BYTES = 16L << 20;
  private static final int MAX_PARTS = 10_000;

  /// Larger ones are copied in parts: one request for more takes a vendor longer than it may.
  private static final long COPIED_AT_ONCE_BYTES = 1L << 30;

  private static final String TYPE = "application/octet-stream";
  private static final int NOT_ALLOWED = 405;
  private static final int NOT_IMPLEMENTED = 501;

  private final S3Client s3;
  private final String bucket;
  private final BucketFailures failures;

  BucketUpload(S3Client s3, String bucket, BucketFailures failures) {
    this.s3 = s3;
    this.bucket = bucket;
    this.failures = failures;
  }

  void put(Path file, String key) {
    try {
      long size = Files.size(file);
      if (size > PART_BYTES) {
        inParts(
            key,
            size,
            PART_BYTES,
            (id, number, first, length) -> {
              var part = new Piece(file, first, length);
              var md5 = part.md5();
              return s3.uploadPart(
                      ask ->
                          ask.bucket(bucket)
                              .key(key)
                              .uploadId(id)
                              .partNumber(number)
                              .contentMD5(md5),
                      part.body())
                  .eTag();
            });
        return;
      }
      var whole = new Piece(file, 0, size);
      var md5 = whole.md5();
      s3.putObject(
          ask -> ask.bucket(bucket).key(key).contentType(TYPE).contentMD5(md5), whole.body());
    } catch (SdkException | IOException e) {
      throw failures.of("write " + key, e);
    }
  }

  void copy(String from, String to, long size) {
    try {
      if (size > COPIED_AT_ONCE_BYTES) {
        inParts(
            to,
            size,
            COPIED_AT_ONCE_BYTES,
            (id, number, first, length) ->
                s3.uploadPartCopy(ask ->
                        ask.sourceBucket(bucket)
                            .sourceKey(from)
                            .destinationBucket(bucket)
                            .destinationKey(to)
                            .uploadId(id)
                            .partNumber(number)
                            .copySourceRange("bytes=" + first + "-" + (first + length - 1)))
                    .copyPartResult()
                    .eTag());
        return;
      }
      s3.copyObject(ask ->
          ask.sourceBucket(bucket).sourceKey(from).destinationBucket(bucket).destinationKey(to));
    } catch (SdkException | IOException e) {
      throw failures.of("copy " + from, e);
    }
  }

  /// Brings one part there; its answer is the part's ETag.
  private interface Part {
    String bring(String uploadId, int number, long first, long length) throws IOException;
  }

  private void inParts(String key, long size, long usual, Part part) throws IOException {
    long each = Math.max(usual, (size + MAX_PARTS - 1) / MAX_PARTS);
    var id =
        s3.createMultipartUpload(ask -> ask.bucket(bucket).key(key).contentType(TYPE)).uploadId();
    boolean done = false;
    try {
      List<CompletedPart> parts = new ArrayList<>();
      for (long first = 0; first < size; first += each) {
        int number = parts.size() + 1;
        var etag = part.bring(id, number, first, Math.min(each, size - first));
        parts.add(CompletedPart.builder().partNumber(number).eTag(etag).build());
      }
      s3.completeMultipartUpload(
          ask -> ask.bucket(bucket).key(key).uploadId(id).multipartUpload(all -> all.parts(parts)));
      done = true;
    } finally {
      if (!done) {
        giveUp(key, id);
      }
    }
  }

  /// What cannot be given up now the sweep gives up later.
  private void giveUp(String key, String id) {
    try {
      s3.abortMultipartUpload(ask -> ask.bucket(bucket).key(key).uploadId(id));
    } catch (SdkException failed) {
      return;
    }
  }

  /// Gives up uploads below the prefix that were begun before then. A vendor that cannot list them
  /// is asked no more: such ones expire them on their own.
  ///
  /// @return how many
  int giveUp(String prefix, Instant begunBefore) {
    int given = 0;
    try {
      var pages = s3.listMultipartUploadsPaginator(ask -> ask.bucket(bucket).prefix(prefix));
      for (var upload : pages.uploads()) {
        var name = upload.key().substring(prefix.length());
        var begun = upload.initiated();
        if (begun != null && begun.isBefore(begunBefore) && Version.parse(name).isPresent()) {
          s3.abortMultipartUpload(
              ask -> ask.bucket(bucket).key(upload.key()).uploadId(upload.uploadId()));
          given++;
        }
      }
    } catch (SdkException e) {
      if (!unknown(e)) {
        throw failures.of("look for uploads that were broken off", e);
      }
    }
    return given;
  }

  private static boolean unknown(SdkException e) {
    return e instanceof software.amazon.awssdk.services.s3.model.S3Exception refused
        && (refused.statusCode() == NOT_ALLOWED || refused.statusCode() == NOT_IMPLEMENTED);
  }

  /// Some of a file's bytes, which can be read as often as they must be sent.
  private record Piece(Path file, long first, long length) {
    InputStream open() {
      try {
        var channel = FileChannel.open(file, StandardOpenOption.READ).position(first);
        return BoundedInputStream.builder()
            .setInputStream(Channels.newInputStream(channel))
            .setMaxCount(length)
            .get();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    RequestBody body() {
      return RequestBody.fromContentProvider(this::open, length, TYPE);
    }

    String md5() throws IOException {
      try (var bytes = open()) {
        return Base64.getEncoder().encodeToString(Digest.MD5.of(bytes));
      }
    }
  }
}
