package dev.freehold.telemetry;

import java.time.Instant;

/// One line that a process or a stage wrote.
///
/// @param source what wrote it: `build`, `app`, `request`, `postgres`, `server`, `function/NAME`
/// @param scope whose it is: an environment's id such as `shop/production`, or empty for the server
/// @param release the release number it belongs to, 0 when it belongs to none
/// @param text the line, without its line end; at most [#MAX_CHARS] characters are kept
public record LogLine(Instant at, String source, String scope, int release, String text)
    implements Event {
  public static final int MAX_CHARS = 8_192;

  public LogLine {
    if (text.length() > MAX_CHARS) {
      text = text.substring(0, MAX_CHARS - 1) + "…";
    }
  }

  @Override
  public String describe() {
    return text;
  }
}
