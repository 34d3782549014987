package dev.freehold.postgres.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;

/// Writes to channels and closes them without looking at how it went: a channel that cannot be
/// written breaks, and whoever waits on it is told then.
final class Pipes {
  private Pipes() {}

  @SuppressWarnings("FutureReturnValueIgnored")
  static void send(Channel channel, ByteBuf out) {
    channel.writeAndFlush(out, channel.voidPromise());
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  static void send(ChannelHandlerContext context, ByteBuf out) {
    context.writeAndFlush(out, context.voidPromise());
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  static void close(Channel channel) {
    channel.close();
  }
}
