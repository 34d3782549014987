package dev.freehold.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import dev.freehold.inspection.Tree;
import dev.freehold.plan.BuildRecipe.Substitution;
import dev.freehold.plan.BuildRecipe.Value;
import dev.freehold.problem.ProblemException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// From what was found to what will be done.
class PlannerTest {
  private static final String REF = "abcdefghijklmnopqrst";
  private static final String URL = "https://shop.example.com";

  private final Tree tree;

  PlannerTest(@TempDir Path folder) {
    tree = new Tree(folder);
  }

  @Test
  void theFirstDeploymentMakesAllThatIsNeeded() {
    app("vite build").file("supabase/migrations/20260101000000_a.sql", "create table a (id int);");

    var plan = plan(PlanRequest.first("shop", "production", URL));

    assertThat(plan.steps())
        .extracting(step -> step.getClass().getSimpleName())
        .containsExactly(
            "CreateEnvironment",
            "StartDatabase",
            "Install",
            "Build",
            "ApplyMigrations",
            "CreateRelease",
            "Activate");
    assertThat(plan.migrations()).containsExactly("supabase/migrations/20260101000000_a.sql");
    assertThat(plan.recipe().output().candidates()).containsExactly("dist");
    assertThat(plan.recipe().fallback()).isEmpty();
    assertThat(PlanText.write(plan).lines()).allMatch(line -> line.length() <= PlanText.WIDTH);
    assertThat(PlanText.write(plan)).contains("apply 1 schema migration from supabase/migrations");
  }

  @Test
  void aLaterDeploymentAppliesOnlyWhatIsNew() {
    app("vite build")
        .file("supabase/migrations/20260101000000_a.sql", "create table a (id int);")
        .file("supabase/migrations/20260102000000_b.sql", "create table b (id int);");

    var plan =
        plan(
            new PlanRequest(
                "shop",
                "production",
                false,
                Set.of("20260101000000_a.sql"),
                Set.of(),
                Map.of(),
                URL));

    assertThat(plan.migrations()).containsExactly("supabase/migrations/20260102000000_b.sql");
    assertThat(plan.steps()).noneMatch(s -> s instanceof Step.StartDatabase);
  }

  @Test
  void theBuildGetsPlaceholdersAndTheOwnersOwnVariables() {
    app("tsc -b && vite build")
        .file(
            ".env",
            """
            VITE_SUPABASE_PROJECT_ID="%s"
            VITE_SUPABASE_URL="https://%s.supabase.co"
            SUPABASE_URL="https://%s.supabase.co"
            """
                .formatted(REF, REF, REF));

    var recipe =
        plan(new PlanRequest(
                "shop", "production", true, Set.of(), Set.of(), Map.of("VITE_X", "1"), URL))
            .recipe();

    assertThat(recipe.variables())
        .containsOnly(
            entry("VITE_SUPABASE_URL", Placeholders.URL),
            entry("VITE_SUPABASE_ANON_KEY", Placeholders.ANON_KEY),
            entry("VITE_SUPABASE_PROJECT_ID", Placeholders.PROJECT_ID),
            entry("VITE_X", "1"));
    assertThat(recipe.fallback()).containsExactly("vite", "build");
    assertThat(recipe.substitutions())
        .contains(
            new Substitution(Placeholders.URL, Value.PUBLIC_URL),
            new Substitution(Placeholders.ANON_KEY, Value.ANON_KEY),
            new Substitution("https://" + REF + ".supabase.co", Value.PUBLIC_URL));
  }

  @Test
  void onlyLiteralsOfTheOwnProjectAreReplacedAndLongerOnesFirst() {
    var own = Tree.token("anon", REF);
    var foreign = Tree.token("anon", "zzzzzzzzzzzzzzzzzzzz");
    app("vite build")
        .file(
            "src/client.ts",
            """
            export const s = createClient('https://%s.supabase.co', '%s');
            localStorage.getItem('sb-%s-auth-token');
            """
                .formatted(REF, own, REF))
        .file(
            "src/foreign.ts",
            "fetch('https://zzzzzzzzzzzzzzzzzzzz.supabase.co/x', '%s')".formatted(foreign));

    var substitutions = plan(PlanRequest.first("shop", "production", URL)).recipe().substitutions();

    assertThat(substitutions)
        .contains(new Substitution(own, Value.ANON_KEY), new Substitution(REF, Value.PROJECT_ID))
        .noneMatch(s -> s.find().contains("zzzz") || s.find().equals(foreign));
    assertThat(substitutions)
        .isSortedAccordingTo((a, b) -> Integer.compare(b.find().length(), a.find().length()));
  }

  @Test
  void aServerGetsItsVariablesAndItsMissingSecretsAreNamed() {
    tree.file(
            "package.json",
            """
            {"scripts": {"build": "vite build"},
             "dependencies": {"@tanstack/react-start": "^1.0.0", "@supabase/supabase-js": "^2.0.0"},
             "devDependencies": {"@lovable.dev/vite-tanstack-config": "2.7.6"}}
            """)
        .file(
            "src/a.server.ts", "const k = process.env.RESEND_API_KEY; const p = process.env.OWN;");

    var plan =
        plan(new PlanRequest("shop", "production", true, Set.of(), Set.of("OWN"), Map.of(), URL));

    assertThat(plan.recipe().variables()).containsEntry("NITRO_PRESET", "node-server");
    assertThat(plan.recipe().variables()).doesNotContainKey("LOVABLE_SANDBOX");
    assertThat(plan.recipe().output().kind()).isEqualTo(BuildRecipe.Kind.NITRO_NODE);
    assertThat(plan.serverVariables())
        .containsExactlyInAnyOrder(
            "OWN",
            "RESEND_API_KEY",
            "SUPABASE_ANON_KEY",
            "SUPABASE_PUBLISHABLE_KEY",
            "SUPABASE_SERVICE_ROLE_KEY",
            "SUPABASE_URL");
    assertThat(plan.missing())
        .extracting(Plan.MissingSecret::name, Plan.MissingSecret::neededNow)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("RESEND_API_KEY", true));
  }

  @Test
  void anExportWithOnlyNewKeysGetsANewKey() {
    app("vite build").file(".env", "VITE_SUPABASE_PUBLISHABLE_KEY=sb_publishable_0123456789abc\n");

    assertThat(plan(PlanRequest.first("shop", "production", URL)).recipe().variables())
        .containsEntry("VITE_SUPABASE_PUBLISHABLE_KEY", Placeholders.PUBLISHABLE_KEY);
  }

  @Test
  void plainHtmlIsTakenAsItIs() {
    tree.file("index.html", "<p>");

    var plan = plan(PlanRequest.first("page", "production", URL));

    assertThat(plan.steps())
        .extracting(step -> step.getClass().getSimpleName())
        .containsExactly("CreateEnvironment", "TakeFiles", "CreateRelease", "Activate");
    assertThat(plan.recipe().installs()).isEmpty();
    assertThat(plan.recipe().output().candidates()).containsExactly(".");
  }

  @Test
  void whatCannotRunIsRefusedBeforeAnythingIsDone() {
    tree.file("package.json", "{\"dependencies\": {\"next\": \"15.0.0\"}}");

    var problem =
        catchThrowableOfType(
                ProblemException.class, () -> plan(PlanRequest.first("shop", "production", URL)))
            .problem();

    assertThat(problem.code()).isEqualTo("not-runnable");
    assertThat(problem.message()).contains("Next.js");
  }

  @ParameterizedTest
  @CsvSource({
    "My Shop (copy), my-shop-copy",
    "Café Löwe, cafe-lowe",
    "lovable-bff0d83f--1-, lovable-bff0d83f-1",
    "123go, go",
    "___, app",
    "UPPER_case.zip, upper-case-zip"
  })
  void namesBecomeHostLabels(String text, String label) {
    assertThat(AppLabel.from(text)).isEqualTo(label);
  }

  private Tree app(String build) {
    return tree.file("index.html", "<div id=root>")
        .file(
            "package.json",
            """
            {"scripts": {"build": "%s"}, "dependencies": {"@supabase/supabase-js": "^2.50.0"},
             "devDependencies": {"vite": "^5.4.0"}}
            """
                .formatted(build))
        .file(
            "src/main.ts",
            "go(import.meta.env.VITE_SUPABASE_URL, import.meta.env.VITE_SUPABASE_ANON_KEY)");
  }

  private Plan plan(PlanRequest request) {
    return new Planner().plan(tree.inspection(), request);
  }
}
