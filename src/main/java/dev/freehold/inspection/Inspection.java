package dev.freehold.inspection;

import java.nio.file.Path;
import java.util.List;

/// What we learned about an Export by looking at it. Nothing of the app was run, installed or asked
/// over a network; two inspections of equal files are equal.
///
/// No secret's value stands in it. The only values it holds are those an app shows to every visitor
/// anyway: project references and anon or publishable keys.
///
/// @param subject which files were looked at
/// @param provenance the Vendor they came from
/// @param framework what the app is written with and how it is built
/// @param packages its lock files and how to install from them
/// @param output what a build leaves behind and how that is served
/// @param supabase how the app finds its Supabase project
/// @param features what it asks of its backend
/// @param schema its schema migrations and what they leave behind
/// @param functions its edge functions
/// @param variables every variable its code reads
/// @param envFiles the `.env` files that came with it
/// @param hosts hosts of the Vendor that stand in its source
/// @param findings what the owner should know, the most serious first
/// @param readiness whether this version of Freehold can run it
public record Inspection(
    Subject subject,
    Provenance provenance,
    Framework framework,
    Packages packages,
    BuildOutput output,
    SupabaseUse supabase,
    Features features,
    Schema schema,
    List<EdgeFunction> functions,
    List<VariableUse> variables,
    List<EnvFile> envFiles,
    List<Host> hosts,
    List<Finding> findings,
    Readiness readiness) {

  /// The Export that was looked at.
  ///
  /// @param root where its files lie
  /// @param name what the app could be called
  /// @param digest the Export's digest
  /// @param files how many files
  /// @param bytes their size together
  public record Subject(Path root, String name, String digest, int files, long bytes) {}

  /// A committed file of variables. Its values are not kept.
  ///
  /// @param path relative to the export
  /// @param names the variables it sets
  public record EnvFile(String path, List<String> names) {}

  /// A host that belongs to the Vendor, found in the source.
  ///
  /// @param name for example `ai.gateway.lovable.dev`
  /// @param places where it stands
  public record Host(String name, List<Place> places) {}

  /// The findings of one severity.
  public List<Finding> findings(Severity severity) {
    return findings.stream().filter(f -> f.severity() == severity).toList();
  }
}
