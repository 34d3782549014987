package dev.freehold.postgres;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import javax.net.SocketFactory;

/// Gives JDBC sockets to one file, whatever host and port it asks for. The driver makes it by name,
/// see [Database#properties].
public final class UnixSockets extends SocketFactory {
  private final UnixDomainSocketAddress address;

  /// @param file the socket's path
  public UnixSockets(String file) {
    address = UnixDomainSocketAddress.of(Path.of(file));
  }

  @Override
  public Socket createSocket() throws IOException {
    return new UnixSocket(address);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return connected();
  }

  private Socket connected() throws IOException {
    var socket = new UnixSocket(address);
    socket.connect(address);
    return socket;
  }
}
