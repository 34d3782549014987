package dev.freehold.backend.supabase.storage;

import static dev.freehold.backend.supabase.storage.Callers.Rule.ANYBODY;
import static dev.freehold.backend.supabase.storage.Callers.Rule.OPEN;
import static dev.freehold.backend.supabase.storage.Callers.Rule.TOKEN;
import static dev.freehold.backend.supabase.storage.Operation.*;

import dev.freehold.backend.JwtKeys;
import dev.freehold.http.FileCache;
import dev.freehold.http.QuickHandler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.image.Images;
import dev.freehold.objectstore.GrowingFiles;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Staging;
import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Events;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Supabase Storage's wire: buckets and objects as rows in the App's database, under its policies;
/// bytes in an [ObjectStore]. Sees paths without `/storage/v1`.
public final class StorageServer implements QuickHandler {
  private final Routes routes;
  private final QuickDownloads quick;
  private final Events events;

  /// What a server knows of rows without asking.
  ///
  /// @param memory small files
  record Memory(KnownObjects known, ChangeWatch watch, FileCache memory) {}

  /// @param keys verify callers' tokens and sign links
  /// @param s3 with what S3 clients sign
  /// @param store where bytes are kept
  /// @param staging where they arrive
  /// @param growing where those arrive that come in pieces
  /// @param images makes images of images; empty refuses them
  StorageServer(
      StorageSettings settings,
      StorageDatabase database,
      Memory kept,
      JwtKeys keys,
      S3Credentials s3,
      ObjectStore store,
      Staging staging,
      GrowingFiles growing,
      Optional<Images> images,
      Clock clock,
      Events events) {
    this.events = events;
    var verifier = keys.verifier(clock);
    var uploader = new Uploader(database, store, staging, clock);
    var signatures = new SignedUrls(keys, verifier, clock);
    var callers = new Callers(verifier);
    this.routes = new Routes(callers);
    var buckets = new BucketPages(database, uploader, settings, clock);
    var changes = new ChangePages(database, uploader, clock);
    addBuckets(buckets);
    addActions(
        new SignPages(database, uploader, signatures, settings),
        changes,
        new ListPages(database),
        new ListV2Pages(database));
    this.quick = new QuickDownloads(kept, callers, database.ownRows(), store, signatures);
    var downloads =
        new DownloadPages(database, kept.known(), kept.watch(), store, kept.memory(), signatures);
    addDownloads(downloads);
    addImages(new RenderPages(downloads, store, images));
    addResumable(new TusPages(database, uploader, store, growing, signatures, settings, clock));
    addUploads(new UploadPages(database, uploader, signatures, settings));
    var objects = new S3Objects(database, store, uploader, changes, settings);
    var multipart = new S3Multipart(database, store, staging, uploader, objects, settings, clock);
    addS3(
        new S3Pages(
            s3, verifier, settings, clock, new S3Buckets(database, buckets), objects, multipart));
    addState();
  }

  private void addS3(S3Pages pages) {
    for (var method : new String[] {"GET", "HEAD", "PUT", "POST", "DELETE"}) {
      for (var path : new String[] {"/s3", "/s3/", "/s3/{bucket}", "/s3/{bucket}/*"}) {
        routes.streaming(method, path, OPEN, NONE, pages::answer);
      }
    }
  }

  private void addBuckets(BucketPages pages) {
    for (var path : new String[] {"/bucket", "/bucket/"}) {
      routes.on("GET", path, TOKEN, BUCKET_LIST, pages::list);
      routes.on("POST", path, TOKEN, BUCKET_CREATE, pages::create);
    }
    routes
        .on("GET", "/bucket/{bucket}", TOKEN, BUCKET_GET, pages::show)
        .on("PUT", "/bucket/{bucket}", TOKEN, BUCKET_UPDATE, pages::update)
        .on("DELETE", "/bucket/{bucket}", TOKEN, BUCKET_DELETE, pages::delete)
        .on("POST", "/bucket/{bucket}/empty", TOKEN, BUCKET_EMPTY, pages::empty);
  }

  private void addActions(SignPages sign, ChangePages change, ListPages list, ListV2Pages second) {
    routes
        .on("POST", "/object/sign/{bucket}", TOKEN, SIGN_MANY, sign::many)
        .on("POST", "/object/sign/{bucket}/*", TOKEN, SIGN, sign::one)
        .on("POST", "/object/upload/sign/{bucket}/*", TOKEN, SIGN_UPLOAD, sign::upload)
        .on("POST", "/object/list/{bucket}", TOKEN, LIST, list::list)
        .on("POST", "/object/list-v2/{bucket}", TOKEN, LIST_V2, second::list)
        .on("POST", "/object/move", TOKEN, MOVE, change::move)
        .on("POST", "/object/copy", TOKEN, COPY, change::copy)
        .on("DELETE", "/object/{bucket}", TOKEN, DELETE_MANY, change::deleteMany)
        .on("DELETE", "/object/{bucket}/*", TOKEN, DELETE, change::delete)
        .on("DELETE", "/cdn/{bucket}/*", TOKEN, PURGE, StorageServer::purge);
  }

  private void addDownloads(DownloadPages pages) {
    routes
        .on("GET", "/object/public/{bucket}/*", OPEN, GET_PUBLIC, pages::publicly)
        .on("HEAD", "/object/public/{bucket}/*", OPEN, INFO_PUBLIC, pages::headPublic)
        .on("GET", "/object/sign/{bucket}/*", OPEN, GET_SIGNED, pages::signed)
        .on("HEAD", "/object/sign/{bucket}/*", OPEN, GET_SIGNED, pages::headSigned)
        .on(
            "GET",
            "/object/authenticated/{bucket}/*",
            TOKEN,
            GET_AUTHENTICATED,
            pages::authenticated)
        .on("HEAD", "/object/authenticated/{bucket}/*", TOKEN, HEAD_AUTHENTICATED, pages::head)
        .on("GET", "/object/info/public/{bucket}/*", OPEN, INFO_PUBLIC, pages::infoPublic)
        .on("GET", "/object/info/authenticated/{bucket}/*", TOKEN, INFO_AUTHENTICATED, pages::info)
        .on("GET", "/object/info/{bucket}/*", ANYBODY, INFO_AUTHENTICATED, pages::info)
        .on("GET", "/object/{bucket}/*", ANYBODY, GET_AUTHENTICATED, pages::authenticated)
        .on("HEAD", "/object/{bucket}/*", ANYBODY, HEAD_AUTHENTICATED, pages::head);
  }

  private void addImages(RenderPages pages) {
    var root = "/render/image";
    routes
        .on("GET", root + "/public/{bucket}/*", OPEN, RENDER_PUBLIC, pages::publicly)
        .on("GET", root + "/sign/{bucket}/*", OPEN, RENDER_SIGNED, pages::signed)
        .on(
            "GET",
            root + "/authenticated/{bucket}/*",
            TOKEN,
            RENDER_AUTHENTICATED,
            pages::authenticated);
  }

  private void addResumable(TusPages pages) {
    var tus = TusPages.Way.TOKEN;
    var root = "/upload/resumable";
    for (var path : new String[] {root, root + "/"}) {
      routes.streaming("POST", path, TOKEN, TUS_CREATE, TusPages.page(tus, pages::create));
      routes.on("OPTIONS", path, OPEN, TUS_OPTIONS, TusPages.page(tus, pages::options));
    }
    var signed = TusPages.Way.SIGNED;
    var sign = root + "/sign";
    for (var path : new String[] {sign, sign + "/"}) {
      routes.streaming("POST", path, OPEN, TUS_CREATE_SIGNED, TusPages.page(signed, pages::create));
      routes.on("OPTIONS", path, OPEN, TUS_OPTIONS, TusPages.page(signed, pages::options));
    }
    var any = sign + "/*";
    for (var method : new String[] {"PATCH", "POST"}) {
      routes.streaming(method, any, OPEN, TUS_PART_SIGNED, TusPages.page(signed, pages::add));
    }
    routes
        .on("HEAD", any, OPEN, TUS_GET_SIGNED, TusPages.page(signed, pages::state))
        .on("DELETE", any, OPEN, TUS_DELETE_SIGNED, TusPages.page(signed, pages::end))
        .on("OPTIONS", any, OPEN, TUS_OPTIONS, TusPages.page(signed, pages::options));
    var one = root + "/*";
    for (var method : new String[] {"PATCH", "POST"}) {
      routes.streaming(method, one, TOKEN, TUS_PART, TusPages.page(tus, pages::add));
    }
    routes
        .on("HEAD", one, TOKEN, TUS_GET, TusPages.page(tus, pages::state))
        .on("DELETE", one, TOKEN, TUS_DELETE, TusPages.page(tus, pages::end))
        .on("OPTIONS", one, OPEN, TUS_OPTIONS, TusPages.page(tus, pages::options));
  }

  private void addUploads(UploadPages pages) {
    routes
        .streaming("PUT", "/object/upload/sign/{bucket}/*", OPEN, UPLOAD_SIGNED, pages::signed)
        .streaming("POST", "/object/{bucket}/*", TOKEN, UPLOAD, pages::create)
        .streaming("PUT", "/object/{bucket}/*", TOKEN, UPLOAD_UPDATE, pages::replace);
  }

  private void addState() {
    routes
        .on("GET", "/status", OPEN, NONE, call -> Response.of(200))
        .on("GET", "/health", OPEN, NONE, call -> Answers.json(Map.of("healthy", true)));
  }

  /// There is no cache in front of us to purge.
  private static Response purge(Call call) {
    if (!call.scope().role().equals("service_role")) {
      throw StorageError.accessDenied("Access denied: Invalid role");
    }
    return Answers.message("success");
  }

  @Override
  public boolean streams(String method, String path) {
    return routes.streams(method, path);
  }

  @Override
  public @Nullable CompletableFuture<Optional<Response>> atOnce(Request head, Executor loop) {
    return quick.answer(head, loop);
  }

  @Override
  public Response handle(Request request) {
    try {
      return routes.answer(request);
    } catch (StorageError e) {
      if (e.status() >= 500) {
        publish(request, e);
      }
      return Answers.error(e, request);
    } catch (ProblemException e) {
      publish(request, e);
      return Answers.error(StorageError.internal(), request);
    }
  }

  private void publish(Request request, RuntimeException failure) {
    events.publish(
        new StorageEvent.Failed(request.method() + " " + request.path(), cause(failure)));
  }

  private static String cause(RuntimeException failure) {
    var said = failure.getSuppressed();
    return String.valueOf(said.length > 0 ? said[0] : failure);
  }
}
