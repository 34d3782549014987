package dev.freehold.backend.supabase.standalone;

import dev.freehold.backend.supabase.functions.deno.DenoFunctions;
import java.nio.file.Path;

/// Makes a project's functions ready to run. Whoever starts a backend knows the rooms that do.
@FunctionalInterface
public interface FunctionBundles {
  /// Bundles the functions as they are now. Blocks, a minute when everything is fetched first.
  ///
  /// @param functions a project's `supabase/functions`, or any folder with a folder for each
  /// @param work where bundles, packages and programs are kept; no other process may use it
  /// @throws dev.freehold.problem.ProblemException `function-config-invalid`,
  ///   `function-import-unresolved`, `function-bundle-failed`, `data-folder-in-use`
  DenoFunctions.Code bundle(Path functions, Path work);
}
