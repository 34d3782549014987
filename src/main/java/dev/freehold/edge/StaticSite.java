package dev.freehold.edge;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The files of one release by the path a browser asks for; they need not lie in one folder. Worked
/// out once and never changed, so that a lookup on the event loop is one step in a map.
///
/// `/about` also finds `about.html` and `about/index.html`; `/` finds `index.html`. A file whose
/// path has a segment that begins with a dot is left out, except below `/.well-known/`.
public final class StaticSite {
  public static final StaticSite EMPTY = new StaticSite(List.of(), false);

  private static final String WELL_KNOWN = "/.well-known/";
  private static final String INDEX = "/index.html";

  private final Map<String, StaticFile> files;
  private final Map<String, StaticFile> pages;
  private final boolean singlePage;

  /// @param singlePage whether `index.html` answers the paths that only the app's own router knows
  public StaticSite(List<Asset> assets, boolean singlePage) {
    var exact = new HashMap<String, StaticFile>();
    for (var asset : assets) {
      if (isPublic(asset.path())) {
        exact.put(asset.path(), new StaticFile(asset));
      }
    }
    this.files = Map.copyOf(exact);
    this.pages = Map.copyOf(pages(exact));
    this.singlePage = singlePage;
  }

  /// The short names under which people ask for pages.
  private static Map<String, StaticFile> pages(Map<String, StaticFile> exact) {
    var pages = new HashMap<String, StaticFile>();
    exact.forEach((path, file) -> {
      if (path.endsWith(INDEX)) {
        var folder = path.substring(0, path.length() - INDEX.length());
        pages.put(folder + "/", file);
        pages.putIfAbsent(folder.isEmpty() ? "/" : folder, file);
      }
    });
    exact.forEach((path, file) -> {
      if (path.endsWith(".html")) {
        var bare = path.substring(0, path.length() - ".html".length());
        pages.put(bare, file);
        pages.putIfAbsent(bare + "/", file);
      }
    });
    return pages;
  }

  private static boolean isPublic(String path) {
    return !path.contains("/.") || (path.startsWith(WELL_KNOWN) && path.indexOf("/.", 1) < 0);
  }

  /// The file with exactly this still percent-encoded path.
  @Nullable StaticFile file(String encodedPath) {
    var path = decode(encodedPath);
    return path == null ? null : files.get(path);
  }

  /// The file with this path, or the page that goes by this short name.
  @Nullable StaticFile fileOrPage(String encodedPath) {
    var path = decode(encodedPath);
    if (path == null) {
      return null;
    }
    var file = files.get(path);
    return file == null ? pages.get(path) : file;
  }

  /// A file that outlives its release.
  @Nullable StaticFile outlastingFile(String encodedPath) {
    var file = file(encodedPath);
    return file != null && file.outlasting ? file : null;
  }

  /// The page that shows what its own router makes of a path.
  @Nullable StaticFile page() {
    return singlePage ? files.get(INDEX) : null;
  }

  /// The page the app brought for what is not there.
  @Nullable StaticFile notFoundPage() {
    return files.get("/404.html");
  }

  /// Null when the path cannot name a file: bytes that are no UTF-8, or an encoded slash.
  private static @Nullable String decode(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    var bytes = new byte[path.length()];
    int count = 0;
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '%') {
        bytes[count++] = (byte) c;
        continue;
      }
      int value = Integer.parseInt(path, i + 1, i + 3, 16);
      if (value == '/' || value == '\\' || value < ' ') {
        return null;
      }
      bytes[count++] = (byte) value;
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, 0, count))
          .toString();
    } catch (CharacterCodingException notText) {
      return null;
    }
  }
}
