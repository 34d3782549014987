package dev.freehold.plan;

import dev.freehold.inspection.BuildOutput;
import dev.freehold.inspection.EdgeFunction;
import dev.freehold.inspection.Inspection;
import dev.freehold.inspection.Packages;
import dev.freehold.inspection.SupabaseUse;
import dev.freehold.inspection.VariableUse;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Chooses how an app is built.
///
/// The build gets [Placeholders], never an environment's values, so that one Artifact serves all
/// environments. It is given every name the source reads and every name its `.env` sets, because
/// Vite prefers the process environment over a committed `.env` (vite.dev, Env Variables and
/// Modes). `LOVABLE_SANDBOX` is never set: inside Lovable's sandbox its configuration ignores
/// `NITRO_PRESET`.
final class RecipeChooser {
  private static final String NITRO_PRESET = "NITRO_PRESET";
  private static final String NODE_SERVER = "node-server";

  /// What bundlers take for public.
  private static final List<String> BAKED_PREFIXES =
      List.of("VITE_", "NEXT_PUBLIC_", "EXPO_PUBLIC_", "PUBLIC_");

  private RecipeChooser() {}

  static BuildRecipe choose(Inspection found, PlanRequest request) {
    var plain = found.output().kind() == BuildOutput.Kind.PLAIN;
    return new BuildRecipe(
        found.subject().root(),
        found.subject().digest(),
        found.packages().nodeMajor(),
        plain
            ? List.of()
            : found.packages().installs().stream().map(RecipeChooser::install).toList(),
        plain ? "" : found.framework().script(),
        plain ? List.of() : found.framework().fallback(),
        plain ? Map.of() : variables(found, request),
        new BuildRecipe.Output(kind(found.output().kind()), found.output().folders()),
        SubstitutionChooser.choose(found),
        found.functions().stream().map(RecipeChooser::function).toList());
  }

  static BuildRecipe.Function function(EdgeFunction found) {
    return new BuildRecipe.Function(
        found.name(),
        found.entry(),
        found.config(),
        found.imports(),
        found.verifiesJwt(),
        found.statics());
  }

  private static BuildRecipe.Install install(Packages.Install install) {
    var manager =
        switch (install.manager()) {
          case NPM -> BuildRecipe.PackageManager.NPM;
          case BUN -> BuildRecipe.PackageManager.BUN;
          case PNPM -> BuildRecipe.PackageManager.PNPM;
          case YARN -> BuildRecipe.PackageManager.YARN;
        };
    return new BuildRecipe.Install(manager, install.lockfile(), install.frozen(), install.why());
  }

  private static BuildRecipe.Kind kind(BuildOutput.Kind kind) {
    return switch (kind) {
      case STATIC, PLAIN -> BuildRecipe.Kind.STATIC;
      case NITRO_NODE -> BuildRecipe.Kind.NITRO_NODE;
      case FETCH_HANDLER -> BuildRecipe.Kind.FETCH_HANDLER;
      case WORKER -> BuildRecipe.Kind.WORKER;
      case UNSUPPORTED -> throw new IllegalStateException("an unsupported output has no recipe");
    };
  }

  private static Map<String, String> variables(Inspection found, PlanRequest request) {
    var variables = new TreeMap<String, String>();
    for (var use : found.variables()) {
      if (use.scope() == VariableUse.Scope.BUILD) {
        put(variables, use.name(), found.supabase());
      }
    }
    for (var file : found.envFiles()) {
      for (var name : file.names()) {
        if (isBaked(name)) {
          put(variables, name, found.supabase());
        }
      }
    }
    if (found.output().usesNitro()) {
      variables.put(NITRO_PRESET, NODE_SERVER);
    }
    variables.putAll(request.variables());
    return java.util.Collections.unmodifiableMap(variables);
  }

  /// Names without such a prefix are for servers while they run, and no business of a build.
  private static boolean isBaked(String name) {
    return BAKED_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /// Sets the name when it is one of the project's public facts. A service key is not: a build
  /// never sees one.
  private static void put(Map<String, String> variables, String name, SupabaseUse supabase) {
    if (!name.contains("SUPABASE")) {
      return;
    }
    if (name.endsWith("SUPABASE_URL")) {
      variables.put(name, Placeholders.URL);
    } else if (name.endsWith("_ANON_KEY")
        || name.endsWith("_PUBLISHABLE_KEY")
        || name.endsWith("PUBLISHABLE_DEFAULT_KEY")
        || name.endsWith("SUPABASE_KEY")) {
      variables.put(name, keyPlaceholder(supabase));
    } else if (name.endsWith("_PROJECT_ID") || name.endsWith("_PROJECT_REF")) {
      variables.put(name, Placeholders.PROJECT_ID);
    }
  }

  /// The newer form only for an export that has nothing but the newer form: some apps send the key
  /// as a bearer token, and then it must be a token.
  private static String keyPlaceholder(SupabaseUse supabase) {
    boolean older = supabase.keys().stream().anyMatch(k -> k.form() == SupabaseUse.KeyForm.JWT);
    boolean newer =
        supabase.keys().stream().anyMatch(k -> k.form() == SupabaseUse.KeyForm.PUBLISHABLE);
    return newer && !older ? Placeholders.PUBLISHABLE_KEY : Placeholders.ANON_KEY;
  }
}
