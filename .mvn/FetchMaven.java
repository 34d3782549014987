import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipInputStream;

/// Puts Maven into a folder, for a machine that has none: fetched from Maven Central, proven by its
/// digest, unpacked. Run as a source file by the freehold script.
final class FetchMaven {
  private static final String VERSION = "3.9.11";
  private static final String SHA_512 =
      "03e2d65d4483a3396980629f260e25cac0d8b6f7f2791e4dc20bc83f9514db8d0f05b0479e699a5f34679250c49c8e52e961262ded468a20de0be254d8207076";
  private static final URI FROM =
      URI.create(
          "https://repo1.maven.org/maven2/org/apache/maven/apache-maven/"
              + VERSION
              + "/apache-maven-"
              + VERSION
              + "-bin.zip");

  public static void main(String[] words) throws Exception {
    var target = Path.of(words[0]).toAbsolutePath();
    Files.createDirectories(target.getParent());
    var folder = Files.createTempDirectory(target.getParent(), ".maven");
    var zip = folder.resolve("maven.zip");
    try (var client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build()) {
      var reply =
          client.send(
              HttpRequest.newBuilder(FROM).build(), HttpResponse.BodyHandlers.ofFile(zip));
      var digest = MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(zip));
      if (reply.statusCode() != 200 || !HexFormat.of().formatHex(digest).equals(SHA_512)) {
        throw new IOException(FROM + " is not the file that was expected");
      }
    }
    unpack(zip, folder);
    Files.move(folder.resolve("apache-maven-" + VERSION), target, StandardCopyOption.ATOMIC_MOVE);
    Files.delete(zip);
    Files.delete(folder);
  }

  private static void unpack(Path zip, Path folder) throws IOException {
    try (var in = new ZipInputStream(Files.newInputStream(zip))) {
      for (var entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        var file = folder.resolve(entry.getName()).normalize();
        if (!file.startsWith(folder)) {
          throw new IOException("a path escape in " + zip);
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(in, file);
          if (file.getParent().endsWith("bin")) {
            file.toFile().setExecutable(true);
          }
        }
      }
    }
  }
}
