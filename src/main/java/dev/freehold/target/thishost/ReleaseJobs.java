package dev.freehold.target.thishost;

import dev.freehold.postgres.PostgresException;
import dev.freehold.telemetry.Events;
import dev.freehold.telemetry.LogLine;
import java.time.Clock;

/// Makes the scheduled jobs of an Environment those of its live Release.
record ReleaseJobs(ReleasePlacer placer, Clock clock, Events events) {

  /// The jobs become those of the Release, and are worked off from now on.
  ///
  /// @param address the app's own
  void live(LiveEnvironment live, PlacedRelease placed, String address) {
    try {
      for (var job : live.backend().jobs().release(placed.release().number())) {
        say(live, placed, "scheduled job " + job + " was changed by hand and stays as it is");
      }
    } catch (PostgresException e) {
      say(live, placed, "the scheduled jobs stay as they are: " + e.getMessage());
    }
    mail(live, placed, address);
    begin(live, placed, address);
  }

  /// Does not wait for the database.
  void begin(LiveEnvironment live, PlacedRelease placed, String address) {
    var jobs = live.backend().jobs();
    jobs.cameFrom(placer.oldProject(placed.release(), live.keys(), address));
    jobs.start();
  }

  /// The job and the secret by which the Release's own code works off its queue of mails, which
  /// Lovable makes from outside of the export; and where readers leave its lists.
  void mail(LiveEnvironment live, PlacedRelease placed, String address) {
    var backend = live.backend();
    var parts = placed.mail();
    backend.mail().unsubscribeAt(parts.unsubscribe().map(path -> address + path).orElse(""));
    try {
      backend
          .jobs()
          .mailQueue(parts.queue().map(path -> address + path), live.keys().api().serviceRole())
          .ifPresent(why -> say(live, placed, "scheduled job process-email-queue " + why));
    } catch (PostgresException e) {
      say(live, placed, "the job for the queue of mails stays as it is: " + e.getMessage());
    }
  }

  private void say(LiveEnvironment live, PlacedRelease placed, String text) {
    events.publish(
        new LogLine(
            clock.instant(), "jobs", live.environment.id(), placed.release().number(), text));
  }
}
