package dev.freehold.build;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/// The only way out of a build's sandbox: an HTTP proxy on a Unix socket that connects to hosts on
/// a list, and to no other. What it refuses it names once in the log.
///
/// It knows `CONNECT host:port` (for `https`) and whole addresses in the request line (for `http`),
/// RFC 9110 §9.3.6 and RFC 9112 §3.2.2, and looks at nothing that is sent after the head.
final class RegistryGate implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 256;
  private static final int MAX_HEAD_BYTES = 32 << 10;
  private static final int CHUNK_BYTES = 1 << 15;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
  private static final String ANYBODY = "rw-rw-rw-";

  private final ServerSocketChannel listener;
  private final Set<String> allowed;
  private final Set<String> imported;
  private final Consumer<String> log;
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final Set<SocketChannel> clients = ConcurrentHashMap.newKeySet();
  private final Semaphore room = new Semaphore(MAX_CONNECTIONS);

  private RegistryGate(
      ServerSocketChannel listener,
      Set<String> allowed,
      Set<String> imported,
      Consumer<String> log) {
    this.listener = listener;
    this.allowed = allowed;
    this.imported = imported;
    this.log = log;
  }

  /// Opens the gate at that socket.
  ///
  /// @param socket at most 100 bytes long, as the kernel limits it
  /// @param allowed `host:port`, in lower case
  /// @param imported further ones, named by the app's own code: only where they lead to a public
  ///   address, for the code may name the owner's router as well as a CDN
  static RegistryGate open(
      Path socket, Set<String> allowed, Set<String> imported, Consumer<String> log) {
    try {
      var listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(socket));
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(ANYBODY));
      var gate = new RegistryGate(listener, allowed, imported, log);
      Thread.ofVirtual().name("freehold-gate").start(gate::accept);
      return gate;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closeQuietly(listener);
    clients.forEach(RegistryGate::closeQuietly);
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        var client = listener.accept();
        if (!room.tryAcquire()) {
          closeQuietly(client);
          continue;
        }
        clients.add(client);
        Thread.ofVirtual().name("freehold-gate-client").start(() -> serve(client));
      } catch (ClosedChannelException e) {
        return;
      } catch (IOException e) {
        log.accept("the registry gate could not take a connection: " + e.getMessage());
      }
    }
  }

  private void serve(SocketChannel client) {
    try (client) {
      var in = Channels.newInputStream(client);
      var out = Channels.newOutputStream(client);
      var head = head(in);
      var words = head.lines().findFirst().orElse("").split(" ");
      if (words.length != 3) {
        answer(out, "400 Bad Request");
      } else if (words[0].equals("CONNECT")) {
        tunnel(client, in, out, words[1]);
      } else {
        forward(client, in, out, words, head);
      }
    } catch (IOException | IllegalArgumentException e) {
      // The connection is broken: both sides notice, and the package manager tries again.
      return;
    } finally {
      clients.remove(client);
      room.release();
    }
  }

  private void tunnel(SocketChannel client, InputStream in, OutputStream out, String authority)
      throws IOException {
    var address = URI.create("https://" + authority);
    if (!mayReach(address, out)) {
      return;
    }
    try (var upstream = reached(address, out)) {
      answer(out, "200 Connection Established");
      pump(client, in, out, upstream);
    }
  }

  private void forward(
      SocketChannel client, InputStream in, OutputStream out, String[] words, String head)
      throws IOException {
    var address = URI.create(words[1]);
    if (!"http".equals(address.getScheme()) || !mayReach(address, out)) {
      return;
    }
    var path = address.getRawPath().isEmpty() ? "/" : address.getRawPath();
    var query = address.getRawQuery() == null ? "" : "?" + address.getRawQuery();
    var text = new StringBuilder(words[0] + " " + path + query + " HTTP/1.1\r\n");
    head.lines()
        .skip(1)
        .filter(line -> !line.isEmpty() && !line.toLowerCase(Locale.ROOT).contains("connection:"))
        .forEach(line -> text.append(line).append("\r\n"));
    text.append("Connection: close\r\n\r\n");
    try (var upstream = reached(address, out)) {
      upstream.getOutputStream().write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
      pump(client, in, out, upstream);
    }
  }

  private boolean mayReach(URI address, OutputStream out) throws IOException {
    var host = address.getHost();
    if (host == null) {
      answer(out, "400 Bad Request");
      return false;
    }
    var name = host.toLowerCase(Locale.ROOT) + ":" + port(address);
    if (allowed.contains(name) || imported.contains(name)) {
      return true;
    }
    if (refused.size() < MAX_CONNECTIONS && refused.add(name)) {
      log.accept("refused: the build asked for " + name + ", which is not on its list of hosts");
    }
    answer(out, "403 Forbidden");
    return false;
  }

  private Socket reached(URI address, OutputStream out) throws IOException {
    try {
      return connect(address);
    } catch (IOException e) {
      log.accept("could not reach " + address.getHost() + ": " + e.getMessage());
      answer(out, "502 Bad Gateway");
      throw e;
    }
  }

  private boolean mustBePublic(URI address) {
    return !allowed.contains(address.getHost().toLowerCase(Locale.ROOT) + ":" + port(address));
  }

  private static void refusePrivate(InetSocketAddress target) throws IOException {
    var found = target.getAddress();
    if (found != null
        && (found.isLoopbackAddress()
            || found.isLinkLocalAddress()
            || found.isSiteLocalAddress()
            || found.isAnyLocalAddress()
            || isUniqueLocal(found))) {
      throw new IOException("it is no public address");
    }
  }

  /// `fc00::/7`, which Java has no name for.
  private static boolean isUniqueLocal(InetAddress address) {
    var bytes = address.getAddress();
    return bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
  }

  private Socket connect(URI address) throws IOException {
    var asked = URI.create(address.getScheme() + "://" + address.getHost() + "/");
    var selector = ProxySelector.getDefault();
    var proxy =
        selector == null
            ? Proxy.NO_PROXY
            : selector.select(asked).stream()
                .filter(p -> p.type() != Proxy.Type.DIRECT)
                .findFirst()
                .orElse(Proxy.NO_PROXY);
    var host = address.getHost().replaceAll("^\\[|\\]$", "");
    var target =
        proxy.type() == Proxy.Type.DIRECT
            ? new InetSocketAddress(host, port(address))
            : InetSocketAddress.createUnresolved(host, port(address));
    if (mustBePublic(address)) {
      refusePrivate(target);
    }
    var socket = new Socket(proxy);
    try {
      socket.connect(target, (int) CONNECT_TIMEOUT.toMillis());
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private static int port(URI address) {
    if (address.getPort() >= 0) {
      return address.getPort();
    }
    return "https".equals(address.getScheme()) ? 443 : 80;
  }

  /// Carries bytes both ways until both sides have ended.
  private static void pump(SocketChannel client, InputStream in, OutputStream out, Socket upstream)
      throws IOException {
    var up =
        Thread.ofVirtual()
            .name("freehold-gate-up")
            .start(() -> {
              try {
                copy(in, upstream.getOutputStream());
                upstream.shutdownOutput();
              } catch (IOException e) {
                closeQuietly(upstream);
              }
            });
    try {
      copy(upstream.getInputStream(), out);
    } finally {
      closeQuietly(client);
      closeQuietly(upstream);
      joinQuietly(up);
    }
  }

  private static void copy(InputStream from, OutputStream to) throws IOException {
    var chunk = new byte[CHUNK_BYTES];
    for (int read = from.read(chunk); read >= 0; read = from.read(chunk)) {
      to.write(chunk, 0, read);
      to.flush();
    }
  }

  /// The request line and header lines, up to the empty line, byte by byte: what follows them is
  /// not ours.
  private static String head(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    for (int ends = 0; ends < 2; ) {
      int next = in.read();
      if (next < 0 || bytes.size() == MAX_HEAD_BYTES) {
        throw new IOException("no whole request");
      }
      bytes.write(next);
      if (next == '\n') {
        ends++;
      } else if (next != '\r') {
        ends = 0;
      }
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static void answer(OutputStream out, String status) throws IOException {
    var length = status.startsWith("200") ? "" : "Content-Length: 0\r\nConnection: close\r\n";
    out.write(
        ("HTTP/1.1 " + status + "\r\n" + length + "\r\n").getBytes(StandardCharsets.US_ASCII));
  }

  private static void closeQuietly(AutoCloseable open) {
    try {
      open.close();
    } catch (Exception e) {
      return; // It is gone either way.
    }
  }

  private static void joinQuietly(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
