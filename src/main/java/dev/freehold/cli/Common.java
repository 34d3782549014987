package dev.freehold.cli;

import dev.freehold.client.ControlClient;
import dev.freehold.client.DataFolder;
import dev.freehold.problem.Problem;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// The options that every command has, and the way to the server.
final class Common {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "Where Freehold keeps everything (also: FREEHOLD_DATA).")
  @Nullable Path data;

  @Option(names = "--json", description = "Print JSON for a program instead of text for a person.")
  boolean json;

  private final Terminal terminal = Terminal.ofProcess();

  Terminal terminal() {
    return terminal;
  }

  DataFolder dataFolder() {
    return DataFolder.choose(Optional.ofNullable(data));
  }

  /// A client, whether or not a server answers.
  ControlClient client() {
    return new ControlClient(dataFolder().socket(), who());
  }

  /// A client of a server that answers.
  ControlClient server() {
    var client = client();
    if (!client.serverAnswers()) {
      throw Problem.of("server-not-running", "Freehold is not running here")
          .detail("data folder " + dataFolder().path())
          .hint("start it: freehold up")
          .raise();
    }
    return client;
  }

  /// Prints the answer as it is when JSON was asked for.
  boolean printedAsJson(JsonNode answer) {
    if (json) {
      terminal.say(answer.toPrettyString());
    }
    return json;
  }

  /// Prints a list that the server answered: as JSON, as a table, or what to say of an empty one.
  ///
  /// @param field of the answer that holds the list
  /// @param cells of one row, as many as there are heads
  void list(
      JsonNode answer,
      String field,
      List<String> heads,
      Function<JsonNode, List<String>> cells,
      String... whenEmpty) {
    if (printedAsJson(answer)) {
      return;
    }
    var rows = answer.path(field).valueStream().map(cells).toList();
    if (rows.isEmpty()) {
      List.of(whenEmpty).forEach(terminal::say);
    } else {
      terminal.table(heads, rows);
    }
  }

  static String time(String instant) {
    return instant.isEmpty()
        ? ""
        : TIME.format(Instant.parse(instant).atZone(ZoneId.systemDefault()));
  }

  static String seconds(long millis) {
    return String.format(java.util.Locale.ROOT, "%.1f s", millis / 1000.0);
  }

  private static String who() {
    var sudo = System.getenv("SUDO_USER");
    return sudo != null && !sudo.isBlank() ? sudo : System.getProperty("user.name");
  }
}
