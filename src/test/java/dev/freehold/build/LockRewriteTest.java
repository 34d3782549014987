package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LockRewriteTest {
  private static final String PRIVATE =
      "https://europe-west4-npm.pkg.dev/some-core-prod/sandbox-npm-cache/";
  private final ArrayList<String> log = new ArrayList<>();

  private final Path temporary;

  LockRewriteTest(@TempDir Path temporary) {
    this.temporary = temporary;
  }

  @Test
  void pointsAPrivateCacheAtThePublicRegistryAndKeepsTheIntegrity() throws IOException {
    var lock = temporary.resolve("bun.lock");
    Files.writeString(
        lock,
        """
        "a": ["a@1.0.0", "%sa/-/a-1.0.0.tgz", {}, "sha512-AAAA=="],
        "@s/b": ["@s/b@2.0.0", "%s@s/b/-/b-2.0.0.tgz", {}, "sha512-B="],
        "c": ["c@3.0.0", "https://example.com/c.tgz", {}, "sha512-CCCC=="],
        """
            .formatted(PRIVATE, PRIVATE.replace("west4", "west1")));
    LockRewrite.apply(temporary, PackageRegistry.PUBLIC, log::add);
    assertThat(lock)
        .content()
        .isEqualTo(
            """
            "a": ["a@1.0.0", "https://registry.npmjs.org/a/-/a-1.0.0.tgz", {}, "sha512-AAAA=="],
            "@s/b": ["@s/b@2.0.0", "https://registry.npmjs.org/@s/b/-/b-2.0.0.tgz", {}, "sha512-B="],
            "c": ["c@3.0.0", "https://example.com/c.tgz", {}, "sha512-CCCC=="],
            """);
    assertThat(log).singleElement().asString().contains("bun.lock: 2 addresses");
  }

  @Test
  void pointsThePublicRegistryAtTheOwnersMirror() throws IOException {
    var lock = temporary.resolve("package-lock.json");
    Files.writeString(lock, "\"resolved\": \"https://registry.npmjs.org/a/-/a-1.0.0.tgz\"");
    var mirror = new PackageRegistry(URI.create("http://npm.internal:4873/mirror/"));
    LockRewrite.apply(temporary, mirror, log::add);
    assertThat(lock)
        .hasContent("\"resolved\": \"http://npm.internal:4873/mirror/a/-/a-1.0.0.tgz\"");
  }
}
