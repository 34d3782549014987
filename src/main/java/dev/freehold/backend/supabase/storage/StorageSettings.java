package dev.freehold.backend.supabase.storage;

import java.time.Duration;
import java.util.Optional;

/// What an operator may say about a storage server.
///
/// @param mountedAt the path clients know it by, for example `/storage/v1`; signatures of the S3
///   protocol cover it
/// @param maxFileBytes the largest object; a bucket may say less
/// @param signedUploadLifetime how long a signed upload URL is good for
/// @param resumableLifetime how long an upload may wait for its next piece
public record StorageSettings(
    String mountedAt,
    long maxFileBytes,
    Duration signedUploadLifetime,
    Duration resumableLifetime) {
  /// A hundred times what a hosted project gives at first; a bucket or an operator may say less.
  public static final long DEFAULT_MAX_FILE_BYTES = 5_000_000_000L;

  public static final StorageSettings DEFAULT =
      new StorageSettings(
          "/storage/v1", DEFAULT_MAX_FILE_BYTES, Duration.ofMinutes(1), Duration.ofHours(24));

  /// A size as operators and clients write it: `50MB`, `5GB`; empty when it is none.
  public static Optional<Long> bytes(String text) {
    try {
      return Optional.of(FileSize.parse(text));
    } catch (StorageError unusable) {
      return Optional.empty();
    }
  }

  public StorageSettings withMaxFileBytes(long bytes) {
    return new StorageSettings(mountedAt, bytes, signedUploadLifetime, resumableLifetime);
  }

  public StorageSettings withResumableLifetime(Duration lifetime) {
    return new StorageSettings(mountedAt, maxFileBytes, signedUploadLifetime, lifetime);
  }
}
