package dev.freehold.cli;

import dev.freehold.client.ServerProcess;
import dev.freehold.problem.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `freehold up`.
@Command(
    name = "up",
    header = "Start the server in the background.",
    description =
        "Nothing happens when it runs already. With --foreground it stays in this process, for"
            + " systemd and containers.")
final class UpCommand implements Runnable {
  /// Runs the server in this process until it is told to end; given by the root.
  @FunctionalInterface
  interface Foreground {
    void run(Common common, ServerOptions options);
  }

  /// The server's own settings.
  static final class ServerOptions {
    private static final int MAX_PORT = 65_535;

    @Option(
        names = "--port",
        paramLabel = "PORT",
        description = "The port apps are served on (default: 4280, or the next free one).")
    @Nullable Integer port;

    /// The port, when it was typed.
    Optional<Integer> port() {
      if (port != null && (port < 0 || port > MAX_PORT)) {
        throw Problem.of("port-invalid", port + " is not a port")
            .hint("choose one from 1 to " + MAX_PORT + ", or 0 for any that is free")
            .raise();
      }
      return Optional.ofNullable(port);
    }

    @Option(
        names = "--listen",
        paramLabel = "ADDRESS",
        description = "The address to listen on (default: 127.0.0.1).")
    @Nullable String listen;

    @Option(
        names = "--postgres-bin",
        paramLabel = "FOLDER",
        description = "PostgreSQL programs to use instead of the embedded ones.")
    @Nullable String postgresBin;

    List<String> words() {
      var words = new ArrayList<String>();
      port().ifPresent(typed -> words.addAll(List.of("--port", typed.toString())));
      if (listen != null) {
        words.addAll(List.of("--listen", listen));
      }
      if (postgresBin != null) {
        words.addAll(List.of("--postgres-bin", postgresBin));
      }
      return words;
    }
  }

  private static final String HOW_TO_CHANGE =
      "to change its options, stop it first with freehold down.";

  @Mixin Common common = new Common();
  @Mixin ServerOptions options = new ServerOptions();

  @Option(names = "--foreground", description = "Stay in this process.")
  boolean foreground;

  private final Foreground inForeground;

  UpCommand(Foreground inForeground) {
    this.inForeground = inForeground;
  }

  @Override
  public void run() {
    if (foreground) {
      inForeground.run(common, options);
      return;
    }
    var client = common.client();
    boolean started = new ServerProcess(common.dataFolder(), client).ensure(options.words());
    if (!started && !options.words().isEmpty()) {
      common.terminal().progress("It runs already: " + HOW_TO_CHANGE);
    }
    var status = client.get("/v1/status");
    if (!common.printedAsJson(status)) {
      common
          .terminal()
          .say(
              (started ? "Freehold is up at " : "Freehold is already up at ")
                  + status.path("address").asString());
    }
  }
}
