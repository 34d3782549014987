package dev.freehold.cli;

import dev.freehold.cli.RestWords.Action;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `freehold rest`.
@Command(
    name = "rest",
    header = "Serve any PostgreSQL as PostgREST does, by its configuration.",
    description = {
      "Stays in the foreground until it is ended. Takes PostgREST's configuration file and its"
          + " PGRST_… environment variables, which go before the file; without a file the variables"
          + " alone count.",
      "SIGUSR1 reads the schema again, SIGUSR2 the configuration; so does NOTIFY pgrst in the"
          + " database, with 'reload schema' or 'reload config'."
    },
    footer = {
      "Examples:",
      "  freehold rest postgrest.conf",
      "  PGRST_DB_URI=postgresql://localhost/shop PGRST_DB_ANON_ROLE=web freehold rest",
      "  freehold rest --example > postgrest.conf"
    })
final class RestCommand implements Runnable {
  /// One of these, or none to serve.
  static final class Instead {
    @Option(
        names = {"-e", "--example"},
        description = "Print a configuration file to begin with, and end.")
    boolean example;

    @Option(
        names = "--dump-config",
        description = "Print the configuration in force, secrets included, and end.")
    boolean dumpConfig;

    @Option(
        names = {"--dump-schema", "--dump-schema-cache"},
        description = "Print what the database exposes, as JSON, and end.")
    boolean dumpSchema;

    @Option(
        names = "--ready",
        description =
            "Ask the server that runs by this configuration, on its admin port, whether it is"
                + " ready; the exit status is 0 when it is.")
    boolean ready;
  }

  @Parameters(
      paramLabel = "CONFIG",
      arity = "0..1",
      description = "PostgREST's configuration file.")
  @Nullable Path configuration;

  @ArgGroup(exclusive = true)
  Instead instead = new Instead();

  private final Cli.Rest rest;

  RestCommand(Cli.Rest rest) {
    this.rest = rest;
  }

  @Override
  public void run() {
    var words = new RestWords(Optional.ofNullable(configuration), action());
    rest.run(words, System.out, System.err);
  }

  private Action action() {
    if (instead.example) {
      return Action.EXAMPLE;
    }
    if (instead.dumpConfig) {
      return Action.DUMP_CONFIG;
    }
    if (instead.dumpSchema) {
      return Action.DUMP_SCHEMA;
    }
    return instead.ready ? Action.READY : Action.SERVE;
  }
}
