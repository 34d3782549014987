package dev.freehold;

import dev.freehold.os.DurableFiles;
import dev.freehold.problem.Problem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.util.Optional;

/// Chooses the port apps are served on: the one that was asked for, the one of the last start, or
/// the usual one, or the next that is free. It is kept, because addresses contain it.
record EdgePort(Settings settings) {
  private static final int TRIES = 50;

  int choose() {
    if (settings.port().isPresent()) {
      return settings.port().get() == 0 ? 0 : needed(settings.port().get());
    }
    if (Files.exists(settings.portFile())) {
      return needed(remembered());
    }
    for (int port = Settings.USUAL_PORT; port < Settings.USUAL_PORT + TRIES; port++) {
      if (free(port)) {
        return port;
      }
    }
    return 0;
  }

  void remember(int port) {
    if (!Files.exists(settings.portFile()) || remembered() != port) {
      DurableFiles.write(settings.portFile(), Integer.toString(port));
    }
  }

  private int remembered() {
    try {
      return Integer.parseInt(Files.readString(settings.portFile()).strip());
    } catch (IOException | NumberFormatException e) {
      return Settings.USUAL_PORT;
    }
  }

  private int needed(int port) {
    var why = refusal(port);
    if (why.isPresent() && why.get().contains("in use")) {
      throw Problem.of("port-in-use", "port " + port + " is taken by another program")
          .hint("stop that program, or choose another port with --port")
          .raise();
    }
    if (why.isPresent()) {
      throw Problem.of("address-unusable", "cannot listen on " + settings.listen() + ":" + port)
          .detail(why.get())
          .hint("--listen takes an address of this machine; ports below 1024 need root")
          .raise();
    }
    return port;
  }

  private boolean free(int port) {
    return refusal(port).isEmpty();
  }

  /// Why the port cannot be listened on.
  private Optional<String> refusal(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(settings.listen()), port));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }
}
