package dev.freehold.testing;

import dev.freehold.postgres.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// `freehold backend` as a process of its own, with the demo keys, on a port that stays the same
/// when it is killed and started again.
public final class BackendProcess implements AutoCloseable {
  /// The keys that the Supabase CLI's local stack has, known to everyone.
  public static final String ANON_KEY =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJzdXBhYmFzZS1kZW1vIiwicm9sZSI6ImFub24iLCJl"
          + "eHAiOjE5ODM4MTI5OTZ9.CRXP1A7WOeoJeXxjNni43kdQwgnWNReilDMblYTn_I0";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path config;
  private final Path log;
  private final int port;
  private Process process;

  private BackendProcess(Path config, int port, Process process) {
    this.config = config;
    this.log = log(config);
    this.port = port;
    this.process = process;
  }

  /// Starts one over a database, and waits until it serves.
  ///
  /// @param folder where its settings and its log lie
  /// @param more lines of settings
  public static BackendProcess start(Path folder, Database database, String more) {
    try {
      int port = freePort();
      var config =
          Files.writeString(
              Files.createTempFile(folder, "backend", ".conf"),
              """
              db-uri = "postgresql://%s:%s@%s:%d/%s"
              port = %d
              demo-keys = true
              mailer-autoconfirm = true
              """
                      .formatted(
                          database.user(),
                          database.password(),
                          database.host(),
                          database.port(),
                          database.name(),
                          port)
                  + more);
      var backend = new BackendProcess(config, port, launched(config));
      backend.await();
      return backend;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Path log(Path config) {
    return config.resolveSibling(config.getFileName() + ".log");
  }

  private static Process launched(Path config) throws IOException {
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:+UseCompactObjectHeaders",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.freehold.Main",
                "backend",
                config.toString()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(config).toFile()))
        .start();
  }

  /// Started again after an end, on the same port.
  public void startAgain() {
    try {
      Files.writeString(log, "");
      process = launched(config);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    await();
  }

  private void await() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!said().contains("listening on port")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new AssertionError(said());
      }
      sleep(20);
    }
  }

  /// `kill -9`.
  public void kill() {
    process.destroyForcibly();
    ended();
  }

  /// Ends it as `systemctl stop` does.
  public void end() {
    process.destroy();
    ended();
  }

  private void ended() {
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  public String address() {
    return "http://127.0.0.1:" + port;
  }

  /// What it has said since it was last started.
  public String said() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    kill();
  }
}
