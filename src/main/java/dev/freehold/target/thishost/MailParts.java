package dev.freehold.target.thishost;

import dev.freehold.backend.supabase.functions.FunctionRelease;
import dev.freehold.build.Artifact;
import dev.freehold.build.ArtifactStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

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

  private static final List<String> ROUTES = List.of(QUEUE_ROUTE, UNSUBSCRIBE_ROUTE);

  /// Most server code that is looked at, in bytes.
  private static final long MAX_BYTES = 256L << 20;

  static MailParts of(Artifact artifact, ArtifactStore artifacts, FunctionRelease functions) {
    var names = functions.functions().stream().map(FunctionRelease.Facts::name).toList();
    boolean byFunctions = names.containsAll(List.of(QUEUE_FUNCTION, UNSUBSCRIBE_FUNCTION));
    var routes = byFunctions ? Set.<String>of() : routes(artifact, artifacts);
    return new MailParts(
        part(names, QUEUE_FUNCTION, routes, QUEUE_ROUTE),
        part(names, UNSUBSCRIBE_FUNCTION, routes, UNSUBSCRIBE_ROUTE));
  }

  private static Optional<String> part(
      List<String> names, String function, Set<String> routes, String route) {
    if (names.contains(function)) {
      return Optional.of(FUNCTIONS + function);
    }
    return routes.contains(route) ? Optional.of(route) : Optional.empty();
  }

  /// Which of the routes an app's server has: each stands in its code as a string, whatever built
  /// it.
  private static Set<String> routes(Artifact artifact, ArtifactStore artifacts) {
    var folder = artifact.publicFolder();
    if (folder.isEmpty()) {
      return Set.of(); // Static files: no server.
    }
    var found = new HashSet<String>();
    long left = MAX_BYTES;
    for (var file : artifact.files()) {
      boolean isCode =
          file.path().matches(".*\\.[mc]?js")
              && !file.path().startsWith(folder)
              && !file.path().startsWith(Artifact.OURS)
              && !file.path().contains("node_modules/");
      if (isCode && file.size() <= left) {
        left -= file.size();
        var text = text(artifacts.blob(file.digest()));
        ROUTES.stream().filter(route -> says(text, route)).forEach(found::add);
      }
    }
    return found;
  }

  private static boolean says(String text, String route) {
    return text.contains("\"" + route + "\"")
        || text.contains("'" + route + "'")
        || text.contains("`" + route + "`");
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
