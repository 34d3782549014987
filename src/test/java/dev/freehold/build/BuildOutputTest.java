package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.freehold.plan.BuildRecipe;
import dev.freehold.plan.BuildRecipe.Kind;
import dev.freehold.plan.BuildRecipe.Output;
import dev.freehold.plan.BuildRecipe.Substitution;
import dev.freehold.plan.BuildRecipe.Value;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is taken of a build's output, what is refused, and what is told about it.
class BuildOutputTest {
  private static final String OLD = "abcdefghijklmnopqrst.supabase.co";

  private final Path app;
  private final ArrayList<String> log = new ArrayList<>();

  BuildOutputTest(@TempDir Path app) {
    this.app = app;
  }

  @Test
  void leavesOutSecretsLinksThatLeadOutsideAndOtherToolsCompression() throws IOException {
    write("dist/index.html", "page");
    write("dist/index.html.gz", "packed");
    write("dist/alone.gz", "kept");
    write("dist/.env", "KEY=1");
    write("dist/.env.production", "KEY=1");
    write("dist/server/.dev.vars", "KEY=1");
    write("secret", "outside");
    Files.createSymbolicLink(app.resolve("dist/out"), Path.of("../secret"));
    Files.createSymbolicLink(app.resolve("dist/passwd"), Path.of("/etc/passwd"));
    Files.createSymbolicLink(app.resolve("dist/again"), Path.of("index.html"));
    Files.createSymbolicLink(app.resolve("dist/circle"), Path.of("circle"));

    var output = OutputFiles.in(app.resolve("dist"));
    assertThat(output.files()).containsOnlyKeys("alone.gz", "again", "index.html");
    assertThat(output.leftOut())
        .containsExactlyInAnyOrder(
            ".env", ".env.production", "server/.dev.vars", "out", "passwd", "circle");
  }

  @Test
  void aFolderThatIsItsOwnParentIsRefused() throws IOException {
    write("dist/index.html", "page");
    Files.createSymbolicLink(app.resolve("dist/loop"), Path.of("."));
    assertThatThrownBy(() -> OutputFiles.in(app.resolve("dist")))
        .hasMessageContaining("build-output-refused");
  }

  @Test
  void takesTheFirstCandidateOfTheRightShape() throws IOException {
    write("dist/readme", "no page here");
    write("build/index.html", "page");
    var check = check(Kind.STATIC, List.of("dist", "build"));
    assertThat(check.output(app)).contains(app.resolve("build"));
    assertThat(check(Kind.NITRO_NODE, List.of("build")).output(app)).isEmpty();
  }

  @Test
  void doesNotFollowAnOutputFolderThatIsALinkToElsewhere() throws IOException {
    var elsewhere = Files.createTempDirectory("freehold-elsewhere");
    try {
      Files.writeString(elsewhere.resolve("index.html"), "not theirs");
      Files.createSymbolicLink(app.resolve("dist"), elsewhere);
      assertThat(check(Kind.STATIC, List.of("dist", "../" + elsewhere)).output(app)).isEmpty();
    } finally {
      dev.freehold.os.DurableFiles.deleteTree(elsewhere);
    }
  }

  @Test
  void refusesAServiceKeyThatAnybodyMayRead() throws IOException {
    write("assets/app.js", "createClient(url, '" + token("service_role") + "')");
    assertThatThrownBy(() -> examine(Kind.STATIC))
        .hasMessageContaining("build-leaks-service-key")
        .hasMessageContaining("assets/app.js")
        .hasMessageNotContaining(token("service_role"));
  }

  @Test
  void refusesANewStyleSecretKey() throws IOException {
    write("index.html", "<script>key='sb_secret_" + "x".repeat(31) + "'</script>");
    assertThatThrownBy(() -> examine(Kind.STATIC)).hasMessageContaining("build-leaks-service-key");
  }

  @Test
  void anAnonKeyIsPublicAndAServersOwnFilesAreNotServed() throws IOException {
    write("public/app.js", token("anon"));
    write("server/index.mjs", token("service_role"));
    examine(Kind.NITRO_NODE);
    assertThat(log).isEmpty();
  }

  @Test
  void namesTheVendorsHostsThatNoSubstitutionCovers() throws IOException {
    write(
        "app.js",
        "'https://" + OLD + "/x' 'https://other" + OLD.substring(5) + "' docs.supabase.co");
    write(
        "page.html",
        "<meta content='https://id-preview-1.lovable.app/x.png'> notlovable.app.example");
    examine(Kind.STATIC);
    assertThat(log)
        .singleElement()
        .asString()
        .contains("other" + OLD.substring(5) + " (app.js)", "id-preview-1.lovable.app (page.html)")
        .doesNotContain(OLD + " ", "docs.supabase.co", "notlovable");
  }

  @Test
  void tellsOfAPageThatWasBuiltForAFolderOfAnotherHost() throws IOException {
    write("assets/app-1.js", "1");
    write("docs/own.js", "1");
    write(
        "index.html",
        """
        <link rel="icon" href="/repo/favicon.ico"><script src="/docs/own.js"></script>
        <script src="https://cdn.example/assets/app-1.js"></script>
        <script src="/unknown/elsewhere.js"></script>
        """);
    examine(Kind.STATIC);
    assertThat(log).isEmpty();
    write(
        "index.html",
        "<script type=\"module\" crossorigin src=\"/repo/assets/app-1.js\"></script>");
    examine(Kind.STATIC);
    assertThat(log)
        .singleElement()
        .asString()
        .contains("/repo/assets/app-1.js", "built as /assets/app-1.js", "base (in vite.config)");
  }

  @Test
  void keepsThePackagesThatAServerImportsWhileItRuns() throws IOException {
    write("node_modules/used/package.json", "{\"dependencies\":{\"deep\":\"1\"}}");
    write("node_modules/used/index.js", "1");
    write("node_modules/used/index.d.ts", "1");
    write("node_modules/used/node_modules/deep/package.json", "{}");
    write("node_modules/deep/package.json", "{}");
    write("node_modules/@scope/name/package.json", "{\"peerDependencies\":{\"absent\":\"1\"}}");
    write("node_modules/unused/package.json", "{}");
    write(
        "dist/server/server.js",
        "import 'used/part'; import fs from 'node:fs'; import('@scope/name/x'); from './own.js'");
    var files = new TreeMap<>(OutputFiles.in(app.resolve("dist")).files());
    new ServerPackages(app, log::add).addTo(files);
    assertThat(files)
        .containsOnlyKeys(
            "node_modules/@scope/name/package.json",
            "node_modules/used/index.js",
            "node_modules/used/node_modules/deep/package.json",
            "node_modules/used/package.json",
            "server/server.js");
  }

  private void examine(Kind kind) {
    check(kind, List.of(".")).examine(OutputFiles.in(app).files());
  }

  private OutputCheck check(Kind kind, List<String> candidates) {
    var recipe =
        new BuildRecipe(
            app,
            "digest",
            22,
            List.of(),
            "",
            List.of(),
            Map.of(),
            new Output(kind, candidates),
            List.of(new Substitution("https://" + OLD, Value.PUBLIC_URL)));
    return new OutputCheck(recipe, log::add);
  }

  private void write(String path, String text) throws IOException {
    var file = app.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String token(String role) {
    var base64 = Base64.getUrlEncoder().withoutPadding();
    var header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8);
    var claims =
        ("{\"iss\":\"supabase\",\"role\":\"" + role + "\"}").getBytes(StandardCharsets.UTF_8);
    return base64.encodeToString(header) + "." + base64.encodeToString(claims) + ".c2lnbmF0dXJlLXg";
  }
}
