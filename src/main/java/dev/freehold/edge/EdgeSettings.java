package dev.freehold.edge;

import dev.freehold.http.ListenSpec;
import java.time.Duration;

/// How one edge is set up.
///
/// @param listen where
/// @param drainLimit how long requests may go on running on a route that was replaced
/// @param goingAwaySpread over how long WebSockets of a replaced route are closed, so that their
///   clients do not all return at once
public record EdgeSettings(ListenSpec listen, Duration drainLimit, Duration goingAwaySpread) {
  public static final Duration DRAIN_LIMIT = Duration.ofSeconds(30);
  public static final Duration GOING_AWAY_SPREAD = Duration.ofSeconds(5);

  public static EdgeSettings on(ListenSpec listen) {
    return new EdgeSettings(listen, DRAIN_LIMIT, GOING_AWAY_SPREAD);
  }

  public EdgeSettings withDrain(Duration limit, Duration spread) {
    return new EdgeSettings(listen, limit, spread);
  }
}
