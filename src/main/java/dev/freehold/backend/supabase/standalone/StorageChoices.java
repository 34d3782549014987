package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.storage.BucketUse;
import dev.freehold.backend.supabase.storage.S3Credentials;
import dev.freehold.backend.supabase.storage.StorageService;
import dev.freehold.backend.supabase.storage.StorageSettings;
import dev.freehold.image.ImageTools;
import dev.freehold.objectstore.BucketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/// What a configuration says about files.
final class StorageChoices {
  private StorageChoices() {}

  static StorageSettings settings(BackendConfiguration configuration) {
    var limit =
        StorageSettings.bytes(configuration.text(STORAGE_FILE_SIZE_LIMIT))
            .orElseThrow(() ->
                BackendConfiguration.invalid(
                        STORAGE_FILE_SIZE_LIMIT, "it is a size such as 50MB or 5GB")
                    .raise());
    return StorageSettings.DEFAULT.withMaxFileBytes(limit);
  }

  /// The pair that is set, or one that follows from the JWT secret.
  static S3Credentials credentials(BackendConfiguration configuration, EnvironmentKeys keys) {
    if (configuration.has(STORAGE_S3_ACCESS_KEY_ID) != configuration.has(STORAGE_S3_SECRET)) {
      throw BackendConfiguration.invalid(
              STORAGE_S3_SECRET, "storage-s3-access-key-id and storage-s3-secret go together")
          .raise();
    }
    return configuration.has(STORAGE_S3_SECRET)
        ? new S3Credentials(
            configuration.text(STORAGE_S3_ACCESS_KEY_ID),
            configuration.text(STORAGE_S3_SECRET),
            keys.api().anon())
        : S3Credentials.of(keys.jwt(), keys.api());
  }

  static StorageService.Place place(
      BackendConfiguration configuration, Function<Path, ImageTools> images) {
    var folder = Path.of(configuration.text(STORAGE_FOLDER)).toAbsolutePath();
    return new StorageService.Place(
        folder,
        bucket(configuration),
        Optional.of(() -> images.apply(folder.resolve("toolchains"))));
  }

  /// Which bucket bytes lie in, and whether new ones go there.
  private static Optional<BucketUse> bucket(BackendConfiguration configuration) {
    if (!configuration.has(STORAGE_BUCKET)) {
      return Optional.empty();
    }
    var bytes = configuration.text(STORAGE_BYTES);
    if (!bytes.equals("bucket") && !bytes.equals("disk")) {
      throw BackendConfiguration.invalid(STORAGE_BYTES, "it is bucket or disk").raise();
    }
    var address =
        new BucketAddress(
            configuration.text(STORAGE_BUCKET_ENDPOINT),
            configuration.text(STORAGE_BUCKET_REGION),
            configuration.text(STORAGE_BUCKET),
            configuration.text(STORAGE_BUCKET_PREFIX),
            configuration.flag(STORAGE_BUCKET_PATH_STYLE),
            configuration.text(STORAGE_BUCKET_ACCESS_KEY_ID),
            configuration.text(STORAGE_BUCKET_SECRET));
    return Optional.of(
        new BucketUse(address, bytes.equals("bucket"), configuration.flag(STORAGE_MOVE)));
  }
}
