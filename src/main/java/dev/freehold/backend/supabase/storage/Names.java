package dev.freehold.backend.supabase.storage;

import java.util.regex.Pattern;

/// Which names objects and buckets may have: the characters S3 takes, those among them that want
/// care included (reference 6.4).
final class Names {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_/!.*'() &$=@;:+,?-]+");
  private static final Pattern BUCKET = Pattern.compile("[A-Za-z0-9_!.*'() &$=@;:+,?-]{1,100}");

  /// S3's limit; PostgreSQL's index on names would refuse somewhat longer ones.
  private static final int MAX_KEY_BYTES = 1024;

  /// What upstream keeps for buckets of another kind.
  private static final String RESERVED_SUFFIX = "--iceberg";

  private static final String EMPTY_FOLDER = ".emptyFolderPlaceholder";

  private Names() {}

  static String key(String key) {
    if (key.length() > MAX_KEY_BYTES || !KEY.matcher(key).matches()) {
      throw StorageError.invalidKey(key);
    }
    return key;
  }

  static String bucket(String name) {
    if (!BUCKET.matcher(name).matches()) {
      throw StorageError.invalidBucketName();
    }
    return name;
  }

  /// The name of a bucket to be made.
  static String newBucket(String name) {
    if (!name.strip().equals(name) || name.endsWith(RESERVED_SUFFIX)) {
      throw StorageError.invalidBucketName();
    }
    return bucket(name);
  }

  /// The object by which Studio keeps an empty folder; it may hold nothing.
  static boolean isEmptyFolder(String key) {
    return key.endsWith(EMPTY_FOLDER);
  }
}
