package dev.freehold.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The real `@supabase/supabase-js` in a Node of its own that is subscribed to the table `items` as
/// one User, and whatever happens to the server, comes back by itself (`src/test/js/listener.mjs`).
public final class ItemListener implements AutoCloseable {
  private static final Path FOLDER = Path.of("src", "test", "js");

  private final Process process;
  private final List<JsonNode> heard = new CopyOnWriteArrayList<>();

  private ItemListener(Process process) {
    this.process = process;
  }

  /// One that has been told "Subscribed to PostgreSQL".
  public static ItemListener start(BackendProcess backend, String email) {
    var builder = new ProcessBuilder("node", "listener.mjs").directory(FOLDER.toFile());
    builder.environment().put("SUPABASE_URL", backend.address());
    builder.environment().put("SUPABASE_ANON_KEY", BackendProcess.ANON_KEY);
    builder.environment().put("EMAIL", email);
    try {
      var listener =
          new ItemListener(builder.redirectError(ProcessBuilder.Redirect.INHERIT).start());
      Thread.ofVirtual().start(listener::read);
      listener.awaitSystem("Subscribed to PostgreSQL", 1);
      return listener;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
      lines.lines().map(JsonMapper.shared()::readTree).forEach(heard::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The ids of the rows that it was told of, in the order of telling.
  public List<Integer> ids(String type) {
    return heard.stream()
        .filter(one -> one.path("type").asString("").equals(type))
        .map(one -> one.path("id").asInt())
        .toList();
  }

  /// What the server said of the subscription.
  public List<String> systems() {
    return heard.stream()
        .filter(one -> one.has("system"))
        .map(one -> one.path("system").asString())
        .toList();
  }

  public void awaitSystem(String message, int times) {
    await(
        listener -> listener.systems().stream().filter(message::equals).count() >= times,
        Duration.ofSeconds(40));
  }

  /// Waits for something to be heard.
  public void await(Predicate<ItemListener> condition, Duration patience) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (!condition.test(this)) {
      if (System.nanoTime() > deadline) {
        var last = List.copyOf(heard);
        throw new AssertionError(
            "never heard; the last of "
                + last.size()
                + " was "
                + last.subList(Math.max(0, last.size() - 5), last.size()));
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
