package dev.freehold.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

/// The words a person types, without a server: exit statuses, what goes to which stream, and help.
@ResourceLock(Resources.SYSTEM_OUT)
@ResourceLock(Resources.SYSTEM_ERR)
final class CommandLineTest {
  private static final List<String> COMMANDS =
      List.of(
          "inspect",
          "deploy",
          "apps",
          "releases",
          "status",
          "logs",
          "open",
          "rollback",
          "secrets",
          "env",
          "journal",
          "destroy",
          "up",
          "down",
          "rest",
          "backend",
          "help");

  @TempDir Path folder = Path.of("");

  private record Said(int status, String out, String err) {}

  @Test
  void everyCommandIsInTheHelpAndHasItsOwn() {
    var all = said("--help");

    assertThat(all.status()).isZero();
    for (var command : COMMANDS) {
      assertThat(all.out()).contains("\n  " + command + " ");
      assertThat(said(command, "--help").out()).contains("Usage: freehold " + command);
    }
  }

  @Test
  void aloneItShowsItsHelpAndEndsWithTwo() {
    var said = said();

    assertThat(said.status()).isEqualTo(2);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains("Begin with: freehold deploy PATH");
  }

  @Test
  void aMisspeltWordEndsWithTwoAndGetsTheNearest() {
    assertThat(said("deplo"))
        .isEqualTo(
            new Said(
                2,
                "",
                """
                freehold: freehold has no command “deplo”
                  → did you mean deploy?
                  (words-not-understood)
                """));
    assertThat(said("apps", "--jsn").err()).contains("has no option --jsn", "mean --json?");
    assertThat(said("logs", "-n", "many").status()).isEqualTo(2);
    assertThat(said("functions", "invoke", "shop", "hello", "world").err())
        .contains("one word too many: world");
    assertThat(said("rollback", "shop", "latest").err()).contains("(release-invalid)");
    assertThat(said("open", "shop", "v2").err())
        .contains("takes no further word “v2”", "an app is named with --app NAME");
  }

  @Test
  void withoutAServerACommandSaysHowToStartIt() {
    var said = said("apps", "--data", folder.toString());

    assertThat(said.status()).isEqualTo(1);
    assertThat(said.out()).isEmpty();
    assertThat(said.err()).contains("start it: freehold up", "(server-not-running)");
  }

  @Test
  void statusAndDownAnswerWithoutAServer() {
    assertThat(said("status", "--json", "--data", folder.toString()))
        .isEqualTo(new Said(0, "{\"running\":false}\n", ""));
    assertThat(said("down", "--json", "--data", folder.toString()))
        .isEqualTo(new Said(0, "{\"stopped\":false}\n", ""));
  }

  @Test
  void whatIsNotThereIsRefusedBeforeAServerIsStarted() {
    var said = said("deploy", folder + "/nothing", "--data", folder.toString());

    assertThat(said.status()).isEqualTo(1);
    assertThat(said.err()).contains("(export-not-found)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aPortThatIsNoneIsRefused() {
    assertThat(said("up", "--port", "99999", "--data", folder.toString()).err())
        .contains("(port-invalid)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aPathIsToldAsSeenFromTheRootAndAnAddressAsItIs() throws Exception {
    Files.createDirectories(folder.resolve("a#b"));

    assertThat(DeployCommand.absolute(".")).isEqualTo(Path.of("").toAbsolutePath().toString());
    assertThat(DeployCommand.absolute(folder + "//a#b/")).isEqualTo(folder + "/a#b");
    assertThat(DeployCommand.absolute(folder + "#main")).isEqualTo(folder + "#main");
    assertThat(DeployCommand.absolute("https://github.com/me/shop#main"))
        .isEqualTo("https://github.com/me/shop#main");
    assertThatThrownBy(() -> DeployCommand.absolute("")).hasMessageContaining("export-not-found");
  }

  @Test
  void aDurationIsSaidInItsLargestUnits() {
    assertThat(StatusCommand.lasting(Duration.ofSeconds(59))).isEqualTo("59 s");
    assertThat(StatusCommand.lasting(Duration.ofSeconds(428))).isEqualTo("7 min 8 s");
    assertThat(StatusCommand.lasting(Duration.ofHours(49))).isEqualTo("2 d 1 h");
  }

  private static Said said(String... words) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var before = List.of(System.out, System.err);
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int status =
          Cli.run(
              new ArrayList<>(List.of(words)).toArray(String[]::new),
              _ -> {},
              (_, _, _) -> {},
              _ -> {});
      return new Said(
          status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(before.get(0));
      System.setErr(before.get(1));
    }
  }
}
