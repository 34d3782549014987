package dev.freehold.plan;

import dev.freehold.inspection.BuildOutput;
import dev.freehold.inspection.Finding;
import dev.freehold.inspection.Inspection;
import dev.freehold.inspection.Readiness;
import dev.freehold.inspection.Schema;
import dev.freehold.inspection.Severity;
import dev.freehold.inspection.VariableUse;
import dev.freehold.problem.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Turns an Inspection and the owner's wish into a Plan. Pure: reads nothing, writes nothing.
public final class Planner {
  private static final Set<String> SUPABASE_SERVER_NAMES =
      Set.of(
          "SUPABASE_URL",
          "SUPABASE_PUBLISHABLE_KEY",
          "SUPABASE_ANON_KEY",
          "SUPABASE_SERVICE_ROLE_KEY");

  /// Makes the plan, or raises `not-runnable` when this version cannot run the app at all.
  public Plan plan(Inspection inspection, PlanRequest request) {
    if (inspection.readiness() instanceof Readiness.No(var reason)) {
      throw Problem.of(
              "not-runnable", "This version cannot run " + request.appName() + ": " + reason)
          .hint("freehold inspect shows what was found and what is supported")
          .raise();
    }
    var recipe = RecipeChooser.choose(inspection, request);
    var pending = pendingMigrations(inspection, request);
    return new Plan(
        request.appName(),
        request.environment(),
        steps(inspection, request, recipe, pending),
        creates(inspection, request, pending),
        missing(inspection, request),
        warnings(inspection, request, recipe),
        recipe,
        serverVariables(inspection),
        pending.stream().map(Schema.Migration::path).toList());
  }

  private static List<Schema.Migration> pendingMigrations(Inspection found, PlanRequest request) {
    return found.schema().migrations().stream()
        .filter(m -> !request.appliedMigrations().contains(m.fileName()))
        .toList();
  }

  private static List<Step> steps(
      Inspection found, PlanRequest request, BuildRecipe recipe, List<Schema.Migration> pending) {
    var steps = new ArrayList<Step>();
    if (request.firstDeploy()) {
      steps.add(new Step.CreateEnvironment(request.appName(), request.environment()));
      if (needsDatabase(found)) {
        steps.add(new Step.StartDatabase(request.appName(), request.environment()));
      }
    }
    if (found.output().kind() == BuildOutput.Kind.PLAIN) {
      steps.add(new Step.TakeFiles(found.subject().files()));
    } else {
      recipe.installs().stream()
          .findFirst()
          .ifPresent(first -> steps.add(new Step.Install(first, recipe.installs().size() - 1)));
      steps.add(new Step.Build(buildCommand(found, recipe), recipe.nodeMajor()));
    }
    if (!recipe.functions().isEmpty()) {
      steps.add(new Step.BundleFunctions(recipe.functions().size()));
    }
    if (!pending.isEmpty()) {
      int statements = pending.stream().mapToInt(Schema.Migration::statements).sum();
      steps.add(new Step.ApplyMigrations(found.schema().folder(), pending.size(), statements));
    }
    steps.add(new Step.CreateRelease(request.appName()));
    steps.add(new Step.Activate(request.publicUrl(), hasProcess(found)));
    return List.copyOf(steps);
  }

  private static String buildCommand(Inspection found, BuildRecipe recipe) {
    return recipe.script().isEmpty()
        ? String.join(" ", recipe.fallback())
        : recipe.script() + " = " + found.framework().command();
  }

  private static List<String> creates(
      Inspection found, PlanRequest request, List<Schema.Migration> pending) {
    var made = new ArrayList<String>();
    if (request.firstDeploy()) {
      made.add("environment " + request.environment() + " of app " + request.appName());
      if (needsDatabase(found)) {
        made.add("a PostgreSQL cluster with its own data folder, roles and signing keys");
      }
    }
    if (!pending.isEmpty() && request.firstDeploy()) {
      var schema = found.schema();
      made.add(
          "%s, %s and %s in the database"
              .formatted(
                  count(schema.tables().size(), "table"),
                  schema.policies() == 1 ? "1 policy" : schema.policies() + " policies",
                  count(schema.functions(), "function")));
    }
    made.add("one artifact and one release");
    if (hasProcess(found)) {
      made.add("one Node process, supervised");
    }
    if (!found.functions().isEmpty()) {
      int functions = found.functions().size();
      made.add(count(functions, "edge function") + ", started on the first call");
    }
    made.add("a route for " + request.publicUrl());
    return List.copyOf(made);
  }

  private static String count(int number, String noun) {
    return number == 1 ? "1 " + noun : number + " " + noun + "s";
  }

  private static List<Plan.MissingSecret> missing(Inspection found, PlanRequest request) {
    Map<String, TreeSet<String>> readers = new LinkedHashMap<>();
    var now = new TreeSet<String>();
    for (var use : found.variables()) {
      boolean given = use.giver() != VariableUse.Giver.OWNER;
      boolean set =
          request.secretsSet().contains(use.name()) || request.variables().containsKey(use.name());
      if (given || set || !use.required() || use.scope() == VariableUse.Scope.BUILD) {
        continue;
      }
      use.places()
          .forEach(p -> readers.computeIfAbsent(use.name(), n -> new TreeSet<>()).add(p.file()));
      boolean runs = use.scope() == VariableUse.Scope.FUNCTION || hasProcess(found);
      if (runs) {
        now.add(use.name());
      }
    }
    return readers.entrySet().stream()
        .map(e ->
            new Plan.MissingSecret(e.getKey(), List.copyOf(e.getValue()), now.contains(e.getKey())))
        .sorted(
            java.util.Comparator.comparing((Plan.MissingSecret m) -> !m.neededNow())
                .thenComparing(Plan.MissingSecret::name))
        .toList();
  }

  private static List<Plan.Warning> warnings(
      Inspection found, PlanRequest request, BuildRecipe recipe) {
    var warnings = new ArrayList<Plan.Warning>();
    for (var finding : found.findings()) {
      if (finding.severity() != Severity.NOTE) {
        warnings.add(warning(finding));
      }
    }
    if (found.readiness() instanceof Readiness.Partly(var waiting)) {
      for (var part : waiting) {
        warnings.add(new Plan.Warning(false, "not-yet", part.feature() + ": " + part.effect()));
      }
    }
    for (var use : found.variables()) {
      if (use.scope() == VariableUse.Scope.BUILD
          && use.giver() == VariableUse.Giver.OWNER
          && use.required()
          && !request.variables().containsKey(use.name())
          && !recipe.variables().containsKey(use.name())) {
        warnings.add(
            new Plan.Warning(
                false,
                "build-variable-missing",
                use.name() + " is read by " + use.places().getFirst() + " and nobody sets it"));
      }
    }
    return List.copyOf(warnings);
  }

  private static Plan.Warning warning(Finding finding) {
    var where =
        switch (finding.places().size()) {
          case 0 -> "";
          case 1 -> " (" + finding.places().getFirst() + ")";
          default ->
              " (%s and %d more)"
                  .formatted(finding.places().getFirst(), finding.places().size() - 1);
        };
    return new Plan.Warning(
        finding.severity() == Severity.DANGER, finding.code(), finding.message() + where);
  }

  private static Set<String> serverVariables(Inspection found) {
    var names = new TreeSet<String>();
    if (!hasProcess(found)) {
      return names;
    }
    if (found.supabase().used()) {
      names.addAll(SUPABASE_SERVER_NAMES);
    }
    found.variables().stream()
        .filter(v -> v.scope() == VariableUse.Scope.SERVER)
        .filter(v -> v.giver() != VariableUse.Giver.TOOLS)
        .forEach(v -> names.add(v.name()));
    return java.util.Collections.unmodifiableSet(names);
  }

  private static boolean needsDatabase(Inspection found) {
    return found.supabase().used() || !found.schema().migrations().isEmpty();
  }

  private static boolean hasProcess(Inspection found) {
    return switch (found.output().kind()) {
      case NITRO_NODE, FETCH_HANDLER, WORKER -> true;
      case STATIC, PLAIN, UNSUPPORTED -> false;
    };
  }
}
