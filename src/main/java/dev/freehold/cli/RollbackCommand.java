package dev.freehold.cli;

import dev.freehold.problem.Problem;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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
    footer = {"Examples:", "  freehold rollback", "  freehold rollback v3 --app shop"})
final class RollbackCommand implements Runnable {
  @Mixin Common common = new Common();
  @Mixin AppChoice choice = new AppChoice();

  @Parameters(paramLabel = "vN", arity = "0..1", description = "The release (freehold releases).")
  @Nullable String release;

  @Override
  public void run() {
    var server = common.server();
    Map<String, Object> body = release == null ? Map.of() : Map.of("to", number(release));
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
