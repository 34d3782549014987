package dev.freehold.backend.supabase.auth;

/// Takes a text message for delivery to a phone. Called inside a request and its transaction; it
/// returns within some seconds.
@FunctionalInterface
public interface TextSender {
  /// Hands the message over and returns the carrier's id of it; empty when there is none.
  ///
  /// @throws TextFailed when the message is not handed over
  String send(TextMessage message);
}
