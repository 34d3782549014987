package dev.freehold.inspection;

import dev.freehold.export.Export;
import dev.freehold.project.AuthTables;
import java.util.Map;

/// What an Export says about sign-in: the `[auth]` part of `supabase/config.toml`, with the files
/// that its templates name read in. `env(NAME)` stays as it is.
public final class AuthSection {
  private static final String CONFIG = "supabase/config.toml";

  private AuthSection() {}

  /// The section as nested tables; empty when there is none.
  ///
  /// @throws dev.freehold.problem.ProblemException `auth-configuration-invalid` when the file is no
  ///   TOML, or a template it names is missing or too long
  public static Map<String, Object> read(Export export) {
    var sources = new Sources(export.root());
    return sources
        .text(CONFIG)
        .map(toml -> AuthTables.read(toml, CONFIG, sources::text))
        .orElse(Map.of());
  }
}
