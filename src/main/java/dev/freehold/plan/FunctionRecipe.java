package dev.freehold.plan;

import dev.freehold.inspection.Inspection;
import java.util.List;
import java.util.Map;

/// The recipe for an Export's edge functions alone, of which nothing else is built.
public final class FunctionRecipe {
  /// Runs our own script; any that is pinned would do.
  private static final int NODE = 22;

  private FunctionRecipe() {}

  public static BuildRecipe of(Inspection found) {
    return new BuildRecipe(
        found.subject().root(),
        found.subject().digest(),
        NODE,
        List.of(),
        "",
        List.of(),
        Map.of(),
        new BuildRecipe.Output(BuildRecipe.Kind.STATIC, List.of()),
        List.of(),
        found.functions().stream().map(RecipeChooser::function).toList());
  }
}
