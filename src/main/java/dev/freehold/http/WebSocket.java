package dev.freehold.http;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// An open WebSocket (RFC 6455). Messages in pieces are put together, pings answered, the closing
/// handshake kept. Everything of a socket happens on its event loop; only [#loop] may be asked from
/// elsewhere.
public final class WebSocket {
  /// How long a client may take to answer our closing, or to read what was sent before.
  private static final long CLOSE_PATIENCE_MS = 2_000;

  private static final int PROTOCOL_ERROR = 1002;
  private static final int TOO_BIG = 1009;
  private static final int MAX_REASON_BYTES = 123;

  /// Takes a socket that was opened. On its event loop: it may not wait.
  @FunctionalInterface
  public interface Opener {
    Receiver opened(WebSocket socket);
  }

  /// Hears what comes on a socket. On its event loop: it may not wait.
  public interface Receiver {
    /// @param utf8 a text message; whoever reads it finds out whether it is UTF-8
    void text(byte[] utf8);

    void binary(byte[] message);

    /// Nothing comes any more and nothing can be sent. Called once.
    void closed();
  }

  private final Channel channel;
  private final Runnable flush;
  private boolean flushing;
  private boolean closing;
  private boolean closed;

  WebSocket(Channel channel) {
    this.channel = channel;
    this.flush = this::flushNow;
  }

  /// Takes the connection from the engine, which would keep several kilobytes for each.
  void open(NetSocket connection, Body.Socket agreed) {
    var receiver = agreed.opener().opened(this);
    var config =
        WebSocketDecoderConfig.newBuilder()
            .expectMaskedFrames(true)
            .allowExtensions(false)
            .maxFramePayloadLength(agreed.maxMessageBytes())
            .closeOnProtocolViolation(false)
            .build();
    channel
        .pipeline()
        .addBefore("handler", "ws-decoder", new WebSocket13FrameDecoder(config))
        .addBefore("handler", "ws-whole", new WebSocketFrameAggregator(agreed.maxMessageBytes()))
        .addBefore("handler", "ws", new Frames(receiver));
    var unusedNeverFails =
        channel
            .closeFuture()
            .addListener(gone -> {
              closing = true;
              closed = true;
              receiver.closed();
            });
    // What the engine read before the decoder stood there.
    connection.handler(
        early -> channel.pipeline().fireChannelRead(Unpooled.wrappedBuffer(early.getBytes())));
    connection.exceptionHandler(broken -> cut());
    connection.resume();
    channel.eventLoop().execute(this::leaveEngine);
  }

  private void leaveEngine() {
    if (channel.pipeline().get("handler") != null) {
      channel.pipeline().remove("handler");
      channel.config().setAutoRead(true);
    }
  }

  /// Where this socket may be touched. Sockets of one event loop have the same.
  public Executor loop() {
    return channel.eventLoop();
  }

  /// Sends a message. Those of one turn of the event loop go out together.
  public void send(Frame frame) {
    if (closing) {
      return;
    }
    write(frame.once());
  }

  private void write(Object encoded) {
    // What fails is told to the pipeline, which closes the channel.
    var unused = channel.write(encoded, channel.voidPromise());
    if (!flushing) {
      flushing = true;
      channel.eventLoop().execute(flush);
    }
  }

  private void flushNow() {
    flushing = false;
    channel.flush();
  }

  /// Bytes that the client has not taken yet.
  public long pendingBytes() {
    var waiting = channel.unsafe().outboundBuffer();
    return waiting == null ? 0 : waiting.totalPendingWriteBytes();
  }

  /// Whether it can no longer be sent to.
  public boolean over() {
    return closing;
  }

  /// Says good-bye with a status code and a reason (RFC 6455 §7.4), and ends the connection when
  /// the client has answered, or has not in time.
  public void close(int code, String reason) {
    if (closing) {
      return;
    }
    closing = true;
    var said = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(said.length, MAX_REASON_BYTES);
    var frame = Unpooled.buffer(4 + length).writeByte(0x88).writeByte(2 + length).writeShort(code);
    write(frame.writeBytes(said, 0, length));
    var unused = channel.eventLoop().schedule(this::cut, CLOSE_PATIENCE_MS, TimeUnit.MILLISECONDS);
  }

  /// Ends the connection at once, whatever still waits to be sent on it.
  public void cut() {
    closing = true;
    if (closed) {
      return;
    }
    var head = channel.pipeline().firstContext();
    if (head != null) {
      var unusedNobodyWaits = head.close();
    }
  }

  private final class Frames extends SimpleChannelInboundHandler<WebSocketFrame> {
    private final Receiver receiver;

    Frames(Receiver receiver) {
      this.receiver = receiver;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
      switch (frame) {
        case TextWebSocketFrame text when !closing -> receiver.text(bytes(text));
        case BinaryWebSocketFrame binary when !closing -> receiver.binary(bytes(binary));
        case PingWebSocketFrame ping when !closing -> pong(ping);
        case CloseWebSocketFrame close -> answered(close);
        default -> {}
      }
    }

    private static byte[] bytes(WebSocketFrame frame) {
      var bytes = new byte[frame.content().readableBytes()];
      frame.content().readBytes(bytes);
      return bytes;
    }

    private void pong(PingWebSocketFrame ping) {
      int length = ping.content().readableBytes();
      var pong = Unpooled.buffer(2 + length).writeByte(0x8a).writeByte(length);
      write(pong.writeBytes(ping.content()));
    }

    /// The client ends the socket, or agrees to our ending it.
    private void answered(CloseWebSocketFrame close) {
      if (!closing) {
        int code = close.statusCode();
        WebSocket.this.close(code < 0 ? 1000 : code, "");
      }
      channel.eventLoop().execute(WebSocket.this::cut);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
      switch (broken) {
        case TooLongFrameException _ -> close(TOO_BIG, "the message is too big");
        case CorruptedWebSocketFrameException bad -> close(bad.closeStatus().code(), "");
        case CorruptedFrameException _ -> close(PROTOCOL_ERROR, "");
        default -> cut();
      }
    }
  }
}
