package dev.freehold.inspection;

import java.util.List;

/// What the app is written with and which command builds it.
///
/// @param kind what decides how it is served
/// @param tools the packages that decided, with their versions
/// @param script the package.json script that builds; empty when there is none
/// @param command what that script says
/// @param fallback the bundler's own command, to be used when the script fails in a part of its own
///   (a type check before it, a copy after it); empty when the script is nothing else
public record Framework(
    Kind kind, List<Tool> tools, String script, String command, List<String> fallback) {

  /// Frameworks that are told apart.
  public enum Kind {
    VITE("Vite single-page app"),
    TANSTACK_START("TanStack Start"),
    NEXT("Next.js"),
    SVELTEKIT("SvelteKit"),
    NUXT("Nuxt"),
    ASTRO("Astro"),
    REMIX("Remix or React Router framework"),
    EXPO("Expo mobile app"),
    EXPRESS("Express server"),
    HTML("plain HTML"),
    UNKNOWN("no framework recognised");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /// The name for people.
    public String label() {
      return label;
    }
  }

  /// A package that decided.
  ///
  /// @param name as the registry has it
  /// @param wanted the range package.json asks for
  /// @param locked the version the lock names; empty when no lock names one
  public record Tool(String name, String wanted, String locked) {
    /// The best version we know: the locked one, else the range.
    public String version() {
      return locked.isEmpty() ? wanted : locked;
    }
  }
}
