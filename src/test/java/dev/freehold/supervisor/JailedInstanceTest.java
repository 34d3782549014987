package dev.freehold.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.os.Jail;
import dev.freehold.os.OsUser;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An instance in a sandbox, as apps run.
class JailedInstanceTest {
  private static final Jail JAIL =
      new Jail(
          OsUser.numbered("app", 64_321),
          List.of(),
          true,
          new Jail.Limits(512L << 20, 200, 1, 1L << 20));

  private final Path folder;
  private final Recorded events = new Recorded();

  JailedInstanceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void mayFinishWhatItDoesWhenItIsAskedToStop() {
    try (var supervisor = Supervisor.open(folder, events)) {
      var instance = supervisor.start(spec(supervisor.freePort()));
      instance.awaitHealthy(Duration.ofSeconds(20));
      instance.stop();
      assertThat(events.lines()).containsSubsequence("listening", "asked to stop");
      assertThat(events.of(InstanceEvent.Stopped.class))
          .extracting(InstanceEvent.Stopped::status)
          .containsExactly(0);
    }
  }

  static ProcessSpec spec(int port) {
    var plain = Programs.spec("shop/jailed", Programs.SERVER, port);
    return ProcessSpec.of(plain.id(), plain.command().inside(JAIL), port, plain.log());
  }
}
