package dev.freehold.build;

import dev.freehold.plan.BuildRecipe;
import java.util.List;

/// The immutable output of a Build, named by the digest of its manifest. Its files lie in the
/// artifact store by their own digests, each written once.
///
/// @param digest SHA-256 (hex) over the manifest
/// @param kind how it is served
/// @param files every file of the output
/// @param substitutions the strings that an environment replaces when it activates the artifact
/// @param nodeMajor the Node version it was built with and is served by
public record Artifact(
    String digest,
    BuildRecipe.Kind kind,
    List<Entry> files,
    List<BuildRecipe.Substitution> substitutions,
    int nodeMajor) {

  /// One file of the output.
  ///
  /// @param path relative to the output folder, with `/`
  /// @param digest SHA-256 (hex) of its bytes
  /// @param size in bytes
  /// @param executable whether the owner may execute it
  /// @param encodings the precompressed variants kept beside it: `br`, `zstd`, `gzip`
  /// @param substituted whether one of the substitutions occurs in it
  public record Entry(
      String path,
      String digest,
      long size,
      boolean executable,
      List<String> encodings,
      boolean substituted) {}

  public Artifact {
    files = List.copyOf(files);
    substitutions = List.copyOf(substitutions);
  }

  /// The folder of what we add to an output ourselves; never served.
  public static final String OURS = ".freehold/";

  /// The list of the edge functions that are part of the Artifact.
  public static final String FUNCTIONS = OURS + "functions.json";

  /// Whether a file may be served to anybody.
  static boolean isPublic(BuildRecipe.Kind kind, String path) {
    return path.startsWith(publicFolder(kind)) && !path.startsWith(OURS);
  }

  /// The folder, with `/` at its end, whose files may be served to anybody; empty when all may.
  /// What lies outside it is server code.
  public String publicFolder() {
    return publicFolder(kind);
  }

  static String publicFolder(BuildRecipe.Kind kind) {
    return switch (kind) {
      case STATIC -> "";
      case NITRO_NODE -> "public/";
      case FETCH_HANDLER, WORKER -> "client/";
    };
  }
}
