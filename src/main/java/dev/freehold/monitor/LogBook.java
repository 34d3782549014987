package dev.freehold.monitor;

import dev.freehold.problem.Problem;
import dev.freehold.telemetry.LogLine;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Keeps log lines in one file per environment and followers up to date. Taking a line never waits:
/// when the disk cannot keep up, lines are dropped and counted.
///
/// A file is rotated at [#MAX_FILE_BYTES] and one older file is kept, so that logs cannot fill the
/// disk.
public final class LogBook implements AutoCloseable {
  static final long MAX_FILE_BYTES = 16L << 20;
  private static final int QUEUE_LINES = 10_000;
  private static final int BATCH_LINES = 500;
  private static final int MAX_TAIL_LINES = 10_000;

  private final Path folder;
  private final BlockingQueue<LogLine> queue = new ArrayBlockingQueue<>(QUEUE_LINES);
  private final List<Consumer<LogLine>> followers = new CopyOnWriteArrayList<>();
  private final LongAdder dropped = new LongAdder();
  private final Thread writer;
  private volatile boolean open = true;

  public LogBook(Path folder) {
    this.folder = folder;
    this.writer = Thread.ofPlatform().daemon().name("freehold-logs").start(this::write);
  }

  /// Which lines somebody wants.
  ///
  /// @param scope an environment's id, or empty for the server's own
  /// @param sources only these, or all when empty
  /// @param release only this one's, or all when 0
  public record Selection(String scope, List<String> sources, int release) {
    boolean takes(LogLine line) {
      return line.scope().equals(scope)
          && (sources.isEmpty() || sources.contains(line.source()) || sources.contains(kind(line)))
          && (release == 0 || line.release() == release);
    }

    /// What stands before the slash of `function/NAME`.
    private static String kind(LogLine line) {
      int slash = line.source().indexOf('/');
      return slash < 0 ? line.source() : line.source().substring(0, slash);
    }
  }

  public void take(LogLine line) {
    if (!queue.offer(line)) {
      dropped.increment();
    }
  }

  /// The last lines that fit the selection, oldest first.
  public List<LogLine> tail(Selection selection, int most) {
    int bound = Math.clamp(most, 0, MAX_TAIL_LINES);
    var last = new ArrayDeque<LogLine>();
    var file = file(selection.scope());
    for (var part : List.of(older(file), file)) {
      if (Files.exists(part)) {
        try (var lines = Files.newBufferedReader(part, StandardCharsets.UTF_8)) {
          for (var text = lines.readLine(); text != null; text = lines.readLine()) {
            LogFormat.read(selection.scope(), text)
                .filter(selection::takes)
                .ifPresent(line -> {
                  last.add(line);
                  if (last.size() > bound) {
                    last.remove();
                  }
                });
          }
        } catch (IOException e) {
          throw Problem.of("log-unreadable", "could not read " + part).raise(e);
        }
      }
    }
    return List.copyOf(last);
  }

  /// Calls the listener with every later line that fits, until the returned handle is closed.
  public AutoCloseable follow(Selection selection, Consumer<LogLine> listener) {
    Consumer<LogLine> follower =
        line -> {
          if (selection.takes(line)) {
            listener.accept(line);
          }
        };
    followers.add(follower);
    return () -> followers.remove(follower);
  }

  public long dropped() {
    return dropped.sum();
  }

  /// Writes what is queued and ends.
  @Override
  public void close() {
    open = false;
    writer.interrupt();
    try {
      writer.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    var batch = new ArrayList<LogLine>(BATCH_LINES);
    while (open || !queue.isEmpty()) {
      batch.clear();
      try {
        var first = queue.poll(1, TimeUnit.SECONDS);
        if (first != null) {
          batch.add(first);
        }
      } catch (InterruptedException e) {
        // Only close interrupts us: the loop ends once the queue is empty.
        open = false;
      }
      queue.drainTo(batch, BATCH_LINES - 1);
      store(batch);
      for (var line : batch) {
        followers.forEach(follower -> follower.accept(line));
      }
    }
  }

  private void store(List<LogLine> batch) {
    var byScope = new HashMap<String, List<LogLine>>();
    for (var line : batch) {
      byScope.computeIfAbsent(line.scope(), scope -> new ArrayList<>()).add(line);
    }
    for (Map.Entry<String, List<LogLine>> lines : byScope.entrySet()) {
      var file = file(lines.getKey());
      try {
        rotate(file);
        try (BufferedWriter out =
            Files.newBufferedWriter(
                file,
                StandardCharsets.UTF_8,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND)) {
          for (var line : lines.getValue()) {
            out.write(LogFormat.write(line));
            out.newLine();
          }
        }
      } catch (IOException e) {
        dropped.add(lines.getValue().size());
      }
    }
  }

  private static void rotate(Path file) throws IOException {
    var parent = file.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (Files.exists(file) && Files.size(file) > MAX_FILE_BYTES) {
      Files.move(file, older(file), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Path file(String scope) {
    return folder.resolve(scope.isEmpty() ? "server.log" : scope.replace('/', '.') + ".log");
  }

  private static Path older(Path file) {
    return file.resolveSibling(file.getFileName() + ".1");
  }
}
