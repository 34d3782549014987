package dev.freehold.edge;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Builds a site out of texts. Its files lie side by side under numbers, as in a content-addressed
/// store.
final class TestSite {
  private final Path store;
  private final List<Asset> assets = new ArrayList<>();

  TestSite(Path store) {
    this.store = store;
  }

  TestSite file(String path, String text) {
    return add(path, text, false, Map.of());
  }

  TestSite hashed(String path, String text) {
    return add(path, text, true, Map.of());
  }

  TestSite compressed(String path, String text, Map<Encoding, String> variants) {
    return add(path, text, false, variants);
  }

  private TestSite add(String path, String text, boolean immutable, Map<Encoding, String> forms) {
    var files = new HashMap<Encoding, Path>();
    forms.forEach((encoding, bytes) -> files.put(encoding, store(bytes)));
    var file = store(text);
    var etag = file.getFileName().toString();
    assets.add(new Asset(path, file, text.length(), etag, files, immutable, immutable));
    return this;
  }

  private Path store(String text) {
    try {
      var file = store.resolve("d" + Integer.toHexString(text.hashCode()));
      if (!Files.exists(file)) {
        Files.writeString(file, text, StandardCharsets.UTF_8);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  StaticSite singlePage() {
    return new StaticSite(assets, true);
  }

  StaticSite manyPages() {
    return new StaticSite(assets, false);
  }
}
