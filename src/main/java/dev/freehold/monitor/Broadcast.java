package dev.freehold.monitor;

import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/// Hands every stated fact to every reader, in order, on the thread that states it. A reader only
/// takes note and returns; one that throws is counted and harms neither the room nor the others.
public final class Broadcast implements Events {
  private final List<Consumer<Event>> readers = new CopyOnWriteArrayList<>();
  private final LongAdder failures = new LongAdder();

  public void add(Consumer<Event> reader) {
    readers.add(reader);
  }

  @Override
  public void publish(Event event) {
    for (var reader : readers) {
      try {
        reader.accept(event);
      } catch (RuntimeException e) {
        failures.increment();
      }
    }
  }

  /// How often a reader failed since the start.
  public long failures() {
    return failures.sum();
  }
}
