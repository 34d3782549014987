package dev.freehold.backend.supabase;

import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;

/// Answers for a service that this version does not have, in a shape every client package shows:
/// `code` and `message`, with the `statusCode` and `error` that storage-js reads.
record AbsentService(String service, String version) implements Handler {
  @Override
  public Response handle(Request request) {
    var message =
        "Freehold %s does not serve %s yet; the rest of the app's backend works without it"
            .formatted(version, service);
    return Response.json(
        501,
        "{\"code\":\"not_implemented\",\"message\":\"%s\",\"statusCode\":\"501\",\"error\":\"%s\"}"
            .formatted(message, "Not Implemented"));
  }
}
