package dev.freehold.supervisor;

import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import dev.freehold.telemetry.LogLine;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Keeps what was published, in order.
final class Recorded implements Events {
  private final List<Event> all = new CopyOnWriteArrayList<>();

  @Override
  public void publish(Event event) {
    all.add(event);
  }

  <E extends Event> List<E> of(Class<E> kind) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  List<String> lines() {
    return of(LogLine.class).stream().map(LogLine::text).toList();
  }
}
