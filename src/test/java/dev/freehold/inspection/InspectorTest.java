package dev.freehold.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.inspection.Provenance.Vendor;
import dev.freehold.inspection.SupabaseUse.Wiring;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/// Small exports of each kind, and what is said of them.
class InspectorTest {
  private static final String REF = "abcdefghijklmnopqrst";

  private final Tree tree;

  InspectorTest(@TempDir Path folder) {
    tree = new Tree(folder);
  }

  @Test
  void aLovableSinglePageAppThatReadsVariables() {
    lovable()
        .file(
            "src/integrations/supabase/client.ts",
            """
            import { createClient } from '@supabase/supabase-js';
            const url = import.meta.env.VITE_SUPABASE_URL;
            export const supabase = createClient(
              url, import.meta.env.VITE_SUPABASE_PUBLISHABLE_KEY);
            """)
        .file(
            ".env", "VITE_SUPABASE_URL=\"https://%s.supabase.co\"\nVITE_MAPS=abc\n".formatted(REF));

    var found = tree.inspection();

    assertThat(found.provenance().vendor()).isEqualTo(Vendor.LOVABLE);
    assertThat(found.provenance().generation()).isEqualTo("L2");
    assertThat(found.framework().kind()).isEqualTo(Framework.Kind.VITE);
    assertThat(found.output().kind()).isEqualTo(BuildOutput.Kind.STATIC);
    assertThat(found.supabase().wiring()).isEqualTo(Wiring.VARIABLES);
    assertThat(found.supabase().projects())
        .extracting(SupabaseUse.Project::ref, SupabaseUse.Project::own)
        .containsExactly(org.assertj.core.groups.Tuple.tuple(REF, true));
    assertThat(found.envFiles())
        .containsExactly(new Inspection.EnvFile(".env", List.of("VITE_MAPS", "VITE_SUPABASE_URL")));
    assertThat(found.variables())
        .extracting(VariableUse::name, VariableUse::giver)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                "VITE_SUPABASE_PUBLISHABLE_KEY", VariableUse.Giver.FREEHOLD),
            org.assertj.core.groups.Tuple.tuple("VITE_SUPABASE_URL", VariableUse.Giver.FREEHOLD));
    assertThat(found.readiness()).isEqualTo(new Readiness.Yes());
  }

  @Test
  void literalsInTheSourceAreFoundWithTheirProject() {
    var anon = Tree.token("anon", REF);
    lovable()
        .file(
            "src/integrations/supabase/client.ts",
            "export const s = createClient('https://%s.supabase.co', '%s');".formatted(REF, anon))
        .file("src/other.ts", "// see https://zzzzzzzzzzzzzzzzzzzz.supabase.co for more");

    var supabase = tree.inspection().supabase();

    assertThat(supabase.wiring()).isEqualTo(Wiring.LITERALS);
    assertThat(supabase.keys()).hasSize(1);
    assertThat(supabase.keys().getFirst().ref()).isEqualTo(REF);
    assertThat(supabase.keys().getFirst().inSource()).isTrue();
    assertThat(supabase.projects()).extracting(SupabaseUse.Project::ref).containsExactly(REF);
    assertThat(tree.inspection().provenance().generation()).isEqualTo("L1");
  }

  @ParameterizedTest
  @CsvSource({
    "1.4.0, WORKER, L3a, false",
    "2.3.1, FETCH_HANDLER, L3b, false",
    "2.5.3, FETCH_HANDLER, L3b, false",
    "2.7.6, NITRO_NODE, L3b, true",
    "2.13.1, NITRO_NODE, L3b, true"
  })
  void theInstalledWrapperDecidesTheServerOutput(
      String version, BuildOutput.Kind kind, String generation, boolean nitro) {
    tanstack("^" + version.charAt(0) + ".0.0")
        .file(
            "package-lock.json",
            """
            {"lockfileVersion": 3, "packages": {"": {},
              "node_modules/@lovable.dev/vite-tanstack-config": {"version": "%s"},
              "node_modules/@tanstack/react-start": {"version": "1.168.0"}}}
            """
                .formatted(version));

    var found = tree.inspection();

    assertThat(found.output().kind()).isEqualTo(kind);
    assertThat(found.output().usesNitro()).isEqualTo(nitro);
    assertThat(found.provenance().generation()).isEqualTo(generation);
  }

  @Test
  void aPresetWrittenInTheConfigIsToldBecauseItBeatsOurs() {
    tanstack("2.7.6")
        .file("vite.config.ts", "export default defineConfig({ nitro: { preset: 'vercel' } });");

    assertThat(tree.inspection().output().writtenPreset()).hasValue("vercel");
    assertThat(codes()).contains("preset-written");
  }

  @Test
  void serverCodeReadsSecretsAtRunTime() {
    tanstack("2.7.6")
        .file(
            "src/lib/mail.functions.ts",
            """
            export const send = createServerFn().handler(async () => {
              const key = process.env.RESEND_API_KEY;
              const level = process.env.LOG_LEVEL ?? 'info';
              return fetch(process.env.SUPABASE_URL!);
            });
            """);

    var uses = tree.inspection().variables();

    assertThat(uses)
        .extracting(VariableUse::name, VariableUse::giver, VariableUse::required)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("LOG_LEVEL", VariableUse.Giver.OWNER, false),
            org.assertj.core.groups.Tuple.tuple("RESEND_API_KEY", VariableUse.Giver.OWNER, true),
            org.assertj.core.groups.Tuple.tuple("SUPABASE_URL", VariableUse.Giver.FREEHOLD, true));
    assertThat(tree.inspection().features().serverFunctions()).isEqualTo(1);
  }

  @Test
  void featuresAreCountedOutsideOfComments() {
    lovable()
        .file(
            "src/App.tsx",
            """
            // supabase.from('commented').select()
            const a = await supabase.from('notes').select(); /* supabase.rpc('no') */
            await supabase.from("notes").insert(row);
            await supabase.rpc('count_notes');
            await supabase.auth.signInWithPassword({ email, password });
            await supabase.auth.signInWithOAuth({ provider: 'google' });
            await supabase.storage.from('avatars').upload(path, file);
            supabase.channel('x').on('postgres_changes', { event: '*' }, f).subscribe();
            await supabase.functions.invoke('send-mail', { body });
            const list = Array.from('abc');
            """)
        .file(
            "supabase/functions/send-mail/index.ts",
            "import { x } from '../_shared/x.ts';\nimport { Resend } from 'npm:resend@2';")
        .file("supabase/functions/_shared/x.ts", "export const x = Deno.env.get('RESEND_API_KEY');")
        .file("supabase/config.toml", "[functions.send-mail]\nverify_jwt = false\n");

    var found = tree.inspection();

    assertThat(found.features().tables()).containsExactly(new Features.Count("notes", 2));
    assertThat(found.features().rpcs()).containsExactly(new Features.Count("count_notes", 1));
    assertThat(found.features().providers()).containsExactly(new Features.Count("google", 1));
    assertThat(found.features().buckets()).containsExactly(new Features.Count("avatars", 1));
    assertThat(found.features().realtime())
        .containsExactly(new Features.Count("postgres_changes", 1));
    assertThat(found.features().invokes()).containsExactly(new Features.Count("send-mail", 1));
    assertThat(found.functions()).hasSize(1);
    assertThat(found.functions().getFirst().secrets()).containsExactly("RESEND_API_KEY");
    assertThat(found.functions().getFirst().imports()).containsExactly("npm:resend@2");
    assertThat(found.functions().getFirst().verifiesJwt()).isFalse();
    assertThat(((Readiness.Partly) found.readiness()).waiting())
        .extracting(Readiness.Waiting::feature)
        .containsExactly("sign-in with google");
  }

  @Test
  void committedSecretsAreToldButNeverShown() {
    var service = Tree.token("service_role", REF);
    var stripe = "sk_" + "live_" + "4eC39HqLyjWDarjtT1zdp7dc";
    lovable()
        .file("src/admin.ts", "const admin = createClient(url, '%s');".formatted(service))
        .file(".env", "STRIPE_SECRET_KEY=%s\nSERVICE=%s\n".formatted(stripe, service))
        .file("src/ai.ts", "fetch(u, { key: import.meta.env.VITE_OPENAI_API_KEY });");

    var found = tree.inspection();

    assertThat(found.findings(Severity.DANGER))
        .extracting(Finding::code)
        .containsExactlyInAnyOrder(
            "service-key-in-client",
            "service-key-committed",
            "secret-committed",
            "secret-in-bundle");
    assertThat(InspectionText.write(found) + InspectionJson.write(found) + found)
        .doesNotContain(service)
        .doesNotContain(stripe);
  }

  @ParameterizedTest
  @CsvSource({"@base44/sdk, Base44", "next, Next.js", "expo, Expo", "nuxt, Nuxt"})
  void whatThisVersionCannotRunIsSaid(String packageName, String word) {
    tree.file(
        "package.json",
        "{\"dependencies\": {\"%s\": \"^1.0.0\", \"vite\": \"^6.0.0\"}}".formatted(packageName));

    assertThat(tree.inspection().readiness()).isInstanceOf(Readiness.No.class);
    assertThat(((Readiness.No) tree.inspection().readiness()).reason()).contains(word);
  }

  @Test
  void jobsThatCallTheirOwnProjectNeedNoChangeAndOthersAreNamed() {
    tree.file(".env", "VITE_SUPABASE_URL=https://abcdefghijklmnopqrst.supabase.co\n")
        .file("package.json", "{\"dependencies\":{\"@supabase/supabase-js\":\"2.45.0\"}}")
        .file(
            "src/client.ts",
            """
            import { createClient } from '@supabase/supabase-js';
            createClient(import.meta.env.VITE_SUPABASE_URL, 'k');
            """);
    var job =
        "select cron.schedule('%1$s', '0 2 * * *', $$ select net.http_post(url := '%2$s') $$);\n";
    var own = job.formatted("own", "https://abcdefghijklmnopqrst.supabase.co/functions/v1/tidy");
    tree.file("supabase/migrations/20250101000000_own.sql", own);
    assertThat(codes()).doesNotContain("cron-calls-out");

    var site = job.formatted("site", "https://project--1234.lovable.app/api/tidy");
    tree.file("supabase/migrations/20250102000000_site.sql", site);
    assertThat(tree.inspection().findings())
        .filteredOn(finding -> finding.code().equals("cron-calls-out"))
        .singleElement()
        .satisfies(finding ->
            assertThat(finding.message())
                .isEqualTo("1 scheduled job calls project--1234.lovable.app"));
  }

  @Test
  void mailsThatGoThroughTheVendorAreTold() {
    var function = "supabase/functions/process-email-queue/index.ts";
    tree.file(function, "import { sendLovableEmail } from 'npm:resend';\n");
    assertThat(codes()).doesNotContain("mail-at-vendor");
    tree.file(
        function,
        """
        import { sendLovableEmail } from 'npm:@lovable.dev/email-js';
        Deno.serve(() => sendLovableEmail({}));
        """);
    assertThat(codes()).contains("mail-at-vendor");
  }

  @Test
  void mailsThatTheAppsServerHandsToTheVendorAreTold() {
    tree.file(
        "src/routes/lovable/email/queue/process.ts",
        """
        import { sendLovableEmail } from '@lovable.dev/email-js';
        export const Route = () => sendLovableEmail({});
        """);
    assertThat(tree.inspection().findings())
        .filteredOn(finding -> finding.code().equals("mail-at-vendor"))
        .singleElement()
        .satisfies(finding -> assertThat(finding.severity()).isEqualTo(Severity.NOTE));
  }

  @Test
  void plainHtmlNeedsNoBuild() {
    tree.file("index.html", "<h1>hello</h1>").file("style.css", "h1 {}");

    assertThat(tree.inspection().output().kind()).isEqualTo(BuildOutput.Kind.PLAIN);
    assertThat(tree.inspection().packages().installs()).isEmpty();
  }

  @Test
  void theReportFitsTheTerminalAndTheJsonIsStable() {
    featuresAreCountedOutsideOfComments();
    var found = tree.inspection();

    assertThat(InspectionText.write(found).lines()).allMatch(line -> line.length() <= 100);
    var json = new JsonMapper().readTree(InspectionJson.write(found));
    assertThat(json.path("format").asInt()).isEqualTo(1);
    assertThat(json.path("readiness").path("runs").asString()).isEqualTo("partly");
    assertThat(json.path("findings").path(0).path("severity").asString()).isEqualTo("WARNING");
    assertThat(json.path("subject").has("root")).isFalse();
    assertThat(found).isEqualTo(tree.inspection());
  }

  private Tree lovable() {
    return tree.file("index.html", "<div id=root>")
        .file(".lovable/plan.md", "plan")
        .file(
            "package.json",
            """
            {"name": "vite_react_shadcn_ts", "scripts": {"build": "vite build"},
             "dependencies": {"@supabase/supabase-js": "^2.50.0"},
             "devDependencies": {"vite": "^5.4.0", "lovable-tagger": "^1.1.0"}}
            """);
  }

  private Tree tanstack(String wrapper) {
    return tree.file(
        "package.json",
        """
        {"name": "tanstack_start_ts", "scripts": {"build": "vite build"},
         "dependencies": {"@tanstack/react-start": "^1.168.0", "@supabase/supabase-js": "^2.0.0"},
         "devDependencies": {"@lovable.dev/vite-tanstack-config": "%s"}}
        """
            .formatted(wrapper));
  }

  private List<String> codes() {
    return tree.inspection().findings().stream().map(Finding::code).toList();
  }
}
