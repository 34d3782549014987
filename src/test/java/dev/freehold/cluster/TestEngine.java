package dev.freehold.cluster;

import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.nio.file.Path;

/// The engine Freehold brings, taken from the test class path in place of the network.
public final class TestEngine {
  private TestEngine() {}

  static Path jar() {
    var source = EmbeddedEngine.AMD64.archive();
    try {
      var connection =
          (JarURLConnection) TestEngine.class.getResource("/" + source).openConnection();
      return Path.of(connection.getJarFileURL().toURI());
    } catch (java.io.IOException | URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public static PostgresEngine unpacked(Path folder) {
    var home = folder.resolve("engine");
    EmbeddedEngine.AMD64.unpack(jar(), home);
    return PostgresEngine.at(home.resolve("bin"));
  }
}
