import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Opens many sockets, joins them to a few channels and broadcasts into these at a steady pace from one more socket.
/// Every delivered message carries when it was sent.
///
///   java benchmark/realtime/Fanout.java ws://127.0.0.1:54321/realtime/v1 ANON_KEY SOCKETS CHANNELS MESSAGES_A_SECOND SECONDS [SERVER_PID]
///
/// Two thirds of the time before it measures, it does the same to warm both sides up. One thread and one selector: the client
/// takes as little of the machine as it can, and says how much that is; with SERVER_PID also what the server takes.
public final class Fanout {
  private static final int FRAME_ROOM = 4_096;
  private static final int OPEN_AT_ONCE = 50;

  private final Selector selector = Selector.open();
  private final InetSocketAddress address;
  private final byte[] handshake;
  private final List<Client> clients = new ArrayList<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(1 << 16);
  private int joined;
  private int wanted;
  private long[] latencies = new long[1 << 20];
  private int delivered;

  private static final class Client {
    SocketChannel channel;
    int topic;
    boolean open;
    ByteBuffer rest = ByteBuffer.allocate(FRAME_ROOM);
  }

  private Fanout(URI base, String key) throws IOException {
    address = new InetSocketAddress(base.getHost(), base.getPort());
    handshake =
        ("GET " + base.getPath() + "/websocket?vsn=2.0.0&apikey=" + key + " HTTP/1.1\r\nHost: " + base.getHost() + ":"
                + base.getPort()
                + "\r\nAuthorization: Bearer " + key
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8);
  }

  public static void main(String[] args) throws IOException {
    var fanout = new Fanout(URI.create(args[0]), args[1]);
    fanout.run(Integer.parseInt(args[2]), Integer.parseInt(args[3]), Double.parseDouble(args[4]), Integer.parseInt(args[5]), args.length > 6 ? Optional.of(args[6]) : Optional.empty());
  }

  private void run(int sockets, int topics, double pace, int seconds, Optional<String> server) throws IOException {
    long began = System.nanoTime();
    for (int i = 0; i <= sockets; i++) {
      open(i % topics);
      while (wanted - joined > OPEN_AT_ONCE) {
        turn(10);
      }
    }
    while (joined < wanted) {
      turn(10);
    }
    System.out.printf("%d sockets joined in %.1f s%n", sockets, (System.nanoTime() - began) / 1e9);
    server.ifPresent(pid -> System.out.printf("server before messages: %s%n", memory(pid)));
    phase("warm-up", topics, pace, Math.max(1, seconds * 2 / 3), server);
    phase("measured", topics, pace, seconds, server);
    server.ifPresent(pid -> System.out.printf("server after messages: %s%n", memory(pid)));
  }

  private void phase(String name, int topics, double pace, int seconds, Optional<String> server) throws IOException {
    long own = ownNanos();
    long its = server.map(Fanout::nanos).orElse(0L);
    long start = System.nanoTime();
    long end = start + seconds * 1_000_000_000L;
    int sent = 0;
    delivered = 0;
    while (System.nanoTime() < end) {
      while (System.nanoTime() - start > sent / pace * 1e9) {
        send(clients.get(sent % topics), broadcast(sent % topics));
        sent++;
      }
      turn(1);
    }
    int expected = delivered;
    double took = (System.nanoTime() - start) / 1e9;
    double ownShare = (ownNanos() - own) / took / 1e7;
    double itsShare = (server.map(Fanout::nanos).orElse(0L) - its) / took / 1e7;
    for (int quiet = 0; quiet < 50; quiet++) {
      int before = delivered;
      turn(10);
      quiet = delivered > before ? 0 : quiet;
    }
    var sorted = Arrays.copyOf(latencies, Math.min(delivered, latencies.length));
    Arrays.sort(sorted);
    System.out.printf(
        "%s: %d sent, %d delivered, %.0f delivered/s, p50 %.1f ms, p99 %.1f ms, max %.1f ms (%d after the end); of one core: client %.0f %%, server %.0f %%%n",
        name, sent, delivered, expected / took, at(sorted, 0.5), at(sorted, 0.99), at(sorted, 1), delivered - expected, ownShare, itsShare);
  }

  private static long ownNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  private static long nanos(String pid) {
    try {
      var fields = Files.readString(Path.of("/proc", pid, "stat")).replaceFirst("^.*\\) ", "").split(" ");
      return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) * 10_000_000L;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String memory(String pid) {
    try (var lines = Files.lines(Path.of("/proc", pid, "status"))) {
      return lines.filter(line -> line.startsWith("VmRSS")).findFirst().orElse("").replaceAll("\\s+", " ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double at(long[] sorted, double share) {
    return sorted.length == 0 ? 0 : sorted[(int) Math.min(sorted.length - 1L, (long) (sorted.length * share))] / 1e6;
  }

  private void open(int topic) throws IOException {
    var client = new Client();
    client.topic = topic;
    client.channel = SocketChannel.open();
    client.channel.connect(address);
    client.channel.write(ByteBuffer.wrap(handshake));
    client.channel.configureBlocking(false);
    client.channel.register(selector, SelectionKey.OP_READ, client);
    clients.add(client);
    wanted++;
  }

  private void turn(long millis) throws IOException {
    selector.select(millis);
    for (var key : selector.selectedKeys()) {
      var client = (Client) key.attachment();
      in.clear();
      int read = client.channel.read(in);
      if (read < 0) {
        throw new IOException("a socket was closed");
      }
      in.flip();
      while (in.hasRemaining()) {
        int room = Math.min(in.remaining(), client.rest.remaining());
        client.rest.put(in.slice(in.position(), room));
        in.position(in.position() + room);
        take(client);
      }
    }
    selector.selectedKeys().clear();
  }

  private void take(Client client) throws IOException {
    var rest = client.rest.flip();
    if (!client.open) {
      var text = StandardCharsets.ISO_8859_1.decode(rest.duplicate()).toString();
      int head = text.indexOf("\r\n\r\n");
      if (head < 0) {
        rest.compact();
        return;
      }
      if (!text.startsWith("HTTP/1.1 101")) {
        throw new IOException(text);
      }
      client.open = true;
      rest.position(head + 4);
      send(client, text("[\"1\",\"1\",\"realtime:bench" + client.topic + "\",\"phx_join\",{\"config\":{}}]"));
    }
    while (rest.remaining() >= 2) {
      int length = rest.get(rest.position() + 1);
      int headBytes = length == 126 ? 4 : 2;
      if (rest.remaining() < headBytes) {
        break;
      }
      length = length == 126 ? Short.toUnsignedInt(rest.getShort(rest.position() + 2)) : length;
      if (rest.remaining() < headBytes + length) {
        break;
      }
      int first = rest.get(rest.position());
      rest.position(rest.position() + headBytes);
      frame(first & 0x0f, rest.slice(rest.position(), length));
      rest.position(rest.position() + length);
    }
    rest.compact();
  }

  private void frame(int kind, ByteBuffer payload) {
    if (kind == 1) {
      joined++;
    } else if (kind == 2) {
      long sentAt = Long.parseLong(StandardCharsets.US_ASCII.decode(payload.slice(payload.limit() - 220, 19)).toString());
      if (delivered < latencies.length) {
        latencies[delivered] = System.nanoTime() - sentAt;
      }
      delivered++;
    }
  }

  private static byte[] text(String text) {
    return masked(0x81, text.getBytes(StandardCharsets.UTF_8));
  }

  /// A binary broadcast of about 250 bytes: when it was sent, and filling.
  private static byte[] broadcast(int topic) {
    var name = "realtime:bench" + topic;
    var payload = "%019d".formatted(System.nanoTime()) + "x".repeat(201);
    var out = ByteBuffer.allocate(512);
    out.put((byte) 3).put((byte) 1).put((byte) 1).put((byte) name.length()).put((byte) 1).put((byte) 0).put((byte) 0);
    out.put(("12" + name + "e" + payload).getBytes(StandardCharsets.UTF_8));
    return masked(0x82, Arrays.copyOf(out.array(), out.position()));
  }

  private static byte[] masked(int first, byte[] payload) {
    var out = ByteBuffer.allocate(payload.length + 8);
    out.put((byte) first);
    if (payload.length < 126) {
      out.put((byte) (0x80 | payload.length));
    } else {
      out.put((byte) (0x80 | 126)).putShort((short) payload.length);
    }
    out.putInt(0).put(payload);
    return Arrays.copyOf(out.array(), out.position());
  }

  private static void send(Client client, byte[] frame) throws IOException {
    var out = ByteBuffer.wrap(frame);
    while (out.hasRemaining()) {
      client.channel.write(out);
    }
  }
}
