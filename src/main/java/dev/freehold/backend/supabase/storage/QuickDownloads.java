package dev.freehold.backend.supabase.storage;

import dev.freehold.http.FileCache;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Version;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Downloads whose object's row is known, so that no database is asked: the bytes are in memory, or
/// in a file of this machine that was open a moment ago, as the row is kept no longer than that.
/// Only those that no policy has a say in: of a public bucket, or by a signed link. Whatever is out
/// of the ordinary, errors included, is left to [DownloadPages].
final class QuickDownloads {
  private static final String PUBLIC = "/object/public/";
  private static final String SIGNED = "/object/sign/";

  private final KnownObjects known;
  private final ObjectStore store;
  private final FileCache memory;
  private final SignedUrls signatures;

  QuickDownloads(KnownObjects known, ObjectStore store, FileCache memory, SignedUrls signatures) {
    this.known = known;
    this.store = store;
    this.memory = memory;
    this.signatures = signatures;
  }

  /// Does not block.
  @Nullable Response answer(Request request) {
    var path = request.path();
    boolean open = path.startsWith(PUBLIC);
    if (!open && !path.startsWith(SIGNED)) {
      return null;
    }
    int from = (open ? PUBLIC : SIGNED).length();
    int slash = path.indexOf('/', from);
    if (slash < 0) {
      return null;
    }
    var bucket = Percent.decode(path.substring(from, slash));
    var name = Percent.decode(path.substring(slash + 1));
    if (bucket.isEmpty() || name.isEmpty()) {
      return null;
    }
    var found = known.find(bucket.get(), name.get());
    if (found.isEmpty() || (open && !found.get().isPublic())) {
      return null;
    }
    try {
      return answer(new Call(request, Map.of(), Scope.NOBODY, false), found.get(), open);
    } catch (StorageError refused) {
      return null;
    }
  }

  private @Nullable Response answer(Call call, KnownObject object, boolean open) {
    var expires = open ? null : expires(call, object);
    var noted = object.noted();
    if (call.request().method().equals("HEAD")) {
      return Rendering.head(call, noted);
    }
    var unchanged = Rendering.unchanged(call, noted);
    if (unchanged.isPresent()) {
      return unchanged.get();
    }
    var held = memory.find(object.version());
    return held == null
        ? fromDisk(call, object, expires)
        : Rendering.bytes(call, noted, held, expires);
  }

  private @Nullable Response fromDisk(Call call, KnownObject object, @Nullable Instant expires) {
    // Small ones are read into memory, elsewhere.
    if (object.noted().size() <= FileCache.MAX_FILE_BYTES) {
      return null;
    }
    return Version.parse(object.version())
        .flatMap(store::atHand)
        .map(stored -> Rendering.bytes(call, object.noted(), stored, expires))
        .orElse(null);
  }

  private Instant expires(Call call, KnownObject object) {
    return signatures.download(call.required("token"), object.bucket(), object.name()).expires();
  }
}
