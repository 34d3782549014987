package dev.freehold.http;

/// A handler that is given a request before its body is read: to stream both ways, or to change the
/// protocol. Runs on a virtual thread and may block; the body waits meanwhile.
///
/// It ends an exchange by [Exchange#answer] or by handing it to a [SocketRelay].
public interface StreamHandler extends Handler {
  /// @param head the request without its body; its path is what follows the mount's prefix
  void stream(Exchange exchange, Request head);

  /// Never asked: whoever runs handlers calls [#stream].
  @Override
  default Response handle(Request request) {
    throw new IllegalStateException("a streamed request was read whole");
  }
}
