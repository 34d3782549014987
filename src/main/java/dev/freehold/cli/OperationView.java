package dev.freehold.cli;

import dev.freehold.client.ControlClient;
import dev.freehold.problem.Problem;
import dev.freehold.problem.ProblemException;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Follows one Operation to its end: shows its steps and lines, asks its question, and cancels it
/// when the operator presses Ctrl-C.
final class OperationView {
  private static final int CANCEL_WAIT_SECONDS = 20;

  private final Common common;
  private final ControlClient server;
  private final String id;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean cancelling;
  private volatile @Nullable JsonNode last;

  OperationView(Common common, ControlClient server, JsonNode started) {
    this.common = common;
    this.server = server;
    this.id = started.path("operation").asString();
  }

  /// Returns the facts of the end.
  ///
  /// @throws dev.freehold.problem.ProblemException what the Operation failed with
  JsonNode follow() {
    var cancel = new Thread(this::cancel, "freehold-cancel");
    Runtime.getRuntime().addShutdownHook(cancel);
    try {
      server.lines("/v1/operations/" + id + "/events", this::show);
    } finally {
      ended.countDown();
      if (cancelling) {
        letTheProcessEnd();
      }
      Runtime.getRuntime().removeShutdownHook(cancel);
    }
    var end = last;
    if (end == null) {
      throw Problem.of("operation-lost", "the server ended while the operation ran")
          .hint("start it again: freehold up; freehold status tells how the operation ended")
          .raise();
    }
    if (end.path("type").asString().equals("failed")) {
      var told = end.path("problem");
      var problem = Problem.of(told.path("code").asString(), told.path("title").asString());
      if (told.hasNonNull("detail")) {
        problem = problem.detail(told.path("detail").asString());
      }
      if (told.hasNonNull("hint")) {
        problem = problem.hint(told.path("hint").asString());
      }
      throw problem.raise();
    }
    if (!common.printedAsJson(end.path("facts"))) {
      common.terminal().say(end.path("summary").asString());
    }
    return end.path("facts");
  }

  /// On Ctrl-C: tells the server, and waits until it has cleaned up.
  private void cancel() {
    cancelling = true;
    common.terminal().progress("\nCancelling …");
    try {
      server.post("/v1/operations/" + id + "/cancel", "");
      if (!ended.await(CANCEL_WAIT_SECONDS, TimeUnit.SECONDS)) {
        common.terminal().progress("It is still ending; freehold status tells how it ended.");
        return;
      }
      var end = last;
      if (end != null) {
        var how = end.path("problem").path("title").asString("it was done already");
        common.terminal().progress("freehold: " + how);
      }
    } catch (ProblemException e) {
      common.terminal().problem(e.problem());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// The process is ending and [#cancel] says how; the command has nothing to add.
  private static void letTheProcessEnd() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void show(JsonNode event) {
    var terminal = common.terminal();
    switch (event.path("type").asString()) {
      case "step" -> terminal.progress("▸ " + event.path("name").asString());
      case "step-ended" ->
          terminal.progress(
              "  ✓ "
                  + event.path("name").asString()
                  + "  "
                  + Common.seconds(event.path("took_ms").asLong()));
      case "line" -> terminal.progress("  │ " + event.path("text").asString());
      case "question" -> ask(event);
      default -> last = event;
    }
  }

  private void ask(JsonNode question) {
    var terminal = common.terminal();
    terminal.progress(question.path("report").asString());
    terminal.progress(question.path("plan").asString());
    if (question.path("confirmed").asBoolean(false)) {
      return;
    }
    var console = Terminal.console();
    if (console.isEmpty()) {
      askNobody(terminal, question.path("fresh").asBoolean(false));
      return;
    }
    var answer = console.get().readLine("Go ahead? [y/N] ");
    boolean yes = answer != null && answer.strip().toLowerCase(Locale.ROOT).startsWith("y");
    server.post("/v1/operations/" + id + (yes ? "/confirm" : "/cancel"), "");
  }

  /// Where there is nobody to ask, a new environment is made, for nothing that exists changes; an
  /// existing one is left alone.
  private void askNobody(Terminal terminal, boolean fresh) {
    if (fresh) {
      terminal.progress("There is nobody to ask here; nothing exists yet that would change.");
      server.post("/v1/operations/" + id + "/confirm", "");
      return;
    }
    server.post("/v1/operations/" + id + "/cancel", "");
    throw Problem.of("plan-not-confirmed", "there is nobody to ask here whether to go ahead")
        .detail("nothing was changed")
        .hint("read the plan above, and run it again with --yes")
        .raise();
  }
}
