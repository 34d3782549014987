package dev.freehold;

import dev.freehold.backend.supabase.rest.config.ConfigOption;
import dev.freehold.backend.supabase.rest.config.ConfigurationExample;
import dev.freehold.backend.supabase.rest.config.ConfigurationSource;
import dev.freehold.backend.supabase.rest.config.DumpedConfiguration;
import dev.freehold.backend.supabase.rest.schema.SchemaDump;
import dev.freehold.backend.supabase.rest.standalone.ProcessLog;
import dev.freehold.backend.supabase.rest.standalone.StandaloneServer;
import dev.freehold.cli.RestWords;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/// What `freehold rest` does: one REST server in this process, apart from everything else.
final class RestProcess {
  private static final Duration READY_WAIT = Duration.ofSeconds(10);

  private RestProcess() {}

  static void run(RestWords words, PrintStream out, PrintStream err) {
    var source = new ConfigurationSource(words.configuration(), System.getenv());
    switch (words.action()) {
      case EXAMPLE -> out.print(ConfigurationExample.TEXT);
      case DUMP_CONFIG -> out.print(DumpedConfiguration.of(StandaloneServer.configuration(source)));
      case DUMP_SCHEMA -> out.println(SchemaDump.json(StandaloneServer.schema(source)));
      case READY -> askWhetherReady(source, out);
      case SERVE -> serve(source, new ProcessLog(out, err, Clock.systemUTC()), err);
    }
  }

  private static void serve(ConfigurationSource source, ProcessLog log, PrintStream err) {
    source
        .read(Map.of())
        .unknown()
        .forEach(name -> err.println("freehold: the setting " + name + " is unknown and ignored"));
    try (var server = new StandaloneServer(source, Clock.systemUTC(), log)) {
      Runtime.getRuntime().addShutdownHook(new Thread(server::close, "freehold-shutdown"));
      OsSignals.on("USR1", server::reloadSchema);
      OsSignals.on("USR2", server::reloadConfiguration);
      OsSignals.on("TERM", () -> server.end("SIGTERM"));
      OsSignals.on("INT", () -> server.end("SIGINT"));
      server.await();
    }
  }

  private static void askWhetherReady(ConfigurationSource source, PrintStream out) {
    var configuration = source.read(Map.of());
    var port = configuration.number(ConfigOption.ADMIN_SERVER_PORT);
    var host = configuration.text(ConfigOption.ADMIN_SERVER_HOST);
    if (port.isEmpty()) {
      throw notReady("there is no admin server to ask")
          .hint("set admin-server-port in the configuration")
          .raise();
    }
    if (host.startsWith("*") || host.startsWith("!")) {
      throw notReady("the admin server's host is \"" + host + "\", which is no address to ask at")
          .hint("set admin-server-host = \"localhost\"")
          .raise();
    }
    var url =
        "http://"
            + (host.contains(":") ? "[" + host + "]" : host)
            + ":"
            + port.getAsLong()
            + "/ready";
    try (var client = HttpClient.newHttpClient()) {
      var request = HttpRequest.newBuilder(URI.create(url)).timeout(READY_WAIT).build();
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      if (status / 100 != 2) {
        throw notReady(url + " answers " + status).raise();
      }
      out.println("OK: " + url);
    } catch (IOException | IllegalArgumentException e) {
      throw notReady(url + " does not answer").hint("is the server running?").raise(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Problem notReady(String why) {
    return Problem.of("rest-not-ready", "the server is not ready").detail(why);
  }
}
