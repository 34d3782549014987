package dev.freehold.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/// Many ask at once, as after a restart with several apps, whether a sandbox is there.
class SandboxProbeTest {
  private static final int ASKERS = 8;

  @Test
  void manyVirtualThreadsAskFirstOnOneCarrier() {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var lines = new ArrayList<String>();

    var ended =
        Commands.run(
            Command.of(
                    java,
                    "-Djdk.virtualThreadScheduler.parallelism=1",
                    "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Askers.class.getName())
                .within(Duration.ofSeconds(30)),
            lines::add);

    assertThat(ended.ok()).as(String.join("\n", lines)).isTrue();
    assertThat(lines).hasSize(ASKERS).containsOnly("available: " + Sandbox.available());
  }

  /// A process of its own: only there nobody has asked yet.
  static final class Askers {
    private Askers() {}

    public static void main(String[] arguments) {
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < ASKERS; i++) {
          threads.execute(() -> System.out.println("available: " + Sandbox.available()));
        }
      }
    }
  }
}
