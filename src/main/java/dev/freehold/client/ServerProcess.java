package dev.freehold.client;

import dev.freehold.problem.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Starts the server in the background, once, and waits until it answers.
public final class ServerProcess {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
  private static final int POLL_MILLIS = 20;
  private static final int LAST_LINES = 15;

  private final DataFolder data;
  private final ControlClient client;

  public ServerProcess(DataFolder data, ControlClient client) {
    this.data = data;
    this.client = client;
  }

  /// Makes sure that a server answers.
  ///
  /// @param options what `freehold up --foreground` is to be told
  /// @return whether this call started it
  public boolean ensure(List<String> options) {
    if (client.serverAnswers()) {
      return false;
    }
    var words = new ArrayList<String>();
    words.add("setsid");
    words.addAll(self());
    words.addAll(List.of("up", "--foreground", "--data", data.path().toString()));
    words.addAll(options);
    try {
      Files.createDirectories(data.path().resolve("logs"));
      var process =
          new ProcessBuilder(words)
              .directory(new File("/"))
              .redirectInput(new File("/dev/null"))
              .redirectOutput(data.console().toFile())
              .redirectErrorStream(true)
              .start();
      await(process);
      return true;
    } catch (IOException e) {
      throw Problem.of("server-not-started", "the server could not be started")
          .detail(String.valueOf(e.getMessage()))
          .raise(e);
    }
  }

  /// Waits until the server that was told to end is gone, with its apps and databases.
  public static void awaitEnd(long pid, DataFolder data) {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
      if (System.nanoTime() > deadline) {
        throw Problem.of("server-still-running", "the server did not end in time")
            .hint("its log: " + data.console())
            .raise();
      }
      pause();
    }
  }

  /// The words that start this very program again.
  private static List<String> self() {
    var java = ProcessHandle.current().info().command().orElse("java");
    var words = new ArrayList<String>();
    words.add(java);
    words.addAll(ServerFlags.jvm());
    words.addAll(List.of("-cp", classPath(), "dev.freehold.Main"));
    return words;
  }

  /// Where we were loaded from, as seen from any folder.
  private static String classPath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> Path.of(entry).toAbsolutePath().toString())
        .collect(Collectors.joining(File.pathSeparator));
  }

  private void await(Process process) throws IOException {
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    while (!client.serverAnswers()) {
      if (process.isAlive() && System.nanoTime() > deadline) {
        throw Problem.of("server-not-started", "the server is still bringing its apps back")
            .hint("wait for it: freehold status; its log: " + data.console())
            .raise();
      }
      if (!process.isAlive()) {
        var lines =
            Files.exists(data.console()) ? Files.readAllLines(data.console()) : List.<String>of();
        throw Problem.of("server-not-started", "the server ended before it answered")
            .detail(
                String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size())))
            .hint("its whole log: " + data.console())
            .raise();
      }
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Problem.of("interrupted", "interrupted while waiting for the server").raise(e);
    }
  }
}
