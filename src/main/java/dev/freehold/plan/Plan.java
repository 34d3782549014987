package dev.freehold.plan;

import java.util.List;
import java.util.Set;

/// What will be done, shown before anything is. Equal inspections and requests make equal plans.
///
/// @param appName the App
/// @param environment the Environment
/// @param steps what will be done, in order
/// @param creates what exists afterwards and did not before, in words
/// @param missing secrets that the app reads and nobody has set
/// @param warnings what the owner should know before saying yes, the most serious first
/// @param recipe how the app is built
/// @param serverVariables names of the variables and secrets the app's own server process gets
/// @param migrations paths of the schema migrations to apply, in order
public record Plan(
    String appName,
    String environment,
    List<Step> steps,
    List<String> creates,
    List<MissingSecret> missing,
    List<Warning> warnings,
    BuildRecipe recipe,
    Set<String> serverVariables,
    List<String> migrations) {

  /// A secret nobody has set.
  ///
  /// @param name for example `RESEND_API_KEY`
  /// @param neededBy the files or functions that read it
  /// @param neededNow whether this version runs what reads it
  public record MissingSecret(String name, List<String> neededBy, boolean neededNow) {}

  /// Something to know before saying yes.
  ///
  /// @param serious whether somebody could read, change or spend what is not theirs
  /// @param code the Finding it comes from
  /// @param text one sentence, with the place
  public record Warning(boolean serious, String code, String text) {}
}
