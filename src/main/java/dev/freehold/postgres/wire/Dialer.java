package dev.freehold.postgres.wire;

import dev.freehold.postgres.Database;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Opens connections, all on one event loop of this process: what it does for a request is a few
/// microseconds of copying.
final class Dialer {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final EventLoopGroup LOOP =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().daemon().name("postgres-wire").factory(),
          EpollIoHandler.newFactory());

  private Dialer() {}

  static EventLoopGroup loop() {
    return LOOP;
  }

  /// Connects and logs in, blocking.
  ///
  /// @param shared batches of several callers will follow one another on it
  /// @throws PostgresException when the server cannot be reached or refuses
  static Connection dial(Database database, boolean shared, Connection.Owner owner) {
    var ready = new CompletableFuture<ChannelHandlerContext>();
    var adopted =
        ready.thenApply(context -> {
          var connection = new Connection(context.channel(), shared, owner);
          context.pipeline().replace(context.handler(), "wire", connection);
          return connection;
        });
    var address = address(database);
    var bootstrap =
        new Bootstrap()
            .group(LOOP)
            .channel(
                address instanceof DomainSocketAddress
                    ? EpollDomainSocketChannel.class
                    : EpollSocketChannel.class)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TIMEOUT.toMillis())
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new Login(database, local(address), ready));
                  }
                });
    if (address instanceof InetSocketAddress) {
      bootstrap.option(ChannelOption.TCP_NODELAY, true).option(ChannelOption.SO_KEEPALIVE, true);
    }
    var connecting = bootstrap.connect(address);
    connecting.addListener(done -> {
      if (!done.isSuccess()) {
        ready.completeExceptionally(done.cause());
      }
    });
    try {
      return adopted.get(2 * TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      Pipes.close(connecting.channel());
      var cause = e.getCause();
      if (cause instanceof PostgresException refused) {
        throw refused;
      }
      throw unreachable(cause == null ? e : cause);
    } catch (TimeoutException e) {
      Pipes.close(connecting.channel());
      throw unreachable(new TimeoutException("the login took too long"));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      Pipes.close(connecting.channel());
      throw unreachable(e);
    }
  }

  private static SocketAddress address(Database database) {
    if (database.onSocket()) {
      return new DomainSocketAddress(database.host() + "/.s.PGSQL." + database.port());
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(database.host()), database.port());
    } catch (UnknownHostException e) {
      throw unreachable(e);
    }
  }

  private static boolean local(SocketAddress address) {
    return !(address instanceof InetSocketAddress internet)
        || internet.getAddress().isLoopbackAddress();
  }

  private static PostgresException unreachable(Throwable cause) {
    var message = cause.getMessage();
    return new PostgresException(
        new PostgresFailure.Unreachable(message == null ? cause.toString() : message));
  }
}
