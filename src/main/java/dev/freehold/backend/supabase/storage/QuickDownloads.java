package dev.freehold.backend.supabase.storage;

import dev.freehold.http.FileCache;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Version;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Downloads whose object's row is known, so that no database is asked: the bytes are in memory, or
/// in a file of this machine that was open a moment ago, as the row is kept no longer than that.
/// Where policies have a say, which is neither in a public bucket nor with a signed link, they are
/// asked each time, and no thread waits for what they say. Whatever is out of the ordinary, most
/// errors included, is left to [DownloadPages].
final class QuickDownloads {
  private static final String OBJECT = "/object/";

  /// What stands behind `/object/` and names no bucket.
  private static final Set<String> WORDS = Set.of("public", "sign", "authenticated", "info");

  private final KnownObjects known;
  private final FileCache memory;
  private final Callers callers;
  private final OwnRows ownRows;
  private final ObjectStore store;
  private final SignedUrls signatures;

  QuickDownloads(
      StorageServer.Memory kept,
      Callers callers,
      OwnRows ownRows,
      ObjectStore store,
      SignedUrls signatures) {
    this.known = kept.known();
    this.memory = kept.memory();
    this.callers = callers;
    this.ownRows = ownRows;
    this.store = store;
    this.signatures = signatures;
  }

  /// Does not block. As [dev.freehold.http.QuickHandler#atOnce].
  @Nullable CompletableFuture<Optional<Response>> answer(Request request, Executor loop) {
    var path = request.path();
    if (!path.startsWith(OBJECT)) {
      return null;
    }
    int slash = path.indexOf('/', OBJECT.length());
    if (slash < 0) {
      return null;
    }
    var word = path.substring(OBJECT.length(), slash);
    if (!WORDS.contains(word)) {
      return answer(request, OBJECT.length(), Callers.Rule.ANYBODY, "", loop);
    }
    var rule = word.equals("authenticated") ? Callers.Rule.TOKEN : Callers.Rule.OPEN;
    return word.equals("info") ? null : answer(request, slash + 1, rule, word, loop);
  }

  /// @param from where the bucket begins in the path
  /// @param word what stood before it
  private @Nullable CompletableFuture<Optional<Response>> answer(
      Request request, int from, Callers.Rule rule, String word, Executor loop) {
    var path = request.path();
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
    if (found.isEmpty() || (word.equals("public") && !found.get().isPublic())) {
      return null;
    }
    try {
      return rule == Callers.Rule.OPEN
          ? known(new Call(request, Map.of(), Scope.NOBODY, false), found.get(), word)
          : asked(request, rule, found.get(), loop);
    } catch (StorageError refused) {
      return null;
    }
  }

  private @Nullable CompletableFuture<Optional<Response>> known(
      Call call, KnownObject object, String word) {
    var answer = answer(call, object, !word.equals("sign"));
    return answer == null ? null : CompletableFuture.completedFuture(Optional.of(answer));
  }

  /// For a caller who says who he is.
  private @Nullable CompletableFuture<Optional<Response>> asked(
      Request request, Callers.Rule rule, KnownObject object, Executor loop) {
    var operation =
        request.method().equals("HEAD")
            ? Operation.HEAD_AUTHENTICATED
            : Operation.GET_AUTHENTICATED;
    var caller = callers.of(request, rule, operation);
    var call = new Call(request, Map.of(), caller.scope(), caller.known());
    if (object.isPublic()) {
      return known(call, object, "");
    }
    var row = caller.known() ? ownRows.soon(call.scope(), object.bucket(), object.name()) : null;
    return row == null
        ? null
        : row.handleAsync(
            (own, failure) -> failure == null ? shown(call, own) : Optional.empty(), loop);
  }

  private Optional<Response> shown(Call call, Optional<KnownObject> own) {
    try {
      return own.isEmpty()
          ? Optional.of(Answers.error(StorageError.noSuchKey(), call.request()))
          : Optional.ofNullable(answer(call, own.get(), true));
    } catch (StorageError refused) {
      return Optional.empty();
    }
  }

  private @Nullable Response answer(Call call, KnownObject object, boolean open) {
    var expires = open ? null : expires(call, object);
    var what = object.what();
    if (call.request().method().equals("HEAD")) {
      return Rendering.head(call, what);
    }
    var unchanged = Rendering.unchanged(call, what);
    if (unchanged.isPresent()) {
      return unchanged.get();
    }
    var held = memory.find(object.version());
    return held == null
        ? fromDisk(call, object, expires)
        : Rendering.bytes(call, what, held, expires);
  }

  private @Nullable Response fromDisk(Call call, KnownObject object, @Nullable Instant expires) {
    // Small ones are read into memory, elsewhere.
    if (object.noted().size() <= FileCache.MAX_FILE_BYTES) {
      return null;
    }
    return Version.parse(object.version())
        .flatMap(store::atHand)
        .map(stored -> Rendering.bytes(call, object.what(), stored, expires))
        .orElse(null);
  }

  private Instant expires(Call call, KnownObject object) {
    return signatures.download(call.required("token"), object.bucket(), object.name()).expires();
  }
}
