package dev.freehold.inspection;

import java.util.List;

/// A variable that the app's code reads.
///
/// @param name for example `VITE_SUPABASE_URL`
/// @param scope when it is read
/// @param giver who has to set it
/// @param places where it is read
/// @param required whether the code has no answer of its own when it is absent
public record VariableUse(
    String name, Scope scope, Giver giver, List<Place> places, boolean required) {

  /// When a variable is read.
  public enum Scope {
    /// While building; the value ends up in files that every visitor can read.
    BUILD,
    /// By the app's own server, while it runs.
    SERVER,
    /// By edge functions, while they run.
    FUNCTION
  }

  /// Who sets a variable.
  public enum Giver {
    /// Freehold knows the value.
    FREEHOLD,
    /// The tools set it themselves, for example `NODE_ENV` and `MODE`.
    TOOLS,
    /// The export's own `.env` has it.
    EXPORT,
    /// The owner must say.
    OWNER
  }
}
