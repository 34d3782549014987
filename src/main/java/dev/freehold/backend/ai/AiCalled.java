package dev.freehold.backend.ai;

import dev.freehold.telemetry.Event;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/// An App called a model and the call is over.
///
/// @param scope whose call: an Environment's id
/// @param caller the function's name, or `server`
/// @param status what the App saw, 0 when it left before an answer
/// @param why of a failure, without secrets; empty for an answer
public record AiCalled(
    Instant at,
    String scope,
    String caller,
    String path,
    String asked,
    String used,
    int status,
    long tokensIn,
    long tokensOut,
    long costNanos,
    Duration took,
    String why)
    implements Event {
  @Override
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%s: %s %s%s %s in %.1f s%s",
        caller,
        path,
        asked,
        used.equals(asked) ? "" : " → " + used,
        status == 0 ? "client left" : Integer.toString(status),
        took.toMillis() / 1e3,
        why.isEmpty()
            ? ", %d + %d tokens, cost %s".formatted(tokensIn, tokensOut, AiPrice.text(costNanos))
            : ": " + why);
  }
}
