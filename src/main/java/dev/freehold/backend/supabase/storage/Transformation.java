package dev.freehold.backend.supabase.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What an image is to become, in the words of the REST API; and in those of imgproxy, which
/// upstream asks and whose words the header `X-Transformations` shows.
///
/// @param width in pixels, 0 for none given
/// @param height in pixels, 0 for none given
/// @param resize `cover`, `contain`, `fill`, or empty
/// @param format `origin`, `avif`, `webp`, or empty
/// @param quality 20 to 100, 0 for none given
/// @param gravity which part of the image stays when some is cut away; empty for its middle
record Transformation(
    int width,
    int height,
    String resize,
    String format,
    int quality,
    String gravity,
    @Nullable Double x,
    @Nullable Double y) {
  /// Upstream's usual limit for either side.
  static final int MAX_SIDE = 2500;

  private static final Set<String> RESIZES = Set.of("", "cover", "contain", "fill");
  private static final Set<String> FORMATS = Set.of("", "origin", "avif", "webp");
  private static final Set<String> GRAVITIES =
      Set.of("", "no", "so", "ea", "we", "noea", "nowe", "soea", "sowe", "ce", "sm", "fp");
  private static final int MIN_QUALITY = 20;
  private static final int MAX_QUALITY = 100;

  /// @param where `querystring` or `body/transform`, for the words of a refusal
  static Transformation read(Map<String, String> given, String where) {
    var read =
        new Transformation(
            number(given, "width", 0, Integer.MAX_VALUE, where),
            number(given, "height", 0, Integer.MAX_VALUE, where),
            word(given, "resize", RESIZES, where),
            word(given, "format", FORMATS, where),
            given.containsKey("quality")
                ? number(given, "quality", MIN_QUALITY, MAX_QUALITY, where)
                : 0,
            word(given, "gravity", GRAVITIES, where),
            fraction(given, "x_offset", where),
            fraction(given, "y_offset", where));
    if (read.gravity().equals("fp") && !(inside(read.x()) && inside(read.y()))) {
      throw StorageError.invalidParameter(
          "Focal point requires x and y coordinates within 0-1 range");
    }
    return read;
  }

  private static boolean inside(@Nullable Double value) {
    return value != null && value >= 0 && value <= 1;
  }

  private static int number(
      Map<String, String> given, String name, int least, int most, String where) {
    var text = given.get(name);
    if (text == null) {
      return 0;
    }
    if (!text.matches("-?[0-9]{1,9}")) {
      throw StorageError.schema(where + "/" + name + " must be integer");
    }
    int value = Integer.parseInt(text);
    if (value < least) {
      throw StorageError.schema(where + "/" + name + " must be >= " + least);
    }
    if (value > most) {
      throw StorageError.schema(where + "/" + name + " must be <= " + most);
    }
    return value;
  }

  private static String word(
      Map<String, String> given, String name, Set<String> allowed, String where) {
    var text = given.getOrDefault(name, "");
    if (!allowed.contains(text) || (text.isEmpty() && given.containsKey(name))) {
      throw StorageError.schema(where + "/" + name + " must be equal to one of the allowed values");
    }
    return text;
  }

  private static @Nullable Double fraction(Map<String, String> given, String name, String where) {
    var text = given.get(name);
    if (text == null) {
      return null;
    }
    if (!text.matches("-?[0-9]{1,9}(\\.[0-9]{1,12})?")) {
      throw StorageError.schema(where + "/" + name + " must be number");
    }
    return Double.parseDouble(text);
  }

  /// The claims of a signed link that stand for what a client wants of an image; empty when it
  /// wants nothing.
  static Map<String, String> signed(Map<String, String> given) {
    var claims = new LinkedHashMap<String, String>();
    var text = String.join(",", read(given, "body/transform").words(true));
    if (!text.isEmpty()) {
      claims.put("transformations", text);
      claims.put("format", given.getOrDefault("format", ""));
    }
    return claims;
  }

  /// What such a claim says; what it does not understand is left out.
  static Transformation ofClaim(String transformations) {
    var given = new LinkedHashMap<String, String>();
    for (var part : transformations.split(",")) {
      var words = part.split(":");
      if (words.length < 2) {
        continue;
      }
      given.put(words[0], words[1]);
      if (words[0].equals("gravity") && words.length == 4) {
        given.put("x_offset", words[2]);
        given.put("y_offset", words[3]);
      }
    }
    if (given.getOrDefault("resize", "").equals("undefined")) {
      given.remove("resize");
    }
    return read(given, "token");
  }

  /// As the header shows it.
  List<String> words() {
    return words(false);
  }

  private List<String> words(boolean own) {
    var words = new ArrayList<String>();
    if (height > 0) {
      words.add("height:" + side(height));
    }
    if (width > 0) {
      words.add("width:" + side(width));
    }
    if (width > 0 || height > 0) {
      words.add(
          own ? "resize:" + (resize.isEmpty() ? "cover" : resize) : "resizing_type:" + type());
    }
    if (quality > 0) {
      words.add("quality:" + quality);
    }
    if (!format.isEmpty() && !format.equals("origin")) {
      words.add("format:" + format);
    } else if (own && format.equals("origin")) {
      words.add("format:origin");
    }
    if (!gravity.isEmpty()) {
      words.add(
          gravity.equals("sm") || (x == null && y == null)
              ? "gravity:" + gravity
              : "gravity:%s:%s:%s".formatted(gravity, plain(x), plain(y)));
    }
    return words;
  }

  private static String plain(@Nullable Double value) {
    double number = value == null ? 0 : value;
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  private String type() {
    return switch (resize) {
      case "contain" -> "fit";
      case "fill" -> "force";
      default -> "fill";
    };
  }

  /// A side within the limits.
  static int side(int pixels) {
    return Math.min(pixels, MAX_SIDE);
  }

  /// Whether nothing is asked for.
  boolean isNothing() {
    return words(true).isEmpty();
  }
}
