package dev.freehold.backend.supabase.storage;

import dev.freehold.http.Body;
import dev.freehold.http.ByteRange;
import dev.freehold.http.Headers;
import dev.freehold.http.Response;
import dev.freehold.objectstore.ObjectStore;
import dev.freehold.objectstore.Stored;
import dev.freehold.objectstore.Version;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An object's bytes as an answer: its headers, conditions and ranges (RFC 9110 §13, §14).
final class Rendering {
  static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private static final String USUAL_ROBOTS_TAG = "none";

  /// Documents that can hold scripts. Here files are on the App's own origin: opened by themselves
  /// these may not act in its name.
  private static final Pattern ACTIVE = Pattern.compile("(?i)html|xml|svg");

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
  static Response bytes(Call call, ObjectMetadata noted, Stored stored, @Nullable Instant expires) {
    boolean taken = false;
    try {
      var unchanged = unchanged(call, noted);
      if (unchanged.isPresent()) {
        return unchanged.get();
      }
      var answer =
          bytes(
              call, noted, stored.size(), (first, length) -> body(stored, first, length), expires);
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
      Call call, ObjectMetadata noted, long size, Part part, @Nullable Instant expires) {
    var range = ByteRange.parse(rangeHeader(call, noted), size);
    if (range instanceof ByteRange.Unsatisfiable) {
      throw StorageError.invalidRange();
    }
    var fields = new ArrayList<Headers.Field>(12);
    addObject(fields, noted);
    addCaching(fields, call, noted, expires);
    addDisposition(fields, call.query("download"));
    if (range instanceof ByteRange.Part(var first, var length)) {
      add(fields, "Content-Range", "bytes " + first + "-" + (first + length - 1) + "/" + size);
      return new Response(206, Headers.of(fields), part.of(first, length));
    }
    return new Response(200, Headers.of(fields), part.of(0, size));
  }

  /// Bytes that are in memory.
  static Response bytes(
      Call call, ObjectMetadata noted, ByteBuffer held, @Nullable Instant expires) {
    return bytes(
        call,
        noted,
        held.remaining(),
        (first, length) -> new Body.Shared(held.slice((int) first, (int) length)),
        expires);
  }

  /// 304 for a client that has these very bytes.
  static Optional<Response> unchanged(Call call, ObjectMetadata noted) {
    return notModified(call, noted)
        ? Optional.of(new Response(304, Headers.of(validators(noted)), Body.EMPTY))
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
  static Response head(Call call, ObjectMetadata noted) {
    var unchanged = unchanged(call, noted);
    if (unchanged.isPresent()) {
      return unchanged.get();
    }
    var fields = new ArrayList<Headers.Field>(10);
    addObject(fields, noted);
    addCaching(fields, call, noted, null);
    addDisposition(fields, call.query("download"));
    if (noted.size() >= 0) {
      add(fields, "Content-Length", Long.toString(noted.size()));
    }
    return new Response(200, Headers.of(fields), Body.EMPTY);
  }

  static Response withInfoHeaders(Response answer, ObjectMetadata noted) {
    var fields = new ArrayList<>(answer.headers().fields());
    addValidators(fields, noted);
    if (!noted.cacheControl().isEmpty()) {
      add(fields, "Cache-Control", noted.cacheControl());
    }
    return answer.withHeaders(Headers.of(fields));
  }

  static void addObject(List<Headers.Field> fields, ObjectMetadata noted) {
    add(fields, "Accept-Ranges", "bytes");
    add(fields, "Content-Type", withCharset(noted.typeOrUnknown()));
    addValidators(fields, noted);
    add(fields, "X-Robots-Tag", noted.robotsTag().isEmpty() ? USUAL_ROBOTS_TAG : noted.robotsTag());
    add(fields, "X-Content-Type-Options", "nosniff");
    if (ACTIVE.matcher(noted.typeOrUnknown()).find()) {
      add(fields, "Content-Security-Policy", "sandbox");
    }
  }

  private static List<Headers.Field> validators(ObjectMetadata noted) {
    var fields = new ArrayList<Headers.Field>(3);
    addValidators(fields, noted);
    if (!noted.cacheControl().isEmpty()) {
      add(fields, "Cache-Control", noted.cacheControl());
    }
    return fields;
  }

  private static void addValidators(List<Headers.Field> fields, ObjectMetadata noted) {
    if (!noted.etag().isEmpty()) {
      add(fields, "ETag", noted.etag());
    }
    var modified = noted.lastModified();
    if (modified != null) {
      add(fields, "Last-Modified", HTTP_DATE.format(modified));
    }
  }

  /// Text without a charset is UTF-8, as upstream says.
  static String withCharset(String type) {
    boolean bare = type.startsWith("text/") && !type.toLowerCase(Locale.ROOT).contains("charset");
    return bare ? type + "; charset=utf-8" : type;
  }

  static void addCaching(
      List<Headers.Field> fields, Call call, ObjectMetadata noted, @Nullable Instant expires) {
    if (expires != null) {
      add(fields, "Expires", HTTP_DATE.format(expires));
    } else if (!noted.cacheControl().isEmpty()) {
      boolean stale = call.header("If-None-Match").isPresent();
      add(
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
    add(
        fields,
        "Content-Disposition",
        name.isEmpty()
            ? "attachment;"
            : "attachment; filename=%s; filename*=UTF-8''%s".formatted(name, name));
  }

  /// Some characters cannot stand in a header, whatever a row says.
  static void add(List<Headers.Field> fields, String name, String value) {
    if (isLegal(value)) {
      fields.add(new Headers.Field(name, value));
    }
  }

  private static boolean isLegal(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c != '\t' && (c < ' ' || c >= 0x7f)) {
        return false;
      }
    }
    return true;
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
