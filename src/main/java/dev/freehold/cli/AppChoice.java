package dev.freehold.cli;

import dev.freehold.client.ControlClient;
import dev.freehold.problem.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which app and environment a command is about. With one app there is no need to name it.
final class AppChoice {
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
