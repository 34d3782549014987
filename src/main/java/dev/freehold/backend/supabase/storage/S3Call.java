package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Request;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One S3 request whose signature holds.
///
/// @param bucket empty for the list of buckets
/// @param key empty for a bucket itself
/// @param secret with which it was signed
record S3Call(
    Request request,
    Scope scope,
    S3Signature signature,
    String bucket,
    String key,
    Map<String, String> query,
    String secret) {
  /// A list of parts or of names to delete is far smaller.
  private static final int MAX_XML_BYTES = 2 << 20;

  private static final String META = "x-amz-meta-";
  private static final String CHECKSUM = "x-amz-checksum-";

  boolean asks(String parameter) {
    return query.containsKey(parameter);
  }

  String query(String name, String otherwise) {
    return query.getOrDefault(name, otherwise);
  }

  Optional<String> header(String name) {
    return request.header(name);
  }

  /// The caller's scope for what it is about to do.
  Scope during(Operation operation) {
    return scope.during(operation);
  }

  /// A whole number in the query, at most so much.
  int number(String name, int otherwise, int most) {
    var text = query.get(name);
    if (text == null || text.isEmpty()) {
      return otherwise;
    }
    if (!text.matches("[0-9]{1,9}")) {
      throw StorageError.invalidParameter("Invalid Parameter " + name);
    }
    return Math.min(Integer.parseInt(text), most);
  }

  /// The same request for pages of the REST kind.
  Call asCall(Operation operation) {
    return new Call(request, Map.of("bucket", bucket, "*", key), during(operation), true);
  }

  /// What the client says of the object, from its `x-amz-meta-` fields.
  @Nullable Map<String, Object> userMetadata() {
    var said = new LinkedHashMap<String, Object>();
    for (var field : request.headers().fields()) {
      var name = field.name().toLowerCase(Locale.ROOT);
      if (name.startsWith(META)) {
        said.put(name.substring(META.length()), field.value());
      }
    }
    return said.isEmpty() ? null : said;
  }

  /// How many bytes the object will have, negative when the client did not say.
  long declaredSize() {
    var decoded = header("x-amz-decoded-content-length").or(() -> header("Content-Length"));
    return decoded.filter(text -> text.matches("[0-9]{1,18}")).map(Long::parseLong).orElse(-1L);
  }

  /// The body as it was meant, which fails at its end when it is not what was signed or summed.
  InputStream body() {
    var raw = request.stream();
    if (S3Chunks.isChunked(signature)) {
      var chunks = S3Chunks.of(raw, signature, secret);
      var trailer = header("x-amz-trailer").orElse("").strip().toLowerCase(Locale.ROOT);
      return summed(
          S3Checksum.of(
              chunks, trailer, () -> Optional.ofNullable(chunks.trailers().get(trailer))));
    }
    boolean signed = signature.payload().matches("[0-9a-f]{64}");
    return summed(signed ? new S3Body(raw, signature.payload()) : raw);
  }

  private InputStream summed(InputStream body) {
    var checked = body;
    for (var field : request.headers().fields()) {
      var name = field.name().toLowerCase(Locale.ROOT);
      if (name.startsWith(CHECKSUM) || name.equals("content-md5")) {
        Supplier<Optional<String>> said = () -> Optional.of(field.value().strip());
        checked = S3Checksum.of(checked, name, said);
      }
    }
    return checked;
  }

  /// The XML in the body.
  byte[] document() {
    try {
      var bytes = body().readNBytes(MAX_XML_BYTES + 1);
      if (bytes.length > MAX_XML_BYTES) {
        throw StorageError.tooLarge();
      }
      return bytes;
    } catch (IOException clientGone) {
      throw StorageError.noContent();
    }
  }

  /// Where a copy is made from.
  record Source(String bucket, String key) {}

  Optional<Source> source() {
    return header("x-amz-copy-source")
        .map(text -> {
          var path = Percent.decode(text.split("\\?", 2)[0]).orElse("");
          var plain = path.startsWith("/") ? path.substring(1) : path;
          int slash = plain.indexOf('/');
          if (slash < 1) {
            throw StorageError.missingParameter("CopySource");
          }
          return new Source(plain.substring(0, slash), plain.substring(slash + 1));
        });
  }
}
