package dev.freehold.backend.supabase.jobs;

import dev.freehold.telemetry.Events;
import dev.freehold.telemetry.LogLine;
import java.time.Clock;

/// Where jobs and requests say what went wrong.
///
/// @param scope the Environment's id; empty for a server of its own
record JobLog(Events events, Clock clock, String scope) {
  static final String SOURCE = "jobs";

  void say(String text) {
    events.publish(new LogLine(clock.instant(), SOURCE, scope, 0, text));
  }
}
