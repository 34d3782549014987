package dev.freehold.backend.supabase.jobs;

import dev.freehold.http.HttpEngine;
import dev.freehold.postgres.Database;
import dev.freehold.telemetry.Events;
import java.net.InetAddress;
import java.time.Clock;
import java.util.Set;

/// [Jobs] in a process of their own, which a test can kill.
final class JobsProcess {
  private JobsProcess() {}

  /// @param args port and name of the database, and the port that requests may reach
  public static void main(String[] args) throws InterruptedException {
    var database =
        new Database("127.0.0.1", Integer.parseInt(args[0]), args[1], "supabase_admin", "");
    var engine = HttpEngine.start(Events.NONE);
    var jobs =
        new Jobs(
            new Jobs.Place(
                database,
                JobsFixture.logins(database),
                OldProject.none("http://app.localhost:1"),
                InetAddress.getLoopbackAddress(),
                Set.of("127.0.0.1:" + args[2]),
                ""),
            engine,
            Clock.systemUTC(),
            Events.NONE);
    jobs.start();
    Thread.currentThread().join();
  }
}
