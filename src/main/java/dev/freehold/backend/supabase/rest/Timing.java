package dev.freehold.backend.supabase.rest;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/// How long the stages of one request take, each from the end of the one before it.
final class Timing {
  private static final double NANOS_IN_MS = 1e6;

  /// The stages as `Server-Timing` names them, in order.
  enum Stage {
    JWT,
    PARSE,
    PLAN,
    TRANSACTION,
    RESPONSE
  }

  private final Map<Stage, Long> nanos = new EnumMap<>(Stage.class);
  private long since = System.nanoTime();

  /// The stage ends now.
  void done(Stage stage) {
    long now = System.nanoTime();
    nanos.merge(stage, now - since, Long::sum);
    since = now;
  }

  /// The value of `Server-Timing` (https://www.w3.org/TR/server-timing/), in milliseconds; a stage
  /// that the request had no need of took none.
  String header() {
    var header = new StringJoiner(", ");
    for (var stage : Stage.values()) {
      header.add(
          String.format(
              Locale.ROOT,
              "%s;dur=%.1f",
              stage.name().toLowerCase(Locale.ROOT),
              nanos.getOrDefault(stage, 0L) / NANOS_IN_MS));
    }
    return header.toString();
  }
}
