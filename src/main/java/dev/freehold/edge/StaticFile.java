package dev.freehold.edge;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An asset with everything worked out that does not depend on a request.
final class StaticFile {
  private static final String FOR_A_YEAR = "public, max-age=31536000, immutable";
  private static final String ASK_EACH_TIME = "no-cache";

  final String contentType;
  final String cacheControl;
  final boolean outlasting;
  final Rendition plain;
  final Map<Encoding, Rendition> compressed = new EnumMap<>(Encoding.class);

  StaticFile(Asset asset) {
    contentType = ContentTypes.of(asset.path());
    cacheControl = asset.immutable() ? FOR_A_YEAR : ASK_EACH_TIME;
    outlasting = asset.outlasting();
    plain = Rendition.plain(asset);
    asset
        .variants()
        .forEach((as, file) -> compressed.put(as, Rendition.compressed(asset, as, file)));
  }

  boolean varies() {
    return !compressed.isEmpty();
  }

  /// The form this client likes best.
  Rendition choose(@Nullable String acceptEncoding) {
    if (compressed.isEmpty() || acceptEncoding == null) {
      return plain;
    }
    var best = AcceptEncoding.best(acceptEncoding, compressed.keySet());
    return best == null ? plain : compressed.getOrDefault(best, plain);
  }
}
