package dev.freehold.backend.supabase.storage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The rows of `storage.objects`.
final class Objects {
  private static final String SELECT = "select " + StoredObject.COLUMNS + " from storage.objects";

  private static final String FIND = SELECT + " where bucket_id = ? and name = ? limit 1";

  private static final String FIND_ALL = SELECT + " where bucket_id = ? and name = any (?)";

  private static final String INSERT =
      """
      insert into storage.objects
        (bucket_id, name, owner, owner_id, metadata, user_metadata, version)
      values (?, ?, ?, ?, ?, ?, ?)
      """;

  /// An owner that is not known stays who it was.
  private static final String ON_CONFLICT =
      """
      on conflict (bucket_id, name) do update set metadata = excluded.metadata,
        user_metadata = excluded.user_metadata, version = excluded.version,
        owner = coalesce(excluded.owner, objects.owner),
        owner_id = coalesce(excluded.owner_id, objects.owner_id)
      """;

  private static final String RETURNING = " returning " + StoredObject.COLUMNS;

  private static final String MOVE =
      """
      update storage.objects set bucket_id = ?, name = ?,
        owner = coalesce(?::uuid, owner), owner_id = coalesce(?, owner_id)
      where bucket_id = ? and name = ?
      """;

  private static final String DELETE =
      "delete from storage.objects where bucket_id = ? and name = any (?)";

  private static final String DELETE_BATCH =
      """
      delete from storage.objects where id in (
        select id from storage.objects where bucket_id = ? and created_at < ? limit ?)
      returning version
      """;

  /// One writer of a name at a time. The number is what names the lock among advisory locks.
  private static final String LOCK =
      "select set_config('lock_timeout', ?, true), pg_advisory_xact_lock(?)";

  private static final String LOCK_TIMEOUT = "5s";

  private Objects() {}

  /// What an object's row is to say.
  ///
  /// @param owner empty for nobody
  record Written(
      String bucket,
      String name,
      String owner,
      Map<String, Object> metadata,
      @Nullable Map<String, Object> userMetadata,
      String version) {}

  static Optional<StoredObject> find(Transaction transaction, String bucket, String name) {
    return transaction.one(FIND, StoredObject::read, bucket, name);
  }

  static Optional<StoredObject> lock(Transaction transaction, String bucket, String name) {
    return transaction.one(FIND + " for update", StoredObject::read, bucket, name);
  }

  static List<StoredObject> findAll(Transaction transaction, String bucket, List<String> names) {
    return transaction.all(FIND_ALL, StoredObject::read, bucket, names);
  }

  /// @throws StorageError `KeyAlreadyExists` by way of the unique index
  static void insert(Transaction transaction, Written row) {
    transaction.changes().object(row.bucket(), row.name());
    transaction.run(INSERT, values(row));
  }

  /// As the user, so that the policies of INSERT, UPDATE and SELECT all have their say.
  static StoredObject upsert(Transaction transaction, Written row) {
    transaction.changes().object(row.bucket(), row.name());
    return transaction
        .one(INSERT + ON_CONFLICT + RETURNING, StoredObject::read, values(row))
        .orElseThrow(StorageError::internal);
  }

  private static @Nullable Object[] values(Written row) {
    return new @Nullable Object[] {
      row.bucket(),
      row.name(),
      uuid(row.owner()),
      row.owner().isEmpty() ? null : row.owner(),
      row.metadata(),
      row.userMetadata(),
      row.version()
    };
  }

  /// Gives an object another name, perhaps in another bucket; its bytes stay where they are.
  static StoredObject move(
      Transaction transaction, StoredObject object, String bucket, String name, String owner) {
    transaction.changes().object(object.bucket(), object.name());
    transaction.changes().object(bucket, name);
    return transaction
        .one(
            MOVE + RETURNING,
            StoredObject::read,
            bucket,
            name,
            owner.isEmpty() ? null : uuid(owner),
            owner.isEmpty() ? null : owner,
            object.bucket(),
            object.name())
        .orElseThrow(StorageError::noSuchKey);
  }

  static List<StoredObject> delete(Transaction transaction, String bucket, List<String> names) {
    names.forEach(name -> transaction.changes().object(bucket, name));
    return transaction.all(DELETE + RETURNING, StoredObject::read, bucket, names);
  }

  /// Deletes some of what a bucket held at a time.
  ///
  /// @return the versions that were
  static List<String> deleteSome(
      Transaction transaction, String bucket, java.time.Instant before, int most) {
    transaction.changes().everything();
    return transaction.all(
        DELETE_BATCH, row -> String.valueOf(row.getString("version")), bucket, before, most);
  }

  static boolean any(Transaction transaction, String bucket) {
    return transaction
        .one("select 1 from storage.objects where bucket_id = ? limit 1", row -> true, bucket)
        .isPresent();
  }

  /// Counts up to a limit.
  static long count(Transaction transaction, String bucket, long most) {
    return transaction
        .one(
            "select count(*) from (select 1 from storage.objects where bucket_id = ? limit ?) held",
            row -> row.getLong(1),
            bucket,
            most)
        .orElse(0L);
  }

  /// Waits until nobody else writes this name, for the rest of the transaction.
  static void hold(Transaction transaction, String bucket, String name) {
    try {
      transaction.one(LOCK, row -> true, LOCK_TIMEOUT, lockNumber(bucket + "/" + name));
    } catch (dev.freehold.postgres.PostgresException e) {
      throw e.sqlState().equals("55P03") ? StorageError.lockTimeout() : e;
    }
  }

  private static long lockNumber(String name) {
    var id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    return id.getMostSignificantBits();
  }

  /// The text as a UUID; null when it is none.
  static @Nullable UUID uuid(String text) {
    try {
      return text.length() == 36 ? UUID.fromString(text) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
