package dev.freehold.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `freehold network`.
@Command(
    name = "network",
    header = "Say what an app's own code may reach.",
    description =
        "Its server and its functions reach the public internet, their own address and their own"
            + " database. This machine's other ports and private networks are closed to them,"
            + " except for the hosts opened here.",
    subcommands = {
      NetworkCommand.ListAll.class,
      NetworkCommand.Allow.class,
      NetworkCommand.Forbid.class
    })
final class NetworkCommand {
  private static final String HOST =
      "A name, an address or a range, and a port where only one is to be open.";

  /// `freehold network list`.
  @Command(name = "list", header = "List the hosts that are open, and say whether it is held.")
  static final class ListAll implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Override
    public void run() {
      var server = common.server();
      var answer = server.get(choice.path(server) + "/network");
      if (common.printedAsJson(answer)) {
        return;
      }
      var terminal = common.terminal();
      var rows = new ArrayList<List<String>>();
      answer.path("allowed").forEach(host -> rows.add(List.of(host.asString())));
      if (rows.isEmpty()) {
        terminal.say("The public internet, the app's own address and its own database.");
      } else {
        terminal.table(List.of("ALSO OPEN"), rows);
      }
      if (answer.hasNonNull("warning")) {
        terminal.progress(answer.path("warning").asString());
      }
    }
  }

  /// `freehold network allow`.
  @Command(
      name = "allow",
      header = "Open a host in a private network, or a port of this machine, at once.",
      footer = {
        "Examples:",
        "  freehold network allow db.internal:5432",
        "  freehold network allow 10.20.0.0/16",
        "  freehold network allow 127.0.0.1:11434"
      })
  static final class Allow implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(paramLabel = "HOST[:PORT]", description = HOST)
    String host = "";

    @Override
    public void run() {
      var server = common.server();
      var answer = server.post(choice.path(server) + "/network/allow", Map.of("host", host));
      if (!common.printedAsJson(answer)) {
        common.terminal().say(answer.path("allowed").asString() + " is open to the app.");
      }
    }
  }

  /// `freehold network forbid`.
  @Command(
      name = "forbid",
      header = "Close a host again, for new connections at once.",
      footer = {"Example:", "  freehold network forbid db.internal:5432"})
  static final class Forbid implements Runnable {
    @Mixin Common common = new Common();
    @Mixin AppChoice choice = new AppChoice();

    @Parameters(paramLabel = "HOST[:PORT]", description = HOST)
    String host = "";

    @Override
    public void run() {
      var server = common.server();
      var answer = server.post(choice.path(server) + "/network/forbid", Map.of("host", host));
      if (!common.printedAsJson(answer)) {
        common.terminal().say(answer.path("forbidden").asString() + " is closed to the app.");
      }
    }
  }
}
