package dev.freehold;

import dev.freehold.backend.supabase.rest.config.Configuration;
import dev.freehold.backend.supabase.rest.config.DumpedConfiguration;
import dev.freehold.backend.supabase.rest.standalone.StandaloneServer;
import dev.freehold.cli.RestWords;
import dev.freehold.telemetry.Event;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/// What `freehold rest` does: one REST server in this process, apart from everything else.
final class RestProcess {
  private RestProcess() {}

  static void run(RestWords words) {
    var configuration = Configuration.read(words.configuration(), System.getenv(), Map.of());
    switch (words.action()) {
      case DUMP_CONFIG -> System.out.print(DumpedConfiguration.of(configuration));
      case SERVE -> serve(configuration);
      default -> throw new IllegalStateException();
    }
  }

  private static void serve(Configuration configuration) {
    configuration
        .unknown()
        .forEach(name -> System.err.println("freehold: unknown setting " + name + " is ignored"));
    var server =
        new StandaloneServer(
            configuration, System.getenv(), Clock.systemUTC(), RestProcess::publish);
    System.err.println("freehold: listening on port " + server.port());
    Runtime.getRuntime().addShutdownHook(new Thread(server::close, "freehold-shutdown"));
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void publish(Event event) {
    System.err.println("freehold: " + event.describe());
  }
}
