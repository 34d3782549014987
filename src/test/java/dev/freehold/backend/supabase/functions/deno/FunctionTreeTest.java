package dev.freehold.backend.supabase.functions.deno;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.functions.FunctionLimits;
import dev.freehold.build.BuildContext;
import dev.freehold.build.FunctionBuild;
import dev.freehold.build.PackageRegistry;
import dev.freehold.build.Toolchains;
import dev.freehold.export.Exports;
import dev.freehold.inspection.Inspector;
import dev.freehold.os.DurableFiles;
import dev.freehold.os.Jail;
import dev.freehold.plan.FunctionRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Functions that one file cannot hold, built from an export's files and called, with the real Deno
/// in its jail: no registry is in reach of it.
class FunctionTreeTest {
  private static final String ADD =
      "0061736d0100000001070160027f7f017f030201000707010361646400000a09010700200020016a0b";

  private final Path data;
  private final Path export;
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final FunctionBench bench;

  FunctionTreeTest() throws IOException {
    data = Files.createTempDirectory("freehold-tree");
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx--x--x"));
    export = data.resolve("export");
    bench =
        new FunctionBench(FunctionLimits.DEFAULT, new Jail.Limits(400L << 20, 128, 1, 256L << 20));
  }

  @BeforeEach
  void page() throws IOException {
    file("index.html", "<p>plain</p>");
  }

  @AfterEach
  void close() {
    bench.close();
    DurableFiles.deleteTree(data);
  }

  @Test
  void packagesFindWhatLiesBesideThem() throws Exception {
    function(
        "fonts",
        """
        import PDFDocument from "npm:pdfkit@0.15.0";
        Deno.serve(async () => {
          const pages = new PDFDocument();
          const parts: Uint8Array[] = [];
          pages.on("data", (part: Uint8Array) => parts.push(part));
          const end = new Promise((done) => pages.on("end", done));
          pages.font("Helvetica").text("hello");
          pages.end();
          await end;
          return new Response(new TextDecoder().decode(parts[0]).slice(0, 5));
        });
        """);
    function(
        "picture",
        """
        import { initWasm, Resvg } from "npm:@resvg/resvg-wasm@2.6.2";
        const where = import.meta.resolve("npm:@resvg/resvg-wasm@2.6.2");
        await initWasm(await Deno.readFile(new URL("index_bg.wasm", where)));
        const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>';
        Deno.serve(() => Response.json([new Resvg(svg).render().width, Deno.env.toObject()]));
        """);
    build();
    assertThat(log)
        .anyMatch(
            line -> line.contains("fonts: runs from a tree of its modules: npm:pdfkit@0.15.0"))
        .anyMatch(line -> line.contains("picture: runs from a tree of its modules: supabase/"));
    assertThat(bench.get("/fonts").body()).isEqualTo("%PDF-");
    assertThat(bench.get("/picture").body())
        .startsWith("[9,")
        .doesNotContain("DENO", "REGISTRY", "FREEHOLD", "HOME");
  }

  @Test
  void filesOfTheProjectLieWhereTheCodeLooksForThem() throws Exception {
    function(
        "mail",
        """
        import { mail } from "../_shared/mail.ts";
        Deno.serve(async () => new Response(await mail()));
        """);
    file("supabase/functions/_shared/mail.html", "<p>shared</p>");
    file(
        "supabase/functions/_shared/mail.ts",
        "export const mail = () => Deno.readTextFile(new URL('./mail.html', import.meta.url));");
    function(
        "book",
        """
        const add = await WebAssembly.instantiate(
          await Deno.readFile(new URL("./add.wasm", import.meta.url)));
        Deno.serve(async () => new Response(
          await Deno.readTextFile("./pages/one.txt") + add.instance.exports.add(1, 2)));
        """);
    file("supabase/functions/book/pages/one.txt", "page ");
    Files.write(export.resolve("supabase/functions/book/add.wasm"), HexFormat.of().parseHex(ADD));
    function(
        "outside",
        """
        const name = new URL("../../templates/deep/a.html", import.meta.url);
        Deno.serve(async () => new Response(await Deno.readTextFile(name)));
        """);
    file("supabase/templates/deep/a.html", "template");
    file("supabase/templates/deep/.env", "SECRET=1");
    file(
        "supabase/config.toml",
        """
        [functions.outside]
        verify_jwt = false
        static_files = [
          "./templates/**/*.html", # all of them
          "../../../../etc/passwd",
        ]
        [functions.mail]
        verify_jwt = false
        [functions.book]
        verify_jwt = false
        """);
    build();
    assertThat(bench.get("/mail").body()).isEqualTo("<p>shared</p>");
    assertThat(bench.get("/book").body()).isEqualTo("page 3");
    assertThat(bench.get("/outside").body()).isEqualTo("template");
    assertThat(log).contains("function book: bundled");
    try (var files = Files.walk(data.resolve("code"))) {
      assertThat(files.map(Path::toString))
          .noneMatch(path -> path.endsWith(".env") || path.endsWith("passwd"));
    }
  }

  @Test
  void codeIsLoadedByNamesThatAreMadeWhileRunning() throws Exception {
    function(
        "computed",
        """
        import { createRequire } from "node:module";
        const facts = createRequire(import.meta.url)("./facts.json");
        Deno.serve(async (request) => {
          const name = new URL(request.url).searchParams.get("name");
          const path = "./handlers/" + name + ".ts";
          const { handle } = await import(path);
          return new Response(handle(facts.word));
        });
        """);
    file("supabase/functions/computed/facts.json", "{\"word\": \"yes\"}");
    file(
        "supabase/functions/computed/handlers/shout.ts",
        """
        import { pascalCase } from "npm:change-case@5.4.4";
        export const handle = (word: string): string => pascalCase(word);
        """);
    file("supabase/functions/computed/handlers/broken.ts", "import 'npm:no-such-freehold@1';");
    function(
        "raw",
        """
        import text from "./a.txt" with { type: "text" };
        import bytes from "./a.txt" with { type: "bytes" };
        import { add } from "./add.wasm";
        Deno.serve(() => new Response(text + bytes.length + add(2, 2)));
        """);
    file("supabase/functions/raw/a.txt", "text");
    Files.write(export.resolve("supabase/functions/raw/add.wasm"), HexFormat.of().parseHex(ADD));
    // Published with files that only their owner may read.
    function(
        "proxied",
        """
        import { createRequire } from "node:module";
        import { getProxyForUrl } from "npm:proxy-from-env@1.1.0";
        createRequire(import.meta.url);
        Deno.serve(() => new Response("[" + getProxyForUrl("http://a.test") + "]"));
        """);
    build();
    assertThat(bench.get("/proxied").body()).isEqualTo("[]");
    assertThat(bench.get("/computed?name=shout").body()).isEqualTo("Yes");
    assertThat(bench.get("/raw").body()).isEqualTo("text44");
    assertThat(bench.get("/computed?name=broken").statusCode()).isEqualTo(500);
  }

  @Test
  void nativeCodeIsToldWithItsPlaceAndWhatToUseInstead() throws Exception {
    function(
        "hash",
        """
        // Passwords.
        import bcrypt from "npm:bcrypt@5.1.1";
        Deno.serve(async () => new Response(await bcrypt.hash("x", 4)));
        """);
    function("fine", "Deno.serve(() => new Response('fine'));");
    build();
    assertThat(log)
        .anyMatch(line ->
            line.startsWith("warning: supabase/functions/hash/index.ts:2 imports npm:bcrypt@5.1.1")
                && line.endsWith("use npm:bcryptjs"));
    assertThat(bench.get("/fine").body()).isEqualTo("fine");
    assertThat(bench.get("/hash").body()).contains("BOOT_ERROR");
  }

  @Test
  void aTreeHoldsTheSameWallsAsAFileDoes() throws Exception {
    function(
        "curious",
        """
        const here = new URL(".", import.meta.url);
        const tried: Record<string, string> = {};
        const attempt = async (name: string, work: () => unknown) => {
          try { await work(); tried[name] = "done"; } catch (e) { tried[name] = (e as Error).name; }
        };
        const other = "npm:" + "left-pad@1.3.0";
        const far = "https://esm.sh/" + "left-pad";
        Deno.serve(async () => {
          await attempt("package", () => import(other));
          await attempt("module", () => import(far));
          await attempt("write", () => Deno.writeTextFile(new URL("x", here), "x"));
          await attempt("run", () => new Deno.Command("/bin/sh").output());
          await attempt("shadow", () => Deno.readTextFile("/etc/shadow"));
          return Response.json({ tried, meta: import.meta.resolve("./x.ts").slice(0, 5) });
        });
        """);
    build();
    assertThat(log).anyMatch(line -> line.contains("curious: runs from a tree"));
    assertThat(bench.get("/curious").body())
        .doesNotContain("\"done\"")
        .contains("\"run\":\"NotCapable\"", "\"shadow\":\"NotCapable\"")
        .contains("\"package\":\"TypeError\"", "\"module\":\"TypeError\"", "\"meta\":\"file:\"");
  }

  private void function(String name, String code) throws IOException {
    file("supabase/functions/" + name + "/index.ts", code);
    var config = export.resolve("supabase/config.toml");
    var before = Files.exists(config) ? Files.readString(config) : "";
    file("supabase/config.toml", before + "[functions." + name + "]\nverify_jwt = false\n");
  }

  private void file(String path, String text) throws IOException {
    var file = export.resolve(path);
    Files.createDirectories(DurableFiles.parent(file));
    Files.writeString(file, text);
  }

  private void build() {
    var toolchains = new Toolchains(Path.of("target/test-toolchains"), PackageRegistry.PUBLIC);
    var found = new Inspector().inspect(Exports.read(export.toString(), data.resolve("scratch")));
    var code = data.resolve("code");
    new FunctionBuild(data.resolve("build"), toolchains, PackageRegistry.PUBLIC, System.getenv())
        .run(FunctionRecipe.of(found), BuildContext.of("trees", log::add), code);
    bench.install(
        new DenoFunctions.Code(
            1,
            code.resolve("functions"),
            code.resolve("functions.json"),
            toolchains.deno(line -> {}).program()));
  }
}
