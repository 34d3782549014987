package dev.freehold.backend.supabase.rest.standalone;

import static dev.freehold.backend.supabase.rest.config.ConfigOption.*;

import dev.freehold.backend.supabase.rest.config.Configuration;
import dev.freehold.http.Handler;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.Limits;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.Listener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;

/// Where the server listens: a TCP port or a Unix socket, and beside it the admin server's port.
final class Listening {
  /// Request lines are longer here than a browser's: filters stand in them.
  private static final int MAX_TARGET_BYTES = 64 * 1024;

  private static final int MAX_BODY_BYTES = 64 << 20;

  private Listening() {}

  static Listener main(HttpEngine http, Configuration configuration, Handler handler) {
    var socket = configuration.text(SERVER_UNIX_SOCKET);
    if (socket.isEmpty()) {
      var port = (int) configuration.number(SERVER_PORT).orElse(0);
      return http.listen(tcp(configuration.text(SERVER_HOST), port), handler);
    }
    var path = Path.of(socket);
    var listener = http.listen(ListenSpec.unix(path).with(limits()), handler);
    try {
      var mode = Integer.parseInt(configuration.text(SERVER_UNIX_SOCKET_MODE), 8);
      Files.setPosixFilePermissions(path, permissions(mode));
      return listener;
    } catch (IOException e) {
      listener.close();
      throw new UncheckedIOException(e);
    }
  }

  static Optional<Listener> admin(HttpEngine http, Configuration configuration, Handler handler) {
    var port = configuration.number(ADMIN_SERVER_PORT);
    return port.isEmpty()
        ? Optional.empty()
        : Optional.of(
            http.listen(
                tcp(configuration.text(ADMIN_SERVER_HOST), (int) port.getAsLong()), handler));
  }

  /// Whether somebody who connects gets through.
  static boolean reachable(Configuration configuration, Listener listener) {
    var socket = configuration.text(SERVER_UNIX_SOCKET);
    var host = host(configuration.text(SERVER_HOST));
    SocketAddress address =
        socket.isEmpty()
            ? new InetSocketAddress(
                host.equals("0.0.0.0") ? "127.0.0.1" : host.equals("::") ? "::1" : host,
                listener.port())
            : UnixDomainSocketAddress.of(socket);
    try (var channel = SocketChannel.open(address)) {
      return channel.isConnected();
    } catch (IOException | UnresolvedAddressException e) {
      return false;
    }
  }

  /// For a person.
  static String address(Configuration configuration, Listener listener) {
    var socket = configuration.text(SERVER_UNIX_SOCKET);
    return socket.isEmpty()
        ? host(configuration.text(SERVER_HOST)) + ":" + listener.port()
        : socket;
  }

  private static ListenSpec tcp(String host, int port) {
    return ListenSpec.tcp(host(host), port).with(limits());
  }

  private static Limits limits() {
    var usual = Limits.DEFAULT;
    return new Limits(
        MAX_BODY_BYTES,
        2 * MAX_TARGET_BYTES,
        MAX_TARGET_BYTES,
        usual.maxInFlight(),
        usual.maxConnections(),
        usual.idle());
  }

  /// PostgREST's words for every address of this machine, by IP version.
  private static String host(String word) {
    return switch (word) {
      case "*", "*4", "!4" -> "0.0.0.0";
      case "*6", "!6" -> "::";
      default -> word;
    };
  }

  private static EnumSet<PosixFilePermission> permissions(int mode) {
    var all = PosixFilePermission.values();
    var set = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < all.length; i++) {
      // The enum lists them as the bits do, from the owner's reading down.
      if ((mode & (1 << (all.length - 1 - i))) != 0) {
        set.add(all[i]);
      }
    }
    return set;
  }
}
