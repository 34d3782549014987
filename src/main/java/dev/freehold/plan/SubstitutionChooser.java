package dev.freehold.plan;

import dev.freehold.inspection.Inspection;
import dev.freehold.inspection.SupabaseUse;
import java.util.ArrayList;
import java.util.List;

/// Chooses which texts of the output an environment replaces: our placeholders, and the old
/// project's own address and keys where they stand as literals.
///
/// Longer texts come first, so that none is torn by a shorter one. A bare `<ref>.supabase.co`
/// without a scheme is left alone: only the code around it knows whether a host, a socket address
/// or a sentence was meant; the inspection tells the owner of it. Other projects an app talks to
/// stay what they are.
final class SubstitutionChooser {
  private static final String HOST_SUFFIX = ".supabase.co";

  private SubstitutionChooser() {}

  static List<BuildRecipe.Substitution> choose(Inspection found) {
    if (!found.supabase().used()) {
      return List.of();
    }
    var chosen = new ArrayList<BuildRecipe.Substitution>();
    for (var key : found.supabase().keys()) {
      if (belongs(key, found.supabase())) {
        chosen.add(
            new BuildRecipe.Substitution(
                key.value(),
                key.form() == SupabaseUse.KeyForm.JWT
                    ? BuildRecipe.Value.ANON_KEY
                    : BuildRecipe.Value.PUBLISHABLE_KEY));
      }
    }
    chosen.add(new BuildRecipe.Substitution(Placeholders.ANON_KEY, BuildRecipe.Value.ANON_KEY));
    for (var project : found.supabase().projects()) {
      if (project.own()) {
        chosen.add(url(project.ref()));
      }
    }
    // Code that composes the address from the project's reference.
    chosen.add(url(Placeholders.PROJECT_ID));
    chosen.add(new BuildRecipe.Substitution(Placeholders.URL, BuildRecipe.Value.PUBLIC_URL));
    chosen.add(
        new BuildRecipe.Substitution(
            Placeholders.PUBLISHABLE_KEY, BuildRecipe.Value.PUBLISHABLE_KEY));
    chosen.add(new BuildRecipe.Substitution(Placeholders.PROJECT_ID, BuildRecipe.Value.PROJECT_ID));
    for (var project : found.supabase().projects()) {
      if (project.own() && project.alone()) {
        chosen.add(new BuildRecipe.Substitution(project.ref(), BuildRecipe.Value.PROJECT_ID));
      }
    }
    return chosen.stream()
        .distinct()
        .sorted(
            java.util.Comparator.comparing((BuildRecipe.Substitution s) -> s.find().length())
                .reversed()
                .thenComparing(BuildRecipe.Substitution::find))
        .toList();
  }

  private static boolean belongs(SupabaseUse.PublicKey key, SupabaseUse supabase) {
    return key.ref().isEmpty()
        || supabase.projects().stream().anyMatch(p -> p.own() && p.ref().equals(key.ref()));
  }

  private static BuildRecipe.Substitution url(String ref) {
    return new BuildRecipe.Substitution(
        "https://" + ref + HOST_SUFFIX, BuildRecipe.Value.PUBLIC_URL);
  }
}
