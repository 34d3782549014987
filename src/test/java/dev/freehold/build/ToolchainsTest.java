package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.os.Command;
import dev.freehold.os.Commands;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The pinned programs are what they say they are, and run here.
class ToolchainsTest {
  private final Toolchains toolchains =
      new Toolchains(Path.of("target", "test-toolchains").toAbsolutePath(), PackageRegistry.PUBLIC);

  @ParameterizedTest
  @ValueSource(strings = {"node", "bun", "deno"})
  void saysItsOwnVersion(String name) {
    var tool =
        switch (name) {
          case "node" -> toolchains.node(22, ToolchainsTest::quiet);
          case "bun" -> toolchains.bun(ToolchainsTest::quiet);
          default -> toolchains.deno(ToolchainsTest::quiet);
        };
    var said = Commands.run(Command.of(tool.program().toString(), "--version"));
    assertThat(said.ok()).as(said.lastWords()).isTrue();
    assertThat(said.out()).contains(tool.version());
  }

  private static void quiet(String line) {
    assertThat(line).isNotBlank();
  }
}
