package dev.freehold.backend.supabase.storage;

import dev.freehold.http.DateField;
import dev.freehold.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The header fields that an object's bytes always come with, written once for all answers.
///
/// @param noted what they say
/// @param object the fields of an answer with its bytes
/// @param validators the fields that a client keeps its copy by: those of a 304
record Described(ObjectMetadata noted, List<Headers.Field> object, List<Headers.Field> validators) {
  private static final String USUAL_ROBOTS_TAG = "none";

  /// Documents that can hold scripts. Here files are on the App's own origin: opened by themselves
  /// these may not act in its name.
  private static final Pattern ACTIVE = Pattern.compile("(?i)html|xml|svg");

  static Described of(ObjectMetadata noted) {
    var validators = new ArrayList<Headers.Field>(2);
    if (!noted.etag().isEmpty()) {
      add(validators, "ETag", noted.etag());
    }
    var modified = noted.lastModified();
    if (modified != null) {
      add(validators, "Last-Modified", DateField.text(modified));
    }
    var object = new ArrayList<Headers.Field>(7);
    add(object, "Accept-Ranges", "bytes");
    add(object, "Content-Type", withCharset(noted.typeOrUnknown()));
    object.addAll(validators);
    add(object, "X-Robots-Tag", noted.robotsTag().isEmpty() ? USUAL_ROBOTS_TAG : noted.robotsTag());
    add(object, "X-Content-Type-Options", "nosniff");
    if (ACTIVE.matcher(noted.typeOrUnknown()).find()) {
      add(object, "Content-Security-Policy", "sandbox");
    }
    if (!noted.cacheControl().isEmpty()) {
      add(validators, "Cache-Control", noted.cacheControl());
    }
    return new Described(noted, List.copyOf(object), List.copyOf(validators));
  }

  /// Text without a charset is UTF-8, as upstream says.
  static String withCharset(String type) {
    boolean bare = type.startsWith("text/") && !type.toLowerCase(Locale.ROOT).contains("charset");
    return bare ? type + "; charset=utf-8" : type;
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
}
