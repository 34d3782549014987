package dev.freehold.os;

import dev.freehold.digest.Digest;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/// One file from the network, named by its digest: it is in place whole and proven, or not at all.
///
/// @param from where it is
/// @param digest what its bytes must hash to, in lower-case hex
public record Download(URI from, Digest algorithm, String digest) {
  private static final int ATTEMPTS = 3;
  private static final long MAX_BYTES = 1L << 30;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(15);
  private static final Duration TOTAL_TIMEOUT = Duration.ofMinutes(10);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /// Fetches into `file` unless it is there already; calls `progress` with the bytes so far.
  ///
  /// @throws dev.freehold.problem.ProblemException `download-failed` or `download-digest-differs`
  public Path into(Path file, LongConsumer progress) {
    if (Files.exists(file)) {
      return file;
    }
    DurableFiles.folder(DurableFiles.parent(file));
    var partial = file.resolveSibling("." + file.getFileName() + "." + System.nanoTime() + ".part");
    try {
      var found = fetch(partial, progress);
      if (!found.equals(digest)) {
        throw Problem.of("download-digest-differs", from + " is not the file that was expected")
            .detail(algorithm + " expected " + digest + ", found " + found)
            .hint("a mirror or proxy may have changed it; nothing of it was used")
            .raise();
      }
      DurableFiles.moveIntoPlace(partial, file);
      return file;
    } finally {
      DurableFiles.deleteTree(partial);
    }
  }

  private String fetch(Path partial, LongConsumer progress) {
    try (var client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .proxy(java.net.ProxySelector.getDefault())
            .build()) {
      for (int attempt = 1; ; attempt++) {
        try {
          return once(client, partial, progress);
        } catch (IOException e) {
          if (attempt == ATTEMPTS) {
            throw failed(e);
          }
          Thread.sleep(PAUSE.multipliedBy(attempt));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    }
  }

  private String once(HttpClient client, Path partial, LongConsumer progress)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(from).timeout(TOTAL_TIMEOUT).build();
    var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (var body = response.body()) {
      if (response.statusCode() != 200) {
        throw new IOException("HTTP " + response.statusCode());
      }
      return copy(body, partial, progress);
    }
  }

  private String copy(InputStream body, Path partial, LongConsumer progress) throws IOException {
    var hash = algorithm.start();
    long total = 0;
    try (var out = Files.newOutputStream(partial)) {
      var chunk = new byte[1 << 16];
      for (int read = body.read(chunk); read >= 0; read = body.read(chunk)) {
        total += read;
        if (total > MAX_BYTES) {
          throw new IOException("larger than " + MAX_BYTES + " bytes");
        }
        hash.update(chunk, 0, read);
        out.write(chunk, 0, read);
        progress.accept(total);
      }
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  private RuntimeException failed(Exception cause) {
    return Problem.of("download-failed", "could not fetch " + from)
        .detail(String.valueOf(cause.getMessage()))
        .hint("is this machine online? A proxy is taken from -Dhttps.proxyHost")
        .raise(cause);
  }
}
