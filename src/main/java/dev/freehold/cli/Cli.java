package dev.freehold.cli;

import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// The words a person types.
@Command(
    name = "freehold",
    header = "Take an app exported from an AI builder and run it, unchanged, on your own machine.",
    synopsisSubcommandLabel = "COMMAND",
    sortOptions = false,
    versionProvider = Version.class,
    subcommands = {
      InspectCommand.class,
      DeployCommand.class,
      AppsCommand.class,
      ReleasesCommand.class,
      StatusCommand.class,
      LogsCommand.class,
      OpenCommand.class,
      RollbackCommand.class,
      SecretsCommand.class,
      AuthCommand.class,
      CronCommand.class,
      FunctionsCommand.class,
      AiCommand.class,
      NetworkCommand.class,
      EnvCommand.class,
      UsersCommand.class,
      MailCommand.class,
      StorageCommand.class,
      JournalCommand.class,
      DestroyCommand.class
    },
    footer = {"Begin with: freehold deploy PATH", "Each command has its own --help."})
public final class Cli {
  /// What runs a server in this process; given by the root.
  @FunctionalInterface
  public interface Serve {
    void run(ServeSettings settings);
  }

  /// What `freehold rest` does in this process; given by the root.
  @FunctionalInterface
  public interface Rest {
    void run(RestWords words, PrintStream out, PrintStream err);
  }

  /// What `freehold backend` does in this process; given by the root.
  @FunctionalInterface
  public interface Backend {
    void run(BackendWords words);
  }

  private static final int OPTION_COLUMNS = 28;

  private Cli() {}

  /// Runs one command.
  ///
  /// @return its exit status: 0 done, 1 a Problem, 2 wrong words
  public static int run(String[] words, Serve serve, Rest rest, Backend backend) {
    var up =
        new UpCommand((common, options) ->
            serve.run(
                new ServeSettings(
                    common.dataFolder().path(),
                    options.port(),
                    Optional.ofNullable(options.listen),
                    Optional.ofNullable(options.postgresBin).map(Path::of))));
    var help = new CommandLine(new HelpCommand());
    help.getCommandSpec().usageMessage().header("Print the help of a command.").description();
    var line =
        new CommandLine(new Cli())
            .addSubcommand(up)
            .addSubcommand(new DownCommand())
            .addSubcommand(new RestCommand(rest))
            .addSubcommand(new BackendCommand(backend))
            .addSubcommand(help)
            .setUsageHelpLongOptionsMaxWidth(OPTION_COLUMNS)
            .setUsageHelpAutoWidth(true)
            .setParameterExceptionHandler(Cli::misspelt)
            .setExecutionExceptionHandler(Cli::failed);
    line.getCommandSpec()
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Print the version and end.")
                .build());
    withHelp(line);
    return line.execute(words);
  }

  /// Gives the command and all below it `--help` and the same layout.
  private static void withHelp(CommandLine command) {
    var spec = command.getCommandSpec();
    spec.usageMessage()
        .synopsisHeading("%nUsage: ")
        .descriptionHeading(spec.usageMessage().description().length == 0 ? "" : "%n")
        .parameterListHeading("%nArguments:%n")
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n")
        .footerHeading("%n");
    if (spec.findOption("--help") == null) {
      spec.addOption(
          OptionSpec.builder("-h", "--help")
              .usageHelp(true)
              .description("Print this help and end.")
              .build());
    }
    command.getSubcommands().values().forEach(Cli::withHelp);
  }

  private static int misspelt(ParameterException wrong, String[] words) {
    var command = wrong.getCommandLine();
    var message = String.valueOf(wrong.getMessage());
    if (message.startsWith("Missing required subcommand")) {
      command.usage(System.err);
      return CommandLine.ExitCode.USAGE;
    }
    var name = command.getCommandSpec().qualifiedName();
    var problem = Problem.of("words-not-understood", message);
    var hint = name + " --help shows how it is used";
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      problem = Problem.of("words-not-understood", unknown(unmatched));
      var near = unmatched.getSuggestions();
      if (!near.isEmpty()) {
        hint = "did you mean " + near.getFirst() + "?";
      } else if (!unmatched.isUnknownOption()
          && command.getCommandSpec().findOption("--app") != null) {
        hint = "an app is named with --app NAME; " + hint;
      }
    }
    Terminal.ofProcess().problem(problem.hint(hint));
    return CommandLine.ExitCode.USAGE;
  }

  private static String unknown(UnmatchedArgumentException unmatched) {
    var word = unmatched.getUnmatched().getFirst();
    var name = unmatched.getCommandLine().getCommandSpec().qualifiedName();
    if (unmatched.isUnknownOption()) {
      return name + " has no option " + word;
    }
    return unmatched.getCommandLine().getSubcommands().isEmpty()
        ? name + " takes no further word “" + word + "”"
        : name + " has no command “" + word + "”";
  }

  private static int failed(Exception failure, CommandLine command, CommandLine.ParseResult words) {
    if (failure instanceof Terminal.OutputClosed) {
      return CommandLine.ExitCode.OK;
    }
    var problem =
        failure instanceof ProblemException known
            ? known.problem()
            : Problem.of("internal-error", "this is a fault of Freehold, not of your app")
                .detail(failure + whereOf(failure))
                .hint("please report it with these lines");
    Terminal.ofProcess().problem(problem);
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static String whereOf(Exception failure) {
    var trace = failure.getStackTrace();
    return trace.length == 0 ? "" : "\nat " + trace[0];
  }
}
