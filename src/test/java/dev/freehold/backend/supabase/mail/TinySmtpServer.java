package dev.freehold.backend.supabase.mail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/// A mail server of a few words that notes what it hears, for manners no library has.
final class TinySmtpServer implements AutoCloseable {
  /// How it behaves.
  enum Manner {
    STARTTLS,
    PLAIN_ONLY,
    REFUSES,
    DRIPS
  }

  private final Manner manner;
  private final ServerSocket listening;
  private final SSLContext tls;
  private final List<String> heard = new CopyOnWriteArrayList<>();

  TinySmtpServer(Manner manner) throws Exception {
    this.manner = manner;
    this.tls = manner == Manner.STARTTLS ? selfSigned() : SSLContext.getDefault();
    this.listening = new ServerSocket(0, 10, InetAddress.getByName("localhost"));
    Thread.startVirtualThread(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  List<String> heard() {
    return heard;
  }

  private void accept() {
    while (!listening.isClosed()) {
      try (var socket = listening.accept()) {
        talk(socket);
      } catch (IOException e) {
        // The client went, or the test is over.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void talk(Socket first) throws IOException, InterruptedException {
    var socket = first;
    var in = reader(socket);
    var out = socket.getOutputStream();
    if (manner == Manner.DRIPS) {
      for (int i = 0; i < 100; i++) {
        say(out, "220-still greeting");
        Thread.sleep(100);
      }
    }
    say(out, "220 tiny");
    boolean data = false;
    for (var line = in.readLine(); line != null; line = in.readLine()) {
      if (data) {
        data = !line.equals(".");
        if (!data) {
          say(out, "250 taken");
        }
        continue;
      }
      heard.add(line);
      var verb = line.split("[ :]")[0].toUpperCase(Locale.ROOT);
      switch (verb) {
        case "EHLO" -> {
          boolean offers = manner == Manner.STARTTLS && !(socket instanceof SSLSocket);
          say(out, offers ? "250-tiny\r\n250 STARTTLS" : "250-tiny\r\n250 AUTH PLAIN");
        }
        case "STARTTLS" -> {
          say(out, "220 go on");
          var secure = (SSLSocket) tls.getSocketFactory().createSocket(socket, null, true);
          secure.setUseClientMode(false);
          socket = secure;
          in = reader(socket);
          out = socket.getOutputStream();
        }
        case "AUTH" -> say(out, "235 welcome");
        case "RCPT" -> say(out, manner == Manner.REFUSES ? "550 not here" : "250 fine");
        case "DATA" -> {
          say(out, "354 speak");
          data = true;
        }
        case "QUIT" -> {
          say(out, "221 bye");
          return;
        }
        default -> say(out, "250 fine");
      }
    }
  }

  private static BufferedReader reader(Socket socket) throws IOException {
    return new BufferedReader(
        new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
  }

  private static void say(OutputStream out, String line) throws IOException {
    out.write((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
  }

  /// A certificate for localhost that nobody vouches for.
  private static SSLContext selfSigned() throws Exception {
    var folder = dev.freehold.testing.TempFolder.create("fh-tls");
    var file = Path.of(folder.toString(), "key.p12");
    var made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "tiny",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-ext",
                "san=dns:localhost",
                "-storetype",
                "PKCS12",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    made.getInputStream().readAllBytes();
    if (made.waitFor() != 0) {
      throw new IllegalStateException("keytool failed");
    }
    var store = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "changeit".toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
