package dev.freehold.testing;

import dev.freehold.os.DurableFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// The S3 server `s3rver` from npm, with one bucket, on a port of this machine.
public final class S3Rver implements AutoCloseable {
  public static final String BUCKET = "bytes";

  /// Its only key pair.
  public static final String KEY = "S3RVER";

  private static final Pattern PORT = Pattern.compile("listening on .*:([0-9]+)");

  private final Process process;
  private final Path folder;
  private final int port;

  private S3Rver(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  public static S3Rver start() throws IOException {
    var folder = TempFolder.create("s3rver");
    var program = "src/test/js/node_modules/s3rver/bin/s3rver.js";
    var command =
        new ProcessBuilder(
            "node",
            program,
            "-s",
            "-d",
            folder.toString(),
            "-a",
            "127.0.0.1",
            "-p",
            "0",
            "--configure-bucket",
            BUCKET);
    var process = command.redirectErrorStream(true).start();
    var lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      var said = PORT.matcher(line);
      if (said.find()) {
        return new S3Rver(process, folder, Integer.parseInt(said.group(1)));
      }
    }
    throw new IOException("s3rver did not start; npm ci in src/test/js?");
  }

  public int port() {
    return port;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
    DurableFiles.deleteTree(folder);
  }
}
