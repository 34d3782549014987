package dev.freehold;

import dev.freehold.cli.Cli;
import dev.freehold.cli.ServeSettings;
import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Walks once through what every start does, so that the JVM can write down which classes it needed
/// (JEP 514): run by `./freehold` after a build, in a data folder of its own that is removed.
final class Rehearsal {
  private static final int REQUESTS = 200;

  private Rehearsal() {}

  static void run() {
    try {
      var data = Files.createTempDirectory("fh");
      try {
        rehearse(data);
      } finally {
        DurableFiles.deleteTree(data);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void rehearse(Path data) {
    var typed = new ServeSettings(data, Optional.of(0), Optional.empty(), Optional.empty());
    try (var server = Server.start(Settings.of(typed))) {
      var out = System.out;
      var err = System.err;
      var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      System.setOut(nowhere);
      System.setErr(nowhere);
      try {
        for (var words :
            List.of("status", "apps", "releases", "journal", "help", "status --json")) {
          var all = (words + " --data " + data).split(" ");
          int unused =
              Cli.run(
                  words.equals("help") ? new String[] {"help"} : all,
                  _ -> {},
                  (_, _, _) -> {},
                  _ -> {});
        }
        request(server.address());
      } finally {
        System.setOut(out);
        System.setErr(err);
      }
    }
  }

  private static void request(String address) {
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(address + "/")).build();
      for (int i = 0; i < REQUESTS; i++) {
        var unused = client.send(request, HttpResponse.BodyHandlers.discarding());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
