package dev.freehold.cli;

import dev.freehold.export.Exports;
import dev.freehold.inspection.InspectionJson;
import dev.freehold.inspection.InspectionText;
import dev.freehold.inspection.Inspector;
import dev.freehold.os.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `freehold inspect`.
@Command(
    name = "inspect",
    header = "Say what an export is and needs, and whether this version can run it.",
    description = "Only reads the export, and needs no server. Names what is dangerous in it, too.",
    footer = {"Examples:", "  freehold inspect ./my-app.zip", "  freehold inspect . --json"})
final class InspectCommand implements Runnable {
  @Mixin Common common = new Common();

  @Parameters(paramLabel = "PATH|ZIP|GIT-URL", description = "The export.")
  String source = "";

  @Override
  public void run() {
    try {
      var workspace = Files.createTempDirectory("freehold-inspect");
      try {
        var inspection = new Inspector().inspect(Exports.read(source, workspace));
        common
            .terminal()
            .say(common.json ? InspectionJson.write(inspection) : InspectionText.write(inspection));
      } finally {
        DurableFiles.deleteTree(workspace);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
