package dev.freehold.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.freehold.export.Exports;
import dev.freehold.inspection.Inspector;
import dev.freehold.os.DurableFiles;
import dev.freehold.plan.PlanRequest;
import dev.freehold.plan.Planner;
import dev.freehold.problem.ProblemException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Bundles functions with the real Deno, in the sandbox, with packages of the public registry. What
/// no registry has is served by a server of our own in the place of a CDN and of JSR.
class FunctionBundlerTest {
  private final Path data;
  private final Path export;
  private final ArtifactStore store;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final Map<String, String> machine = new HashMap<>(System.getenv());
  private final Map<String, String> served = new HashMap<>();
  private final AtomicInteger hiccups = new AtomicInteger();
  private final HttpServer cdn;
  private final String host;

  FunctionBundlerTest() throws Exception {
    data = Files.createTempDirectory("freehold-function-test");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
    export = Files.createDirectories(data.resolve("export"));
    store = ArtifactStore.open(data.resolve("artifacts"));
    cdn = HttpServer.create(new InetSocketAddress("0.0.0.0", 0), 0);
    host = InetAddress.getLocalHost().getHostName() + ":" + cdn.getAddress().getPort();
    cdn.createContext(
        "/",
        exchange -> {
          var text = served.get(exchange.getRequestURI().toString());
          var bytes = String.valueOf(text).getBytes(StandardCharsets.UTF_8);
          var type = exchange.getRequestURI().getPath().endsWith(".json") ? "json" : "typescript";
          exchange.getResponseHeaders().add("Content-Type", "application/" + type);
          boolean hiccup = hiccups.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
          exchange.sendResponseHeaders(hiccup ? 503 : text == null ? 404 : 200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    cdn.start();
  }

  @BeforeEach
  void page() throws IOException {
    file("index.html", "<p>plain</p>");
  }

  @AfterEach
  void remove() {
    cdn.stop(0);
    DurableFiles.deleteTree(data);
  }

  @Test
  void aFunctionBecomesOneFileWithAllItImports() throws IOException {
    file(
        "supabase/functions/shop/index.ts",
        """
        import { serve } from "https://deno.land/std@0.168.0/http/server.ts";
        import { z } from "https://esm.sh/zod@3.23.8?target=deno";
        import { cors } from "../_shared/cors.ts";
        import { nanoid } from "ids";
        import "jsr:@supabase/functions-js/edge-runtime.d.ts";
        serve((req: Request) => new Response(z.string().parse("a") + nanoid(), { headers: cors }));
        """);
    file("supabase/functions/shop/deno.json", "{\"imports\": {\"ids\": \"npm:nanoid@5.0.7\",}}");
    file("supabase/functions/_shared/cors.ts", "export const cors = { 'x-shared': 'yes' };");
    file("supabase/functions/_shared/mail.html", "<p>template</p>");
    file("supabase/functions/_shared/.env", "SECRET=1");
    file("supabase/config.toml", "[functions.shop]\nverify_jwt = false\n");
    var artifact = build("one");

    var paths = artifact.files().stream().map(Artifact.Entry::path).toList();
    assertThat(paths)
        .contains(
            ".freehold/functions.json",
            ".freehold/functions/shop/index.js",
            ".freehold/functions/_shared/mail.html")
        .noneMatch(path -> path.contains(".env") || path.endsWith(".ts"));
    assertThat(bundle(artifact, "shop"))
        .contains("x-shared", "Deno.serve", "ZodString")
        .doesNotContain("from \"https:", "from \"npm:");
    assertThat(text(artifact, ".freehold/functions.json"))
        .contains("\"name\":\"shop\"", "\"verify_jwt\":false");
    assertThat(store.render(artifact, Map.of(), data.resolve("site")))
        .noneMatch(file -> file.path().startsWith(".freehold"));
  }

  @Test
  void untouchedFunctionsKeepTheVersionsTheyHad() throws IOException {
    served.put("/word.ts", "export const word: string = 'first';");
    file("supabase/functions/a/index.ts", from("http://" + host + "/word.ts"));
    var first = build("pin");
    assertThat(bundle(first, "a")).contains("first");

    served.put("/word.ts", "export const word: string = 'second';");
    file("index.html", "<p>another page</p>");
    var second = build("pin");
    assertThat(second.digest()).isNotEqualTo(first.digest());
    assertThat(bundle(second, "a")).contains("first");
    assertThat(log).contains("functions: unchanged since they were bundled");
  }

  @Test
  void whatOneFileCannotHoldIsKeptWholeAndPinned() throws IOException {
    served.put("/deep.ts", "export const deep: string = import.meta.url;");
    var code =
        """
        import { deep } from "http://%s/deep.ts";
        import ejs from "npm:ejs@3.1.10";
        import { std } from "../../../lib/outside.ts";
        Deno.serve(() => new Response(deep + std + ejs.render("")));
        """
            .formatted(host);
    file("supabase/functions/tree/index.ts", code);
    file("supabase/functions/tree/.env", "SECRET=1");
    file("lib/outside.ts", "export const std = 'outside';");
    file("lib/other.ts", "export const other = 'other';");
    file("supabase/functions/.whole/modules/tree/npm/evil.js", "evil");
    var first = build("whole");
    var paths = first.files().stream().map(Artifact.Entry::path).toList();
    var whole = ".freehold/functions/.whole/";
    assertThat(paths)
        .contains(
            whole + "app/supabase/functions/tree/index.ts",
            whole + "app/lib/outside.ts",
            whole + "app/.freehold/tree.json",
            whole + "app/.freehold/tree.lock")
        .anyMatch(path -> path.startsWith(whole + "modules/tree/remote/http/"))
        .anyMatch(path -> path.endsWith("/ejs/3.1.10/lib/ejs.js"))
        .doesNotContain(".freehold/functions/tree/index.js")
        .noneMatch(path -> path.endsWith(".env") || path.endsWith("app/lib/other.ts"))
        .noneMatch(path -> path.startsWith(whole + "modules") && path.contains("evil"))
        .noneMatch(path -> path.endsWith(".d.ts") || path.endsWith("registry.json"));
    assertThat(text(first, whole + "app/.freehold/tree.lock")).contains("ejs@3.1.10", "sha512-");
    assertThat(text(first, ".freehold/functions.json"))
        .contains("\"entry\":\"supabase/functions/tree/index.ts\"");
    assertThat(store.render(first, Map.of(), data.resolve("site")))
        .noneMatch(file -> file.path().startsWith(".freehold"));
  }

  @Test
  void anUntouchedTreeKeepsTheVersionsItHad() throws IOException {
    served.put("/deep.ts", "export const deep: string = import.meta.url;");
    file(
        "supabase/functions/a/index.ts",
        "import { deep } from 'http://"
            + host
            + "/deep.ts';\n"
            + "Deno.serve(() => new Response(deep));\n");
    var first = build("whole");
    served.put("/deep.ts", "export const deep: string = 'changed' + import.meta.url;");
    file("index.html", "<p>another page</p>");
    var second = build("whole");
    assertThat(second.digest()).isNotEqualTo(first.digest());
    assertThat(log).contains("functions: unchanged since they were bundled");
    assertThat(trees(second)).isEqualTo(trees(first)).hasSizeGreaterThan(5);
  }

  private static Map<String, String> trees(Artifact artifact) {
    return artifact.files().stream()
        .filter(entry -> entry.path().startsWith(".freehold"))
        .collect(Collectors.toMap(Artifact.Entry::path, Artifact.Entry::digest));
  }

  @Test
  void patternsOfStaticFilesThatMeanNothingAreTold() throws IOException {
    file("supabase/functions/a/index.ts", "Deno.serve(() => new Response('a'));");
    for (var pattern : List.of("./functions/[a/x", "./*a*/*b*/*c*/*d*/*e*/*f*")) {
      file("supabase/config.toml", "[functions.a]\nstatic_files = [\"" + pattern + "\"]\n");
      assertThatThrownBy(() -> build("patterns"))
          .hasMessageContaining("function-config-invalid")
          .hasMessageContaining(pattern.substring(2));
    }
  }

  @Test
  void modulesOfOtherHostsAndOfJsrAreFetchedWhileDeploying() throws Exception {
    served.put("/std@1/words.ts", "import { o } from './o.ts'; export const word = 'w' + o;");
    served.put("/std@1/o.ts", "export const o: string = 'orld';");
    jsr("@app/greet", "1.2.0", "export const greet: string = 'hello';");
    machine.put("JSR_URL", "http://" + host + "/");
    file(
        "supabase/functions/a/index.ts",
        """
        import { word } from "http://%s/std@1/words.ts";
        import { greet } from "jsr:@app/greet@^1.0.0";
        Deno.serve(() => new Response(greet + word));
        """
            .formatted(host));
    assertThat(bundle(build("far"), "a")).contains("orld", "hello");
  }

  @Test
  void aHostThatFailsForAMomentIsAskedAgain() throws IOException {
    served.put("/word.ts", "export const word: string = 'in the end';");
    file("supabase/functions/a/index.ts", from("http://" + host + "/word.ts"));
    // Deno itself asks a second time at once.
    hiccups.set(3);
    assertThat(bundle(build("hiccup"), "a")).contains("in the end");
    assertThat(hiccups).hasValue(0);
  }

  @Test
  void anImportThatCannotBeResolvedStopsTheDeployWithItsPlace() throws IOException {
    file("supabase/functions/a/index.ts", "Deno.serve(() => new Response('fine'));");
    file(
        "supabase/functions/b/index.ts",
        "import { c } from '../_shared/c.ts';\nDeno.serve(() => new Response(c));\n");
    for (var missing :
        List.of(
            "npm:no-such-package-of-freehold@1",
            "npm:no-such-package-of-freehold@1/part",
            "npm:@no-such-scope-of-freehold/package@1/part/of/it",
            "npm:left-pad@1.3.0/nowhere",
            "npm:@supabase/supabase-js@2.78.0/cors",
            "http://" + host + "/gone.ts",
            "./nowhere.ts",
            "bare-word",
            "jsr:@nobody/nothing@1")) {
      file(
          "supabase/functions/_shared/c.ts",
          "// one\n\nimport x from '" + missing + "';\nexport const c = x;\n");
      assertThatThrownBy(() -> build("missing"))
          .as(missing)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("function-import-unresolved")
          .hasMessageContaining("supabase/functions/_shared/c.ts:3");
    }
  }

  @Test
  void allFunctionsThatCannotBeBundledAreNamedAtOnce() throws IOException {
    for (int i = 0; i < 6; i++) {
      file(
          "supabase/functions/bad" + i + "/index.ts",
          "// one\nimport '../gone" + i + ".ts';\nDeno.serve(() => new Response('x'));\n");
      file("supabase/functions/good" + i + "/index.ts", "Deno.serve(() => new Response('fine'));");
    }
    assertThatThrownBy(() -> build("several"))
        .hasMessageContaining("function-import-unresolved")
        .hasMessageContaining("5 more cannot be bundled")
        .satisfies(thrown -> {
          for (int i = 0; i < 6; i++) {
            assertThat(thrown).hasMessageContaining("supabase/functions/bad" + i + "/index.ts:2");
          }
        })
        .message()
        .doesNotContain("good", "index.ts:1");
  }

  @Test
  void aPrivateAddressThatOnlyTheCodeNamesIsNotAsked() throws IOException {
    served.put("/word.ts", "export const word = 'private';");
    file("supabase/functions/a/index.ts", from("http://" + host + "/word.ts"));
    assertThatThrownBy(() -> build("inside", Set.of()))
        .hasMessageContaining("function-import-unresolved");
    assertThat(log).anyMatch(line -> line.contains("it is no public address"));
  }

  @Test
  void aSyntaxErrorIsToldWithItsPlace() throws IOException {
    file("supabase/functions/a/index.ts", "Deno.serve(() => new Response('a'));\nconst x = ;\n");
    assertThatThrownBy(() -> build("syntax"))
        .hasMessageContaining("function-bundle-failed")
        .hasMessageContaining("supabase/functions/a/index.ts:2");
  }

  private static String from(String module) {
    return "import { word } from '" + module + "';\nDeno.serve(() => new Response(word));\n";
  }

  /// A package as JSR answers for it.
  private void jsr(String name, String version, String code) throws Exception {
    var digest =
        HexFormat.of()
            .formatHex(
                MessageDigest.getInstance("SHA-256").digest(code.getBytes(StandardCharsets.UTF_8)));
    served.put(
        "/" + name + "/meta.json",
        "{\"scope\":\"app\",\"name\":\"greet\",\"latest\":\"%s\",\"versions\":{\"%s\":{}}}"
            .formatted(version, version));
    served.put(
        "/" + name + "/" + version + "_meta.json",
        ("{\"exports\":{\".\":\"./mod.ts\"},\"manifest\":{\"/mod.ts\":{\"size\":%d,"
                + "\"checksum\":\"sha256-%s\"}}}")
            .formatted(code.length(), digest));
    served.put("/" + name + "/" + version + "/mod.ts", code);
  }

  private void file(String path, String text) throws IOException {
    var file = export.resolve(path);
    Files.createDirectories(DurableFiles.parent(file));
    Files.writeString(file, text);
  }

  private Artifact build(String app) {
    return build(app, Set.of(host));
  }

  private Artifact build(String app, Set<String> hosts) {
    var found = new Inspector().inspect(Exports.read(export.toString(), data.resolve("scratch")));
    var plan = new Planner().plan(found, PlanRequest.first(app, "production", "http://a.test"));
    var runner =
        new BuildRunner(
            data.resolve("builds"),
            new Toolchains(Path.of("target/test-toolchains"), PackageRegistry.PUBLIC),
            store,
            PackageRegistry.PUBLIC,
            machine);
    return runner.run(plan.recipe(), new BuildContext(app, log::add, BuildLimits.DEFAULT, hosts));
  }

  private String bundle(Artifact artifact, String function) throws IOException {
    return text(artifact, ".freehold/functions/" + function + "/index.js");
  }

  private String text(Artifact artifact, String path) throws IOException {
    var digests =
        artifact.files().stream()
            .collect(Collectors.toMap(Artifact.Entry::path, Artifact.Entry::digest));
    return Files.readString(store.blob(String.valueOf(digests.get(path))));
  }
}
