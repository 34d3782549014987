package dev.freehold.os;

import dev.freehold.problem.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Runs [Command]s: to their end within their time, or kept running.
public final class Commands {
  /// How much of each output stream is kept; what came before is dropped.
  public static final int MAX_OUTPUT_BYTES = 1 << 20;

  private static final int MAX_LINE_BYTES = 16 << 10;
  private static final long READ_OUT_MS = 3_000;

  private Commands() {}

  /// Runs to the end, or kills the whole tree when the time is over or we are interrupted.
  public static Outcome run(Command command) {
    var process = start(command, false);
    var out = new Tail();
    var err = new Tail();
    var reading =
        CompletableFuture.allOf(
            read(process.getInputStream(), out::add), read(process.getErrorStream(), err::add));
    boolean ended = await(process, command);
    readOut(reading);
    return new Outcome(process.exitValue(), out.text(), err.text(), !ended);
  }

  /// As [#run], handing each line of both streams to the listener as it comes. The Outcome's texts
  /// hold the tail of both streams together.
  public static Outcome run(Command command, Consumer<String> line) {
    var process = start(command, true);
    var tail = new Tail();
    var reading =
        read(
            process.getInputStream(),
            text -> {
              tail.add(text);
              line.accept(text);
            });
    boolean ended = await(process, command);
    readOut(reading);
    return new Outcome(process.exitValue(), tail.text(), "", !ended);
  }

  /// Starts a process that is to be kept running; each line of both its streams goes to the
  /// listener. The caller owns it: stop it with [Running#stop].
  public static Running start(Command command, Consumer<String> line) {
    var process = start(command, true);
    return new Running(process, read(process.getInputStream(), line));
  }

  /// Starts a process that outlives us, in a session of its own: neither our end nor a signal to
  /// our terminal reaches it. Both its streams are appended to the file. Whoever starts it must be
  /// able to find it again.
  public static ProcessHandle startDetached(Command command, Path output) {
    var argv = new ArrayList<>(List.of("setsid"));
    argv.addAll(command.argv());
    var builder = new ProcessBuilder(argv).redirectErrorStream(true);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()));
    builder.directory(command.folder().toFile());
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    try {
      return Spawner.start(builder).toHandle();
    } catch (IOException e) {
      throw notStarted(command, e);
    }
  }

  /// Whether the command can be started and exits with 0.
  public static boolean succeeds(Command command) {
    try {
      return run(command).ok();
    } catch (dev.freehold.problem.ProblemException e) {
      return false;
    }
  }

  private static Process start(Command command, boolean together) {
    var argv = command.jail().map(jail -> Sandbox.wrap(command, jail)).orElse(command.argv());
    var builder = new ProcessBuilder(argv).redirectErrorStream(together);
    if (command.jail().isEmpty() || !Sandbox.available()) {
      builder.directory(command.folder().toFile());
    }
    builder.environment().clear();
    builder.environment().putAll(command.environment());
    try {
      var process = Spawner.start(builder);
      command.jail().ifPresent(jail -> ControlGroup.join(process, jail.limits()));
      release(process, command);
      return process;
    } catch (IOException e) {
      throw notStarted(command, e);
    }
  }

  private static RuntimeException notStarted(Command command, IOException cause) {
    return Problem.of("command-not-started", "could not start " + command.argv().getFirst())
        .detail(String.valueOf(cause.getMessage()))
        .raise(cause);
  }

  /// A jailed command waits at its standard input until it is held by its limits (see [Sandbox]):
  /// so nothing of it can run, or multiply, before.
  private static void release(Process process, Command command) {
    try (var in = process.getOutputStream()) {
      if (command.jail().isPresent() && Sandbox.waits()) {
        in.write('\n');
      }
    } catch (IOException e) {
      // It has ended already, for a reason that its exit status and last words tell.
      return;
    }
  }

  private static boolean await(Process process, Command command) {
    try {
      if (process.waitFor(command.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
        return true;
      }
      Running.killTree(process);
      process.waitFor();
      return false;
    } catch (InterruptedException e) {
      Running.killTree(process);
      process.onExit().join();
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static CompletableFuture<Void> read(InputStream stream, Consumer<String> line) {
    return CompletableFuture.runAsync(() -> lines(stream, line), Reader.EACH);
  }

  /// Waits for the last lines of a process that has ended; not for a child it left behind, which
  /// holds its streams open for as long as it likes.
  private static void readOut(CompletableFuture<Void> reading) {
    var unused = reading.completeOnTimeout(null, READ_OUT_MS, TimeUnit.MILLISECONDS).join();
  }

  private static void lines(InputStream stream, Consumer<String> line) {
    var buffer = new byte[MAX_LINE_BYTES];
    int length = 0;
    try (stream) {
      var chunk = new byte[8_192];
      for (int read = stream.read(chunk); read >= 0; read = stream.read(chunk)) {
        for (int i = 0; i < read; i++) {
          if (chunk[i] == '\n' || length == buffer.length) {
            line.accept(text(buffer, length));
            length = 0;
          }
          if (chunk[i] != '\n') {
            buffer[length++] = chunk[i];
          }
        }
      }
    } catch (IOException e) {
      // The stream breaks when the process is killed: what came until then is what there is.
      length = Math.min(length, buffer.length);
    }
    if (length > 0) {
      line.accept(text(buffer, length));
    }
  }

  private static String text(byte[] buffer, int length) {
    int end = length > 0 && buffer[length - 1] == '\r' ? length - 1 : length;
    return new String(buffer, 0, end, StandardCharsets.UTF_8);
  }

  /// A thread of the system for each stream that is read: a virtual one would wait for as long as
  /// others compute, and what a command said would be lost.
  private static final class Reader {
    static final java.util.concurrent.Executor EACH =
        task -> Thread.ofPlatform().daemon().name("freehold-reader").start(task);
  }

  /// Keeps the last lines, up to [#MAX_OUTPUT_BYTES].
  private static final class Tail {
    private final java.util.ArrayDeque<String> lines = new java.util.ArrayDeque<>();
    private int size;

    synchronized void add(String line) {
      lines.add(line);
      size += line.length() + 1;
      while (size > MAX_OUTPUT_BYTES && lines.size() > 1) {
        size -= lines.remove().length() + 1;
      }
    }

    synchronized String text() {
      return String.join("\n", lines);
    }
  }
}
