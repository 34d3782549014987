package dev.freehold.http;

import java.nio.charset.StandardCharsets;

/// One answer. `Content-Length` and `Date` are the server's to add.
///
/// @param status an HTTP status code, 100 to 599
public record Response(int status, Headers headers, Body body) {

  public static Response of(int status) {
    return new Response(status, Headers.EMPTY, Body.EMPTY);
  }

  public static Response text(int status, String text) {
    return of(status, "text/plain; charset=utf-8", text);
  }

  public static Response json(int status, String json) {
    return of(status, "application/json; charset=utf-8", json);
  }

  public static Response of(int status, String contentType, String text) {
    return new Response(
        status,
        Headers.of("Content-Type", contentType),
        new Body.Bytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// The connection becomes a WebSocket, see [Body.Socket]. Answered with 426 when the client did
  /// not ask for one.
  public static Response socket(int maxMessageBytes, WebSocket.Opener opener) {
    return new Response(200, Headers.EMPTY, new Body.Socket(maxMessageBytes, opener));
  }

  public Response with(String name, String value) {
    return new Response(status, headers.with(name, value), body);
  }

  public Response withHeaders(Headers newHeaders) {
    return new Response(status, newHeaders, body);
  }

  /// The same answer with no body: what HEAD gets. The server keeps the length it would have had.
  public Response withBody(Body newBody) {
    return new Response(status, headers, newBody);
  }
}
