package dev.freehold.backend.supabase.standalone;

import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;

/// Answers for files where nobody has said in which folder they are to lie.
record NoStorage() implements Handler {
  private static final String REFUSAL =
      "{\"statusCode\":\"501\",\"error\":\"Not Implemented\",\"code\":\"not_implemented\","
          + "\"message\":\"storage is not served: the setting storage-folder is not set\"}";

  @Override
  public Response handle(Request request) {
    return Response.json(501, REFUSAL);
  }
}
