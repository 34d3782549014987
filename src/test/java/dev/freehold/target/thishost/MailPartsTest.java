package dev.freehold.target.thishost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.functions.FunctionRelease;
import dev.freehold.build.ArtifactStore;
import dev.freehold.plan.BuildRecipe.Kind;
import dev.freehold.testing.TempFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What of a Release works its mails off: functions before routes, and no page that only names one.
class MailPartsTest {
  private final Path folder = TempFolder.create("fh-mail-parts");
  private final ArtifactStore artifacts = ArtifactStore.open(folder.resolve("artifacts"));

  @Test
  void aFunctionGoesBeforeARoute() throws IOException {
    write("server/index.mjs", "route(\"/lovable/email/queue/process\")");
    assertThat(parts(Kind.NITRO_NODE, List.of("process-email-queue", "handle-email-unsubscribe")))
        .isEqualTo(parts("/functions/v1/process-email-queue", "handle-email-unsubscribe"));
  }

  @Test
  void aRouteOfTheServerIsFound() throws IOException {
    write("server/index.mjs", "import('./chunk.mjs')");
    write("server/chunk.mjs", "a({path:'/lovable/email/queue/process'});b(`/email/unsubscribe`)");
    var found = parts(Kind.NITRO_NODE, List.of("other"));
    assertThat(found.queue()).contains("/lovable/email/queue/process");
    assertThat(found.unsubscribe()).contains("/email/unsubscribe");
  }

  @Test
  void pagesAndPackagesAreNoRoutes() throws IOException {
    write("public/assets/a.js", "call('/lovable/email/queue/process')");
    write("server/node_modules/x/index.js", "call('/lovable/email/queue/process')");
    write("server/index.mjs", "call('/x/lovable/email/queue/process')");
    write("server/notes.txt", "'/lovable/email/queue/process'");
    assertThat(parts(Kind.NITRO_NODE, List.of()).queue()).isEmpty();
    write("index.html", "<script>'/lovable/email/queue/process'</script>");
    assertThat(parts(Kind.STATIC, List.of()).queue()).isEmpty();
  }

  private static MailParts parts(String queue, String unsubscribe) {
    return new MailParts(Optional.of(queue), Optional.of("/functions/v1/" + unsubscribe));
  }

  private MailParts parts(Kind kind, List<String> functions) {
    var artifact = artifacts.store(kind, folder.resolve("output"), List.of(), 22);
    var release =
        new FunctionRelease(
            1,
            functions.stream().map(name -> new FunctionRelease.Facts(name, true)).toList(),
            FunctionRelease.NONE.launcher());
    return MailParts.of(artifact, artifacts, release);
  }

  private void write(String path, String text) throws IOException {
    var file = folder.resolve("output").resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
