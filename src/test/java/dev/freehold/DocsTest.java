package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Every relative link in our documents leads to a file or folder of this repository.
final class DocsTest {
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

  @Test
  void everyRelativeLinkLeadsSomewhere() throws IOException {
    var dead = new ArrayList<String>();
    for (var document : documents()) {
      LINK.matcher(Files.readString(document))
          .results()
          .map(found -> found.group(1))
          .filter(link -> !link.contains(":"))
          .filter(link -> !Files.exists(document.resolveSibling(link)))
          .forEach(link -> dead.add(document + " → " + link));
    }

    assertThat(dead).isEmpty();
  }

  private static List<Path> documents() throws IOException {
    try (Stream<Path> top = Files.list(Path.of("."));
        Stream<Path> docs = Files.walk(Path.of("docs"))) {
      return Stream.concat(top, docs).filter(path -> path.toString().endsWith(".md")).toList();
    }
  }
}
