package dev.freehold.http;

/// Answers requests on the event loop, where nothing may wait. For rooms that work with the
/// engine's own streams; everyone else writes a [Handler].
@FunctionalInterface
public interface ExchangeHandler {
  void handle(Exchange exchange);
}
