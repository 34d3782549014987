package dev.freehold.build;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.encoder.Encoder;
import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// Makes the compressed variants of a file that browsers are offered: `br`, `zstd`, `gzip`.
enum Compression {
  /// As small as a few seconds for a whole site allow; made once when the Artifact is stored.
  THOROUGH(9, 6, 12, 9),
  /// For text that is replaced at each activation.
  QUICK(5, 4, 6, 6);

  /// Content coding to file suffix.
  static final Map<String, String> SUFFIX = Map.of("br", ".br", "zstd", ".zst", "gzip", ".gz");

  private static final int MIN_BYTES = 512;
  private static final int BIG_BYTES = 1 << 20;

  /// Above this a file is served as it is: the time would be felt in each deploy.
  private static final int MAX_BYTES = 32 << 20;

  /// A variant must save at least this part of the file to be worth its place.
  private static final double WORTH = 0.05;

  private static final Set<String> COMPRESSIBLE =
      Set.of(
          "js",
          "mjs",
          "cjs",
          "html",
          "htm",
          "json",
          "css",
          "map",
          "txt",
          "xml",
          "webmanifest",
          "svg",
          "md",
          "csv",
          "wasm",
          "ttf",
          "otf",
          "eot",
          "ico",
          "bmp",
          "jsonld",
          "vtt",
          "geojson");

  private final int brotli;
  private final int brotliBig;
  private final int zstd;
  private final int gzip;

  Compression(int brotli, int brotliBig, int zstd, int gzip) {
    this.brotli = brotli;
    this.brotliBig = brotliBig;
    this.zstd = zstd;
    this.gzip = gzip;
  }

  /// Whether files of that name and size are worth trying.
  static boolean applies(String path, long size) {
    int dot = path.lastIndexOf('.');
    return size >= MIN_BYTES
        && size <= MAX_BYTES
        && dot > path.lastIndexOf('/')
        && COMPRESSIBLE.contains(path.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  /// The variants that are clearly smaller than the file, by content coding.
  Map<String, byte[]> variants(byte[] bytes) {
    var found = new LinkedHashMap<String, byte[]>();
    keepIfSmaller(found, "br", brotli(bytes), bytes.length);
    keepIfSmaller(found, "zstd", Zstd.compress(bytes, zstd), bytes.length);
    keepIfSmaller(found, "gzip", gzip(bytes), bytes.length);
    return found;
  }

  private static void keepIfSmaller(
      Map<String, byte[]> found, String coding, byte[] packed, int size) {
    if (packed.length < size * (1 - WORTH)) {
      found.put(coding, packed);
    }
  }

  private byte[] brotli(byte[] bytes) {
    Brotli4jLoader.ensureAvailability();
    int quality = bytes.length > BIG_BYTES ? brotliBig : brotli;
    try {
      return Encoder.compress(bytes, Encoder.Parameters.create(quality));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] gzip(byte[] bytes) {
    var out = new ByteArrayOutputStream(bytes.length / 3 + MIN_BYTES);
    try (var stream = new Gzip(out, gzip)) {
      stream.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /// The JDK's stream does not let its level be chosen from outside.
  private static final class Gzip extends GZIPOutputStream {
    Gzip(ByteArrayOutputStream out, int level) throws IOException {
      super(out);
      def.setLevel(Math.clamp(level, Deflater.BEST_SPEED, Deflater.BEST_COMPRESSION));
    }
  }
}
