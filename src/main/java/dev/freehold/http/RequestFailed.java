package dev.freehold.http;

import dev.freehold.telemetry.Event;

/// A handler ended with an error that was not meant for the client, who saw a bare 500. A bug, or a
/// room that should have raised a problem.
///
/// @param method as the client sent it
/// @param path without its query, which may hold secrets
public record RequestFailed(String method, String path, Throwable cause) implements Event {
  @Override
  public String describe() {
    return method + " " + path + " failed: " + cause;
  }
}
