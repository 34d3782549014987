package dev.freehold.image;

import java.nio.channels.FileChannel;

/// What became of an image.
public sealed interface Made {
  /// It is there. Whoever takes it closes the channel.
  ///
  /// @param type for example `image/webp`
  record Image(FileChannel channel, long size, String type) implements Made {}

  /// It cannot be made of this source.
  record Refused(Why why) implements Made {}

  /// Why an image is not made.
  enum Why {
    /// No image, a broken one, or one of a kind that browsers do not show.
    FORMAT,
    /// It has more pixels than we take.
    PIXELS,
    /// It has more bytes than we take.
    BYTES,
    /// It took too long, or too much memory.
    TOO_HARD,
    /// Others are being made, and it was not our turn in time.
    BUSY
  }
}
