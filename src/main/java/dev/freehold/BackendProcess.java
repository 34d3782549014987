package dev.freehold;

import dev.freehold.backend.supabase.standalone.BackendConfiguration;
import dev.freehold.backend.supabase.standalone.BackendServer;
import dev.freehold.backend.supabase.standalone.ExampleConfiguration;
import dev.freehold.build.PackageRegistry;
import dev.freehold.build.Toolchains;
import dev.freehold.cli.BackendWords;
import dev.freehold.cli.Version;
import dev.freehold.image.ImageTools;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.LogLine;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.CountDownLatch;

/// What `freehold backend` does: one Supabase backend in this process, apart from everything else.
final class BackendProcess {
  /// The Node that makes images of images.
  private static final int IMAGE_NODE = 22;

  private BackendProcess() {}

  static void run(BackendWords words) {
    switch (words.action()) {
      case EXAMPLE -> System.out.print(ExampleConfiguration.text(Clock.systemUTC()));
      case SERVE -> serve(BackendConfiguration.read(words.configuration(), System.getenv()));
      default -> throw new IllegalStateException();
    }
  }

  private static void serve(BackendConfiguration configuration) {
    configuration
        .unknown()
        .forEach(name -> System.err.println("freehold: unknown setting " + name + " is ignored"));
    var server =
        new BackendServer(
            configuration,
            Version.text(),
            new BackendServer.Tools(
                BackendProcess::imageTools,
                new BackendFunctions(System.getenv(), BackendProcess::tell)),
            Clock.systemUTC(),
            BackendProcess::publish);
    System.err.println("freehold: listening on port " + server.port());
    OsSignals.on("HUP", server::reloadFunctions);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "freehold-shutdown"));
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// @param folder where they are kept
  private static ImageTools imageTools(Path folder) {
    var toolchains = new Toolchains(folder, PackageRegistry.from(System.getenv()));
    var node = toolchains.node(IMAGE_NODE, BackendProcess::tell);
    return new ImageTools(node.program(), toolchains.images(BackendProcess::tell));
  }

  private static void tell(String line) {
    System.err.println("freehold: " + line);
  }

  private static void publish(Event event) {
    var who = event instanceof LogLine line ? line.source() + ": " : "";
    System.err.println("freehold: " + who + event.describe());
  }
}
