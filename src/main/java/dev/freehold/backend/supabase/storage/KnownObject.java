package dev.freehold.backend.supabase.storage;

/// What a download must know of an object: whether anybody may have it, and which bytes it is now.
///
/// @param isPublic whether its bucket is public
/// @param version names the bytes; empty on a row that some SQL wrote
record KnownObject(boolean isPublic, String bucket, String name, String version, Described what) {
  private static final int OVERHEAD_BYTES = 900;

  static KnownObject of(boolean isPublic, StoredObject row) {
    return new KnownObject(
        isPublic, row.bucket(), row.name(), row.version(), Described.of(row.noted()));
  }

  ObjectMetadata noted() {
    return what.noted();
  }

  /// About how many bytes of memory it takes.
  int weight() {
    var noted = noted();
    int characters =
        bucket.length()
            + name.length()
            + version.length()
            + noted.etag().length()
            + noted.type().length()
            + noted.cacheControl().length()
            + noted.robotsTag().length();
    return OVERHEAD_BYTES + 2 * characters;
  }
}
