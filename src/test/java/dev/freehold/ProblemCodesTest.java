package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Every code that the source states literally is explained to the operator.
final class ProblemCodesTest {
  private static final Pattern CODE =
      Pattern.compile("Problem\\s*\\.of\\(\\s*\"([a-z0-9-]+)\"\\s*,");
  private static final Path EXPLAINED = Path.of("docs/reference/problems.md");

  @Test
  void everyCodeIsInTheReference() throws IOException {
    var stated = new TreeSet<String>();
    try (var files = Files.walk(Path.of("src/main/java"))) {
      for (var file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        CODE.matcher(Files.readString(file)).results().forEach(found -> stated.add(found.group(1)));
      }
    }
    var explained = Files.readString(EXPLAINED);

    stated.removeIf(code -> explained.contains("`" + code + "`"));

    assertThat(stated).as("codes that %s does not explain", EXPLAINED).isEmpty();
  }
}
