package dev.freehold;

import dev.freehold.cli.Cli;
import dev.freehold.cli.ServeSettings;
import java.util.concurrent.atomic.AtomicReference;

/// Where the program begins.
public final class Main {
  private static final String REHEARSE = "rehearse";

  private Main() {}

  public static void main(String[] words) {
    if (words.length == 1 && words[0].equals(REHEARSE)) {
      Rehearsal.run();
      return;
    }
    System.exit(Cli.run(words, Main::serve, RestProcess::run, BackendProcess::run));
  }

  /// Runs the server until it is asked to end, by the control API or by a signal.
  private static void serve(ServeSettings typed) {
    var server = Server.start(Settings.of(typed));
    var closed = new AtomicReference<>(server);
    var onSignal =
        new Thread(
            () -> {
              var still = closed.getAndSet(null);
              if (still != null) {
                still.close();
              }
            },
            "freehold-shutdown");
    Runtime.getRuntime().addShutdownHook(onSignal);
    server.await();
    var still = closed.getAndSet(null);
    if (still != null) {
      still.close();
    }
  }
}
