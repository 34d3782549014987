package dev.freehold.cli;

import dev.freehold.cli.BackendWords.Action;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `freehold backend`.
@Command(
    name = "backend",
    header = "Serve the Supabase wire for any PostgreSQL, by a configuration of its own.",
    description = {
      "Stays in the foreground until it is ended. Serves /rest/v1, /auth/v1, /realtime/v1 and, once"
          + " their settings are given, /storage/v1 and /functions/v1 on one port, as the Supabase"
          + " CLI's local stack does. SIGHUP bundles the functions anew.",
      "Settings come from the file and from FREEHOLD_BACKEND_… variables, which go before it; the"
          + " data API's keep PostgREST's names, the auth server's GoTrue's. Entered as a"
          + " superuser, it prepares the database first: roles, schemas, helper functions."
    },
    footer = {
      "Examples:",
      "  freehold backend --example > backend.conf",
      "  freehold backend backend.conf",
      "  FREEHOLD_BACKEND_DEMO_KEYS=true \\",
      "    FREEHOLD_BACKEND_DB_URI=postgresql://postgres:postgres@127.0.0.1:54322/postgres \\",
      "    freehold backend"
    })
final class BackendCommand implements Runnable {
  @Parameters(paramLabel = "CONFIG", arity = "0..1", description = "The configuration file.")
  @Nullable Path configuration;

  @Option(
      names = {"-e", "--example"},
      description = "Print a configuration file to begin with, with new keys in it, and end.")
  boolean example;

  private final Cli.Backend backend;

  BackendCommand(Cli.Backend backend) {
    this.backend = backend;
  }

  @Override
  public void run() {
    backend.run(
        new BackendWords(
            Optional.ofNullable(configuration), example ? Action.EXAMPLE : Action.SERVE));
  }
}
