package dev.freehold.inspection;

import java.util.List;
import java.util.Optional;

/// What a build is expected to leave behind.
///
/// @param kind how it is served
/// @param folders where to look for it, in order
/// @param why what decided, in words
/// @param writtenPreset the Nitro preset that the app's own configuration names; it beats the
///   environment's
/// @param usesNitro whether Nitro bundles the server, so that `NITRO_PRESET` has an effect
public record BuildOutput(
    Kind kind,
    List<String> folders,
    String why,
    Optional<String> writtenPreset,
    boolean usesNitro) {

  /// How an output is served.
  public enum Kind {
    /// A folder with `index.html`, made by a build.
    STATIC("static files"),
    /// The export's own files, without a build.
    PLAIN("static files, no build"),
    /// Nitro's Node server.
    NITRO_NODE("Node server (Nitro)"),
    /// A fetch handler that needs a listener.
    FETCH_HANDLER("fetch handler, served through Node"),
    /// A Cloudflare worker.
    WORKER("Cloudflare worker, served through Node"),
    /// Nothing this version serves.
    UNSUPPORTED("not supported yet");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /// The name for people.
    public String label() {
      return label;
    }
  }
}
