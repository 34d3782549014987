package dev.freehold.backend.supabase.standalone;

import static dev.freehold.backend.supabase.standalone.BackendOption.*;

import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.storage.S3Credentials;
import dev.freehold.backend.supabase.storage.StorageService;
import dev.freehold.backend.supabase.storage.StorageSettings;
import dev.freehold.image.ImageTools;
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
        folder, Optional.empty(), Optional.of(() -> images.apply(folder.resolve("toolchains"))));
  }
}
