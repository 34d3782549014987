package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Response;
import dev.freehold.image.Images;
import dev.freehold.image.Made;
import dev.freehold.image.Wanted;
import dev.freehold.objectstore.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// `GET /render/image/…`: an object that is an image, as the client wants it. Who may see it is
/// decided as for the object itself.
final class RenderPages {
  private static final String WEBP = "image/webp";
  private static final String VECTOR = "image/svg";

  private final DownloadPages objects;
  private final ObjectStore store;
  private final Optional<Images> images;

  RenderPages(DownloadPages objects, ObjectStore store, Optional<Images> images) {
    this.objects = objects;
    this.store = store;
    this.images = images;
  }

  Response publicly(Call call) {
    return render(call, objects.publicObject(call), asked(call), null);
  }

  Response authenticated(Call call) {
    return render(call, objects.visible(call), asked(call), null);
  }

  Response signed(Call call) {
    var link = objects.signature(call);
    var asked = Transformation.ofClaim(link.transformations());
    return render(call, objects.signedObject(call), asked, link.expires());
  }

  private static Transformation asked(Call call) {
    return Transformation.read(call.query(), "querystring");
  }

  private Response render(
      Call call, KnownObject object, Transformation asked, @Nullable Instant expires) {
    var stored = Rendering.open(store, object.version()).orElseThrow(StorageError::bytesGone);
    // Drawings are drawn at any size by who shows them.
    if (object.noted().type().startsWith(VECTOR)) {
      return Rendering.bytes(call, object.what(), stored, expires);
    }
    Made made;
    try {
      made =
          images
              .orElseThrow(() -> StorageError.notEnabled("imageTransformation"))
              .make(object.version(), stored.size(), () -> stored.stream(), wanted(call, asked));
    } finally {
      stored.drop();
    }
    return switch (made) {
      case Made.Image image -> answer(call, object.noted(), image, asked, expires);
      case Made.Refused(var why) -> throw refused(why);
    };
  }

  /// A client that shows WebP gets it, unless a format is named.
  private static Wanted wanted(Call call, Transformation asked) {
    boolean showsWebp = call.header("Accept").orElse("").contains(WEBP);
    var format =
        switch (asked.format()) {
          case "origin" -> "";
          case "" -> showsWebp ? "webp" : "";
          default -> asked.format();
        };
    var fit =
        switch (asked.resize()) {
          case "contain" -> Wanted.Fit.CONTAIN;
          case "fill" -> Wanted.Fit.FILL;
          default -> Wanted.Fit.COVER;
        };
    return new Wanted(
        Transformation.side(asked.width()),
        Transformation.side(asked.height()),
        fit,
        format,
        asked.quality(),
        asked.gravity(),
        asked.x(),
        asked.y());
  }

  private static Response answer(
      Call call,
      ObjectMetadata noted,
      Made.Image image,
      Transformation asked,
      @Nullable Instant expires) {
    var fields = new ArrayList<Headers.Field>();
    var shown =
        new ObjectMetadata(
            noted.etag(),
            image.size(),
            image.type(),
            noted.cacheControl(),
            noted.lastModified(),
            noted.robotsTag());
    fields.addAll(Described.of(shown).object());
    Rendering.addCaching(fields, call, shown, expires);
    Rendering.addDisposition(fields, call.query("download"));
    Described.add(fields, "Vary", "Accept");
    if (!asked.words().isEmpty()) {
      Described.add(fields, "X-Transformations", String.join(",", asked.words()));
    }
    return new Response(200, Headers.of(fields), new Body.File(image.channel(), 0, image.size()));
  }

  private static StorageError refused(Made.Why why) {
    return switch (why) {
      case FORMAT ->
          StorageError.imageProcessing(
              400, "The source image is invalid or unsupported for rendering");
      case PIXELS ->
          StorageError.imageProcessing(400, "The source image resolution is too large to process");
      case BYTES ->
          StorageError.imageProcessing(400, "The source image file is too large to process");
      case TOO_HARD -> StorageError.imageProcessing(408, "Image request timed out");
      case BUSY -> StorageError.imageProcessing(429, "Too many requests");
    };
  }
}
