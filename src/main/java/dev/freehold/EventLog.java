package dev.freehold;

import dev.freehold.backend.ai.AiCalled;
import dev.freehold.backend.supabase.functions.FunctionCalled;
import dev.freehold.edge.RequestServed;
import dev.freehold.monitor.LogBook;
import dev.freehold.release.ReleaseEvent;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.LogLine;
import java.time.Clock;
import java.util.function.Consumer;

/// Turns stated facts into lines of the log book.
record EventLog(LogBook logs, Clock clock) implements Consumer<Event> {
  @Override
  public void accept(Event event) {
    logs.take(
        switch (event) {
          case LogLine line -> line;
          case RequestServed request ->
              new LogLine(
                  request.at(),
                  "request",
                  request.routeId(),
                  request.release(),
                  request.describe());
          case AiCalled call -> new LogLine(call.at(), "ai", call.scope(), 0, call.describe());
          case FunctionCalled call ->
              new LogLine(
                  call.at(),
                  "function/" + call.function(),
                  call.scope(),
                  call.release(),
                  call.describe());
          case ReleaseEvent.Activated activated ->
              new LogLine(
                  clock.instant(),
                  "deploy",
                  activated.activation().environment(),
                  activated.activation().number(),
                  "v"
                      + activated.activation().number()
                      + " goes live: "
                      + activated.activation().why()
                      + " by "
                      + activated.activation().by());
          default -> new LogLine(clock.instant(), "server", "", 0, event.describe());
        });
  }
}
