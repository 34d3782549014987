package dev.freehold.objectstore;

import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Bytes in an S3 bucket: one object a version, named by it below the prefix. S3 shows an object
/// whole or not at all, so nothing more is needed for that; what an upload in parts leaves behind
/// when it is killed is given up by [#sweep].
///
/// A bucket below a prefix belongs to one owner of bytes: a sweep removes what its own rows do not
/// name, so two owners would remove each other's. A small object there says whose it is.
public final class BucketStore implements ObjectStore, AutoCloseable {
  /// The object that says whose bytes lie below the prefix.
  static final String OWNER_MARK = "freehold-owner";

  private static final int NOT_FOUND = 404;
  private static final int MAX_MARK_BYTES = 256;

  private final BucketAddress address;
  private final String owner;
  private final S3Client s3;
  private final BucketUpload uploads;
  private final BucketFailures failures;
  private final AtomicBoolean ours = new AtomicBoolean();

  /// Whose bytes a folder's are: made once, and kept there.
  public static String ownerIn(Path folder) {
    var file = folder.resolve("owner");
    try {
      return Files.readString(file);
    } catch (NoSuchFileException first) {
      var made = UUID.randomUUID().toString();
      DurableFiles.write(DurableFiles.secretFolder(folder).resolve("owner"), made);
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Asks nothing of the bucket yet.
  ///
  /// @param owner says whose bytes these are; the same at every start
  public BucketStore(BucketAddress address, String owner) {
    this.address = address;
    this.owner = owner;
    this.s3 = BucketClient.open(address);
    this.failures = new BucketFailures(address);
    this.uploads = new BucketUpload(s3, address.bucket(), failures);
  }

  @Override
  public void keep(Path finished, Version version) {
    beOurs();
    uploads.put(finished, key(version));
    try {
      Files.deleteIfExists(finished);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<Stored> open(Version version) {
    return size(version)
        .map(size ->
            new Stored.Remote(
                size,
                (first, length) ->
                    reading(version, first, length)
                        .orElseThrow(() -> failures.gone(key(version)))));
  }

  /// A part of a version's bytes; empty when they are not there.
  Optional<InputStream> reading(Version version, long first, long length) {
    var key = key(version);
    try {
      return Optional.of(new BucketReading(s3, failures, address.bucket(), key, first, length));
    } catch (NoSuchKeyException gone) {
      return Optional.empty();
    } catch (SdkException e) {
      throw failures.of("read " + key, e);
    }
  }

  BucketFailures failures() {
    return failures;
  }

  private Optional<Long> size(Version version) {
    try {
      var head = s3.headObject(ask -> ask.bucket(address.bucket()).key(key(version)));
      return Optional.of(head.contentLength());
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return Optional.empty();
      }
      throw failures.of("look for " + version, e);
    } catch (SdkException e) {
      throw failures.of("look for " + version, e);
    }
  }

  @Override
  public boolean copy(Version from, Version to) {
    beOurs();
    var size = size(from);
    size.ifPresent(bytes -> uploads.copy(key(from), key(to), bytes));
    return size.isPresent();
  }

  @Override
  public void delete(Version version) {
    beOurs();
    try {
      s3.deleteObject(ask -> ask.bucket(address.bucket()).key(key(version)));
    } catch (SdkException e) {
      throw failures.of("remove " + version, e);
    }
  }

  @Override
  public void each(Consumer<Found> found) {
    beOurs();
    try {
      var pages =
          s3.listObjectsV2Paginator(ask -> ask.bucket(address.bucket()).prefix(address.prefix()));
      for (var object : pages.contents()) {
        Version.parse(object.key().substring(address.prefix().length()))
            .ifPresent(
                version -> found.accept(new Found(version, object.size(), object.lastModified())));
      }
    } catch (SdkException e) {
      throw failures.of("list the bucket", e);
    }
  }

  @Override
  public int sweep(Instant begunBefore) {
    beOurs();
    return uploads.giveUp(address.prefix(), begunBefore);
  }

  /// Removes everything of ours below the prefix, and then the mark.
  public void clear() {
    each(found -> delete(found.version()));
    int unused = sweep(Instant.MAX);
    s3.deleteObject(ask -> ask.bucket(address.bucket()).key(address.prefix() + OWNER_MARK));
    ours.set(false);
  }

  /// Writes, looks for, reads and removes a few bytes, so that keys without a permission that is
  /// needed are found out before a file is lost on them.
  public void prove(Path scratch) {
    beOurs();
    var version = Version.fresh();
    try {
      if (size(version).isPresent()) {
        throw new IllegalStateException("a version was given out twice: " + version);
      }
      Files.writeString(scratch, version.text());
      keep(scratch, version);
      try (var bytes = open(version).orElseThrow(failures::forgetful).stream()) {
        var read = new String(bytes.readAllBytes(), StandardCharsets.US_ASCII);
        if (!read.equals(version.text())) {
          throw failures.forgetful();
        }
      }
      int unused = sweep(Instant.EPOCH);
      each(found -> {});
    } catch (IOException e) {
      throw failures.of("read what was written", e);
    }
    delete(version);
  }

  private void beOurs() {
    if (ours.get()) {
      return;
    }
    try {
      var said = mark();
      if (said.isEmpty()) {
        var mark = RequestBody.fromString(owner);
        s3.putObject(ask -> ask.bucket(address.bucket()).key(address.prefix() + OWNER_MARK), mark);
      } else if (!said.get().equals(owner)) {
        throw failures.taken();
      }
    } catch (SdkException e) {
      throw failures.of("see whose it is", e);
    }
    ours.set(true);
  }

  private Optional<String> mark() {
    var name = address.prefix() + OWNER_MARK;
    try (InputStream mark = s3.getObject(ask -> ask.bucket(address.bucket()).key(name))) {
      return Optional.of(new String(mark.readNBytes(MAX_MARK_BYTES), StandardCharsets.UTF_8));
    } catch (NoSuchKeyException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw failures.of("see whose it is", e);
    }
  }

  private String key(Version version) {
    return address.prefix() + version.text();
  }

  @Override
  public void close() {
    s3.close();
  }
}
