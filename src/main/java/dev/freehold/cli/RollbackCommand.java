package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `freehold rollback`.
@Command(
    name = "rollback",
    header = "Make an earlier release live again: by default the one before.",
    description =
        "Its own files, settings and versions of secrets come back. Nothing is built, and the"
            + " database is left as it is.",
    footer = {"Examples:", "  freehold rollback", "  freehold rollback shop v3"})
final class RollbackCommand implements Runnable {
  @Mixin Common common = new Common();
  @Mixin AppChoice choice = new AppChoice();

  @Parameters(
      paramLabel = "vN",
      arity = "0..2",
      description = "The release (freehold releases); the app's name may stand before it.")
  List<String> words = List.of();

  @Override
  public void run() {
    var release = choice.without(words, word -> word.matches("v?\\d+"));
    Map<String, Object> body = release.isEmpty() ? Map.of() : Map.of("to", number(release));
    var server = common.server();
    new OperationView(common, server, server.post(choice.path(server) + "/rollback", body))
        .follow();
  }

  private static int number(String label) {
    try {
      return Integer.parseInt(label.startsWith("v") ? label.substring(1) : label);
    } catch (NumberFormatException e) {
      throw Problem.of("release-invalid", "“" + label + "” is not a release")
          .hint("write v3 or 3; freehold releases lists them")
          .raise(e);
    }
  }
}
