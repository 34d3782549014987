package dev.freehold.http;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One request. Its body was read whole, bounded by the route that took it, unless its handler
/// asked to read it by itself ([Handler#streams]).
///
/// @param method as sent, upper case
/// @param path the path as sent, still percent-encoded, dot segments already resolved, always
///   starting with `/`; a handler mounted under a prefix sees the path without it
/// @param query the raw query without `?`, empty when there is none
/// @param scheme `http` or `https`, as the client used it
/// @param host the authority the client asked for, with its port when it sent one
/// @param remote the client's address, from the socket or from a trusted proxy
/// @param body the whole body; empty when it is still arriving
/// @param arriving the body as it comes, for a handler that streams; otherwise null
@SuppressWarnings("ArrayRecordComponent")
public record Request(
    String method,
    String path,
    String query,
    String scheme,
    String host,
    String remote,
    Headers headers,
    byte[] body,
    @Nullable InputStream arriving) {

  /// A request whose body is there.
  public Request(
      String method,
      String path,
      String query,
      String scheme,
      String host,
      String remote,
      Headers headers,
      byte[] body) {
    this(method, path, query, scheme, host, remote, headers, body, null);
  }

  /// The body, to be read once; blocks until more of it has come. Reading it fails when the client
  /// has gone.
  public InputStream stream() {
    return arriving == null ? new ByteArrayInputStream(body) : arriving;
  }

  /// Runs once, on an event loop, when the answer is out or the client is gone: for a handler that
  /// streams and waits long for what nobody may want any more. Never for a request whose body was
  /// read whole.
  public void atEnd(Runnable action) {
    if (arriving instanceof BodyStream stream) {
      stream.atEnd(action);
    }
  }

  public Optional<String> header(String name) {
    return headers.first(name);
  }

  /// Whether the client asks to go on as a WebSocket (RFC 6455 §4.1).
  public boolean asksForSocket() {
    return method.equals("GET")
        && header("Upgrade").filter(name -> name.equalsIgnoreCase("websocket")).isPresent();
  }

  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  public Request withPath(String newPath) {
    return new Request(method, newPath, query, scheme, host, remote, headers, body, arriving);
  }

  public Request withQuery(String newQuery) {
    return new Request(method, path, newQuery, scheme, host, remote, headers, body, arriving);
  }

  public Request withHeaders(Headers newHeaders) {
    return new Request(method, path, query, scheme, host, remote, newHeaders, body, arriving);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Request r
        && method.equals(r.method)
        && path.equals(r.path)
        && query.equals(r.query)
        && host.equals(r.host)
        && Arrays.equals(body, r.body);
  }

  @Override
  public int hashCode() {
    return path.hashCode() * 31 + Arrays.hashCode(body);
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
