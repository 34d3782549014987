package dev.freehold.backend.supabase.standalone;

import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;

/// Answers for a service that waits for a setting, in a shape every client package shows.
///
/// @param service as a person calls it
/// @param setting the option that is not set
record NotServed(String service, BackendOption setting) implements Handler {
  private static final String REFUSAL =
      "{\"statusCode\":\"501\",\"error\":\"Not Implemented\",\"code\":\"not_implemented\","
          + "\"message\":\"%s not served: the setting %s is not set\"}";

  @Override
  public Response handle(Request request) {
    return Response.json(501, REFUSAL.formatted(service, setting.word()));
  }
}
