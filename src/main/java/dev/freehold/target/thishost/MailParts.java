package dev.freehold.target.thishost;

import dev.freehold.backend.supabase.functions.FunctionRelease;
import dev.freehold.build.Artifact;
import dev.freehold.build.ArtifactStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Optional;

/// What of a Release's own code has to do with its mails, by the names that Lovable gives: edge
/// functions, or routes of the app's server.
///
/// @param queue path below the app's address that works off its queue of mails
/// @param unsubscribe path that takes a reader off the list
record MailParts(Optional<String> queue, Optional<String> unsubscribe) {
  private static final String FUNCTIONS = "/functions/v1/";
  private static final String QUEUE_FUNCTION = "process-email-queue";
  private static final String QUEUE_ROUTE = "/lovable/email/queue/process";
  private static final String UNSUBSCRIBE_FUNCTION = "handle-email-unsubscribe";
  private static final String UNSUBSCRIBE_ROUTE = "/email/unsubscribe";

  /// Most server code that is looked at, in bytes.
  private static final long MAX_BYTES = 256L << 20;

  static MailParts of(Artifact artifact, ArtifactStore artifacts, FunctionRelease functions) {
    var routes = new ServerText(artifact, artifacts);
    return new MailParts(
        part(functions, QUEUE_FUNCTION, routes, QUEUE_ROUTE),
        part(functions, UNSUBSCRIBE_FUNCTION, routes, UNSUBSCRIBE_ROUTE));
  }

  private static Optional<String> part(
      FunctionRelease functions, String function, ServerText routes, String route) {
    if (functions.functions().stream().anyMatch(facts -> facts.name().equals(function))) {
      return Optional.of(FUNCTIONS + function);
    }
    return routes.says(route) ? Optional.of(route) : Optional.empty();
  }

  /// The code of an app's server. A route stands in it as a string, whatever built it.
  private record ServerText(Artifact artifact, ArtifactStore artifacts) {
    boolean says(String route) {
      var folder = artifact.publicFolder();
      if (folder.isEmpty()) {
        return false; // Static files: no server.
      }
      long left = MAX_BYTES;
      for (var file : artifact.files()) {
        boolean isCode =
            file.path().matches(".*\\.[mc]?js")
                && !file.path().startsWith(folder)
                && !file.path().startsWith(Artifact.OURS)
                && !file.path().contains("node_modules/");
        if (isCode && file.size() <= left) {
          left -= file.size();
          if (says(file, route)) {
            return true;
          }
        }
      }
      return false;
    }

    private boolean says(Artifact.Entry file, String route) {
      try (var in = new BufferedInputStream(Files.newInputStream(artifacts.blob(file.digest())))) {
        var text = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        return text.contains("\"" + route + "\"")
            || text.contains("'" + route + "'")
            || text.contains("`" + route + "`");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
