package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Body;
import dev.freehold.http.ByteRange;
import dev.freehold.http.DateField;
import dev.freehold.http.Headers;
import dev.freehold.http.Response;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Stored;
import dev.freehold.objectstore.Version;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An object's bytes as an answer: its headers, conditions and ranges (RFC 9110 §13, §14).
final class Rendering {
  private Rendering() {}

  static Optional<Stored> open(ObjectStore store, String version) {
    return Version.parse(version).flatMap(store::open);
  }

  /// Some of an object's bytes, as a body.
  @FunctionalInterface
  interface Part {
    Body of(long first, long length);
  }

  /// @param expires of a signed link, in place of the object's own `Cache-Control`
  static Response bytes(Call call, Described what, Stored stored, @Nullable Instant expires) {
    boolean taken = false;
    try {
      var unchanged = unchanged(call, what);
      if (unchanged.isPresent()) {
        return unchanged.get();
      }
      var answer =
          bytes(call, what, stored.size(), (first, length) -> body(stored, first, length), expires);
      taken = true;
      return answer;
    } finally {
      if (!taken) {
        stored.drop();
      }
    }
  }

  /// Whole or in part, as the client asks; whether it has them already was asked before.
  ///
  /// @throws StorageError before the part is made, when there is no such range
  static Response bytes(
      Call call, Described what, long size, Part part, @Nullable Instant expires) {
    var noted = what.noted();
    var range = ByteRange.parse(rangeHeader(call, noted), size);
    if (range instanceof ByteRange.Unsatisfiable) {
      throw StorageError.invalidRange();
    }
    var fields = new ArrayList<Headers.Field>(12);
    fields.addAll(what.object());
    addCaching(fields, call, noted, expires);
    addDisposition(fields, call.query("download"));
    if (range instanceof ByteRange.Part(var first, var length)) {
      Described.add(
          fields, "Content-Range", "bytes " + first + "-" + (first + length - 1) + "/" + size);
      return new Response(206, Headers.of(fields), part.of(first, length));
    }
    return new Response(200, Headers.of(fields), part.of(0, size));
  }

  /// Bytes that are in memory.
  static Response bytes(Call call, Described what, ByteBuffer held, @Nullable Instant expires) {
    return bytes(
        call,
        what,
        held.remaining(),
        (first, length) -> new Body.Shared(held.slice((int) first, (int) length)),
        expires);
  }

  /// 304 for a client that has these very bytes.
  static Optional<Response> unchanged(Call call, Described what) {
    return notModified(call, what.noted())
        ? Optional.of(new Response(304, Headers.of(what.validators()), Body.EMPTY))
        : Optional.empty();
  }

  private static Body body(Stored stored, long first, long length) {
    return switch (stored) {
      case Stored.OnDisk(var channel, _) -> new Body.File(channel, first, length);
      case Stored.Remote(_, _) when length == 0 -> Body.EMPTY;
      case Stored.Remote(_, var reader) -> {
        var bytes = reader.read(first, length);
        yield new Body.Stream(new InputPieces(() -> bytes), length);
      }
    };
  }

  /// A `HEAD` is answered from the row alone.
  static Response head(Call call, Described what) {
    var unchanged = unchanged(call, what);
    if (unchanged.isPresent()) {
      return unchanged.get();
    }
    var noted = what.noted();
    var fields = new ArrayList<Headers.Field>(10);
    fields.addAll(what.object());
    addCaching(fields, call, noted, null);
    addDisposition(fields, call.query("download"));
    if (noted.size() >= 0) {
      Described.add(fields, "Content-Length", Long.toString(noted.size()));
    }
    return new Response(200, Headers.of(fields), Body.EMPTY);
  }

  static Response withInfoHeaders(Response answer, ObjectMetadata noted) {
    var fields = new ArrayList<>(answer.headers().fields());
    fields.addAll(Described.of(noted).validators());
    return answer.withHeaders(Headers.of(fields));
  }

  static void addCaching(
      List<Headers.Field> fields, Call call, ObjectMetadata noted, @Nullable Instant expires) {
    if (expires != null) {
      Described.add(fields, "Expires", DateField.text(expires));
    } else if (!noted.cacheControl().isEmpty()) {
      boolean stale = call.header("If-None-Match").isPresent();
      Described.add(
          fields,
          "Cache-Control",
          stale ? noted.cacheControl() + ", stale-while-revalidate=30" : noted.cacheControl());
    }
  }

  static void addDisposition(List<Headers.Field> fields, @Nullable String download) {
    if (download == null) {
      return;
    }
    // encodeURIComponent, which leaves !'()* as they are.
    var name = Percent.encode(download, "!'()*");
    Described.add(
        fields,
        "Content-Disposition",
        name.isEmpty()
            ? "attachment;"
            : "attachment; filename=%s; filename*=UTF-8''%s".formatted(name, name));
  }

  private static boolean notModified(Call call, ObjectMetadata noted) {
    var candidates = call.header("If-None-Match");
    if (candidates.isPresent()) {
      return !noted.etag().isEmpty() && matches(candidates.get(), noted.etag());
    }
    var since = call.header("If-Modified-Since").flatMap(Rendering::date);
    var modified = noted.lastModified();
    return since.isPresent()
        && modified != null
        && !modified.truncatedTo(ChronoUnit.SECONDS).isAfter(since.get());
  }

  /// Weak comparison (RFC 9110 §13.1.2).
  static boolean matches(String candidates, String etag) {
    for (var candidate : candidates.split(",")) {
      var tag = candidate.strip();
      if (tag.equals("*") || (tag.startsWith("W/") ? tag.substring(2) : tag).equals(etag)) {
        return true;
      }
    }
    return false;
  }

  static Optional<Instant> date(String text) {
    try {
      return Optional.of(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text)));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /// A range of another version than the client has is no range.
  private static @Nullable String rangeHeader(Call call, ObjectMetadata noted) {
    var condition = call.header("If-Range");
    boolean holds =
        condition.isEmpty()
            || condition.get().equals(noted.etag())
            || date(condition.get())
                .flatMap(at ->
                    Optional.ofNullable(noted.lastModified())
                        .map(modified -> modified.truncatedTo(ChronoUnit.SECONDS).equals(at)))
                .orElse(false);
    return holds ? call.header("Range").orElse(null) : null;
  }
}
