package dev.freehold.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.util.concurrent.TimeUnit;

/// Closes a connection whose client is silent: between requests, inside a head (a head that drips
/// in is silence, for nothing whole arrives), inside a body, or not reading its answer. A
/// connection that waits for us is left alone: how long an answer may take is its handler's matter.
final class ConnectionGuard extends IdleStateHandler {
  private int answersOwed;
  private boolean bodyOpen;
  private boolean givenUp;

  ConnectionGuard(long idleMillis) {
    super(true, 0, 0, idleMillis, TimeUnit.MILLISECONDS);
  }

  /// No further request of this connection is to be answered.
  void giveUp() {
    givenUp = true;
  }

  boolean isGivenUp() {
    return givenUp;
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
    if (message instanceof HttpRequest) {
      answersOwed++;
      bodyOpen = true;
    }
    if (message instanceof LastHttpContent) {
      bodyOpen = false;
    }
    super.channelRead(context, message);
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise)
      throws Exception {
    boolean interim = message instanceof HttpResponse answer && answer.status().code() < 200;
    if (message instanceof LastHttpContent && !interim) {
      answersOwed--;
    }
    super.write(context, message, promise);
  }

  @Override
  protected void channelIdle(ChannelHandlerContext context, IdleStateEvent event) {
    var waiting = context.channel().unsafe().outboundBuffer();
    boolean clientDoesNotRead = waiting != null && !waiting.isEmpty();
    if (answersOwed <= 0 || bodyOpen || clientDoesNotRead) {
      var unusedNobodyWaits = context.close();
    }
  }
}
