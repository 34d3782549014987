package dev.freehold.backend.supabase.storage;

import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.wire.Batch;
import dev.freehold.postgres.wire.Lanes;
import dev.freehold.postgres.wire.Query;
import dev.freehold.postgres.wire.Row;
import dev.freehold.postgres.wire.Value;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Asks which bytes of an object a caller may see, if any: the caller's settings and the question
/// travel together, which is one round trip and one transaction, and several callers' questions
/// follow one another on one connection. Policies are asked each time and no verdict is kept: they
/// may depend on the request, the time or other rows.
final class OwnRows {
  private static final String FIND =
      "select bucket_id, name, version, metadata::text from storage.objects"
          + " where bucket_id = $1 and name = $2 limit 1";

  /// Where the question stands behind the settings.
  private static final int QUESTION = 1;

  private final Lanes lanes;

  OwnRows(Lanes lanes) {
    this.lanes = lanes;
  }

  /// Waits for the answer.
  ///
  /// @return empty for a row that is not there or that no policy shows
  /// @throws StorageError when the database refuses or cannot be asked
  Optional<KnownObject> find(Scope scope, String bucket, String name) {
    try {
      return row(lanes.run(batch(scope, bucket, name)).rows().get(QUESTION));
    } catch (PostgresException e) {
      throw StorageDatabase.told(e);
    }
  }

  /// Does not wait. Where the future fails, [#find] is to be asked.
  ///
  /// @return null when it takes waiting, see [Lanes#soon]
  @Nullable CompletableFuture<Optional<KnownObject>> soon(Scope scope, String bucket, String name) {
    try {
      var reply = lanes.soon(batch(scope, bucket, name));
      return reply == null ? null : reply.thenApply(got -> row(got.rows().get(QUESTION)));
    } catch (PostgresException notAsked) {
      return null;
    }
  }

  private static Batch batch(Scope scope, String bucket, String name) {
    var settings =
        new Query(Transaction.NUMBERED_SETTINGS, texts(scope.settings().toArray(String[]::new)));
    var question = new Query(FIND, texts(bucket, name));
    return new Batch(List.of(settings, question), QUESTION, Batch.Kind.READ);
  }

  private static List<Value> texts(String... values) {
    return List.of(values).stream().map(Value::text).toList();
  }

  private static Optional<KnownObject> row(List<Row> rows) {
    return rows.stream()
        .findFirst()
        .map(row ->
            new KnownObject(
                false,
                text(row, 0),
                text(row, 1),
                text(row, 2),
                Described.of(ObjectMetadata.of(Json.object(row.text(3))))));
  }

  private static String text(Row row, int column) {
    var value = row.text(column);
    return value == null ? "" : value;
  }
}
