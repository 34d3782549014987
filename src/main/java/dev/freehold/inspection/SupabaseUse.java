package dev.freehold.inspection;

import java.util.List;

/// How the app finds its Supabase project.
///
/// @param used whether it is a client of Supabase at all
/// @param wiring where address and key come from
/// @param projects every project whose reference stands in the export
/// @param keys every anon or publishable key that stands in the export
public record SupabaseUse(
    boolean used, Wiring wiring, List<Project> projects, List<PublicKey> keys) {

  /// Where the client's address and key come from.
  public enum Wiring {
    /// From variables that a build bakes in: nothing in the output needs rewriting.
    VARIABLES("from build variables"),
    /// From literals in the source: the output is rewritten at activation.
    LITERALS("literals in the source, rewritten in the output"),
    /// From both.
    BOTH("build variables, and literals rewritten in the output"),
    /// It has none.
    NONE("none");

    private final String label;

    Wiring(String label) {
      this.label = label;
    }

    /// The name for people.
    public String label() {
      return label;
    }
  }

  /// A Supabase project by its reference.
  ///
  /// @param ref the twenty letters before `.supabase.co`
  /// @param own whether it is the app's own, and not another project it also talks to
  /// @param alone whether the reference stands in code without `.supabase.co` behind it
  /// @param source where code that ends up in the output names it
  /// @param elsewhere where else it stands: `.env`, configuration, SQL, documentation
  public record Project(
      String ref, boolean own, boolean alone, List<Place> source, List<Place> elsewhere) {}

  /// The two forms of a key that every visitor may see.
  public enum KeyForm {
    /// A JSON Web Token whose role is `anon`.
    JWT,
    /// The newer `sb_publishable_…`.
    PUBLISHABLE
  }

  /// A key that every visitor may see. A service key is never kept here; it becomes a Finding.
  ///
  /// @param ref the project it belongs to; empty for a publishable key
  /// @param value the key itself
  /// @param inSource whether it stands in code that ends up in the output
  public record PublicKey(
      KeyForm form, String ref, String value, boolean inSource, List<Place> places) {}
}
