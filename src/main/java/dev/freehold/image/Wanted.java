package dev.freehold.image;

import org.jspecify.annotations.Nullable;

/// What an image is to become.
///
/// @param width in pixels, 0 to follow from the height
/// @param height in pixels, 0 to follow from the width
/// @param fit what happens when the sides' proportions differ
/// @param format `webp`, `avif`, or empty for the image's own
/// @param quality 1 to 100, 0 for the usual one
/// @param gravity which part stays when some is cut away: `no`, `so`, `ea`, `we` and pairs of them,
///   `ce`, `sm` for what catches the eye, `fp` for a point; empty for the middle
/// @param x offset from there, or the point's place
/// @param y the same
public record Wanted(
    int width,
    int height,
    Fit fit,
    String format,
    int quality,
    String gravity,
    @Nullable Double x,
    @Nullable Double y) {
  /// What happens when the sides' proportions differ.
  public enum Fit {
    /// The sides are filled and what stands over is cut away.
    COVER("cover"),
    /// All of it is shown, one side is shorter.
    CONTAIN("contain"),
    /// It is stretched.
    FILL("fill");

    private final String word;

    Fit(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }
}
