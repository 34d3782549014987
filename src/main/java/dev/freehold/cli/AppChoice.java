package dev.freehold.cli;

import dev.freehold.client.ControlClient;
import dev.freehold.problem.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which app and environment a command is about. With one app there is no need to name it.
class AppChoice {
  @Option(
      names = "--app",
      paramLabel = "NAME",
      description = "The app; needed when there are several.")
  @Nullable String app;

  @Option(
      names = "--env",
      paramLabel = "NAME",
      description = "The environment (default: production).")
  String environment = "production";

  /// Takes an app's name out of words of which it may be the first: `show shop ID`, `show ID`.
  ///
  /// @param isOther whether a word is what a command is about, and so no app
  /// @return what is left, empty when there is nothing
  String without(List<String> words, Predicate<String> isOther) {
    var left = new ArrayList<>(words);
    if (!left.isEmpty() && !isOther.test(left.getFirst())) {
      app = left.removeFirst();
    }
    if (left.size() > 1) {
      throw Problem.of("words-not-understood", "there is one word too many: " + left.getLast())
          .raise();
    }
    return left.isEmpty() ? "" : left.getFirst();
  }

  String app(ControlClient server) {
    if (app != null) {
      return app;
    }
    var names = new TreeSet<String>();
    server.get("/v1/apps").path("apps").forEach(row -> names.add(row.path("app").asString()));
    if (names.size() == 1) {
      return names.first();
    }
    throw Problem.of(
            "app-not-chosen", names.isEmpty() ? "there is no app yet" : "there are several apps")
        .hint(
            names.isEmpty()
                ? "deploy one: freehold deploy PATH"
                : "name one with --app: " + String.join(", ", names))
        .raise();
  }

  /// The control API's path of the chosen environment.
  String path(ControlClient server) {
    return "/v1/apps/" + encoded(app(server)) + "/" + encoded(environment);
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
