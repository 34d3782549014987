package dev.freehold.backend.supabase;

import dev.freehold.http.Exchange;
import dev.freehold.http.Request;
import dev.freehold.http.StreamHandler;

/// Stands before a service whose requests and answers are streamed, and which refuses and answers
/// preflights itself: only API keys are translated.
record StreamGateway(Gateway gateway, StreamHandler service) implements StreamHandler {
  @Override
  public void stream(Exchange exchange, Request head) {
    service.stream(exchange, gateway.passed(head));
  }
}
