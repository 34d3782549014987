package dev.freehold.cli;

import dev.freehold.client.ServerProcess;
import dev.freehold.export.Exports;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `freehold deploy`.
@Command(
    name = "deploy",
    header = "Take over an exported app and make it live.",
    description = {
      "Looks at it, shows the plan and asks, builds it in a sandbox, applies its schema migrations,"
          + " and switches to it once it is healthy. What is live stays live when a step fails.",
      "Starts the server when it is not running."
    },
    footer = {
      "Examples:",
      "  freehold deploy ./my-app.zip",
      "  freehold deploy https://github.com/me/my-app#main --app shop --yes",
      "  freehold deploy . --env staging"
    })
final class DeployCommand implements Runnable {
  @Mixin Common common = new Common();
  @Mixin UpCommand.ServerOptions options = new UpCommand.ServerOptions();

  @Parameters(paramLabel = "PATH|ZIP|GIT-URL", description = "The export.")
  String source = "";

  @Option(
      names = "--app",
      paramLabel = "NAME",
      description = "What to call the app (default: after the export).")
  @Nullable String app;

  @Option(
      names = "--env",
      paramLabel = "NAME",
      description = "The environment (default: production).")
  String environment = "production";

  @Option(
      names = {"-y", "--yes"},
      description = {
        "Do not ask before doing what the plan says. Without a terminal to ask at, a new",
        "environment is made without a question, and an existing one needs --yes."
      })
  boolean yes;

  @Option(
      names = "--skip-failing-sql",
      description = "Skip statements of schema migrations that fail, and report each of them.")
  boolean skipFailingSql;

  @Option(
      names = "--database-url",
      paramLabel = "URL",
      description =
          "Your own PostgreSQL for a new environment, instead of one that Freehold keeps:"
              + " postgresql://USER:PASSWORD@HOST:PORT/NAME. With '-' it is read from standard"
              + " input, where no other user of this machine can see it.")
  @Nullable String databaseUrl;

  @Override
  public void run() {
    var wanted = absolute(source);
    var client = common.client();
    new ServerProcess(common.dataFolder(), client).ensure(options.words());
    var choices = new LinkedHashMap<String, Object>();
    choices.put("source", wanted);
    choices.put("environment", environment);
    choices.put("confirmed", yes);
    choices.put("skip_failing_sql", skipFailingSql);
    if (app != null) {
      choices.put("app", app);
    }
    if (databaseUrl != null) {
      choices.put(
          "database_url", databaseUrl.equals("-") ? SecretInput.fromStandardInput() : databaseUrl);
    }
    new OperationView(common, client, client.post("/v1/deploys", choices)).follow();
  }

  /// A path of this machine is told to the server as it is seen from the root; a Git address as it
  /// is. What is not there is refused before a server is started for it.
  static String absolute(String source) {
    if (Exports.isGitAddress(source)) {
      return source;
    }
    int hash = source.lastIndexOf('#');
    var whole = existing(source);
    var folder = hash > 0 ? existing(source.substring(0, hash)) : Optional.<Path>empty();
    return whole
        .map(Path::toString)
        .or(() -> folder.map(path -> path + source.substring(hash)))
        .orElseThrow(() -> Exports.notFound(source).raise());
  }

  private static Optional<Path> existing(String path) {
    try {
      return Optional.of(path)
          .filter(text -> !text.isBlank())
          .map(text -> Path.of(text).toAbsolutePath().normalize())
          .filter(Files::exists);
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
