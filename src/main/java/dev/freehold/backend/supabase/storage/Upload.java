package dev.freehold.backend.supabase.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a client sends to become an object: bytes, and what it says about them.
///
/// @param type content type
/// @param cacheControl the header downloads will have
/// @param userMetadata what the client wants kept beside it; null when it said nothing
/// @param robotsTag the header downloads will have; empty for the usual one
/// @param bytes still arriving
/// @param declaredSize what the client announced, negative when it did not
/// @param maxBytes the most it may be
record Upload(
    String type,
    String cacheControl,
    @Nullable Map<String, Object> userMetadata,
    String robotsTag,
    InputStream bytes,
    long declaredSize,
    long maxBytes) {
  /// Upstream's limit of what a client may say about one object.
  static final int MAX_USER_METADATA_BYTES = 1 << 20;

  private static final String UNCACHED = "no-cache";

  /// Reads the head of an upload: of a form everything up to the file.
  ///
  /// @param name the object's name
  /// @param maxBytes the bucket's limit or the server's
  /// @param allowedTypes the bucket's; empty for all
  static Upload read(Call call, String name, long maxBytes, List<String> allowedTypes)
      throws IOException {
    var robotsTag = call.header("x-robots-tag").orElse("");
    if (call.request().headers().has("x-robots-tag")) {
      RobotsTag.check(robotsTag);
    }
    boolean emptyFolder = Names.isEmptyFolder(name);
    long most = emptyFolder ? 0 : maxBytes;
    var contentType = call.header("Content-Type").orElse("");
    var upload =
        contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data")
            ? form(call, contentType, robotsTag, most)
            : raw(call, contentType, robotsTag, most);
    if (!emptyFolder) {
      MimeTypes.check(upload.type(), allowedTypes);
    }
    if (upload.declaredSize() > most && !isForm(contentType)) {
      throw StorageError.tooLarge();
    }
    return upload;
  }

  private static boolean isForm(String contentType) {
    return contentType.toLowerCase(Locale.ROOT).startsWith("multipart/form-data");
  }

  private static Upload form(Call call, String contentType, String robotsTag, long most)
      throws IOException {
    var form = MultipartForm.read(contentType, call.request().stream());
    var fields = form.fields();
    var seconds = fields.get("cacheControl");
    var said = fields.get("metadata") == null ? fields.get("userMetadata") : fields.get("metadata");
    if (said != null && said.length() > MAX_USER_METADATA_BYTES) {
      throw StorageError.metadataTooLarge();
    }
    var type = fields.getOrDefault("contentType", form.fileType());
    return new Upload(
        type.isEmpty() ? ObjectMetadata.UNKNOWN_TYPE : type,
        seconds == null || seconds.isEmpty() ? UNCACHED : "max-age=" + headerSafe(seconds),
        Json.object(said),
        robotsTag,
        form.file(),
        declared(call),
        most);
  }

  private static Upload raw(Call call, String contentType, String robotsTag, long most) {
    return new Upload(
        contentType.isEmpty() ? ObjectMetadata.UNKNOWN_TYPE : contentType,
        call.header("Cache-Control").orElse(UNCACHED),
        userMetadata(call.header("x-metadata").orElse("")),
        robotsTag,
        call.request().stream(),
        declared(call),
        most);
  }

  private static long declared(Call call) {
    var announced = call.header("Content-Length").orElse("");
    return announced.matches("[0-9]{1,18}") ? Long.parseLong(announced) : -1;
  }

  /// What goes into a header later must be able to.
  static String headerSafe(String value) {
    return value.chars().allMatch(c -> c >= ' ' && c < 0x7f) ? value : "0";
  }

  /// What a client says in the header `x-metadata`: JSON in base64. Nonsense counts as nothing.
  static @Nullable Map<String, Object> userMetadata(String header) {
    if (header.isEmpty()) {
      return null;
    }
    try {
      var bytes = Base64.getDecoder().decode(header.strip());
      return Json.object(new String(bytes, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
