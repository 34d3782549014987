package dev.freehold.backend.supabase.realtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Who is present in one channel: a key, and under it one entry for each client that tracks itself
/// (Phoenix' presence). Every change comes out as a difference, in the order of the changes.
final class Presence {
  /// What the entries of one channel may take together, in bytes of JSON.
  static final int MAX_BYTES = 16 << 20;

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final AtomicLong REFS = new AtomicLong(System.currentTimeMillis() << 20);

  private final Map<String, List<Entry>> entries = new LinkedHashMap<>();
  private long bytes;

  private record Entry(Object client, String ref, ObjectNode meta, int bytes) {}

  /// Takes a difference, or the whole, as JSON. Called in order and while the presence is locked:
  /// it may not wait.
  interface Listener {
    void said(byte[] json);
  }

  /// Adds a client's entry, or puts another in its place.
  ///
  /// @return false when the channel holds as much as it may
  synchronized boolean track(Object client, String key, JsonNode payload, Listener listener) {
    var old = remove(client, key);
    var meta = JSON.createObjectNode();
    if (payload instanceof ObjectNode object) {
      meta.setAll(object);
    }
    var ref = Long.toString(REFS.incrementAndGet(), Character.MAX_RADIX);
    meta.put("phx_ref", ref);
    if (old != null) {
      meta.put("phx_ref_prev", old.ref());
    }
    var entry = new Entry(client, ref, meta, meta.toString().length());
    boolean fits = bytes + entry.bytes() <= MAX_BYTES;
    if (fits) {
      entries.computeIfAbsent(key, k -> new ArrayList<>(1)).add(entry);
      bytes += entry.bytes();
    }
    listener.said(
        difference(key, fits ? List.of(entry) : List.of(), old == null ? List.of() : List.of(old)));
    return fits;
  }

  /// Takes a client's entry out.
  synchronized void untrack(Object client, String key, Listener listener) {
    var old = remove(client, key);
    if (old != null) {
      listener.said(difference(key, List.of(), List.of(old)));
    }
  }

  private @Nullable Entry remove(Object client, String key) {
    var under = entries.get(key);
    if (under == null) {
      return null;
    }
    for (var entry : under) {
      if (entry.client() == client) {
        under.remove(entry);
        bytes -= entry.bytes();
        if (under.isEmpty()) {
          entries.remove(key);
        }
        return entry;
      }
    }
    return null;
  }

  /// Tells the whole.
  synchronized void state(Listener listener) {
    var state = JSON.createObjectNode();
    entries.forEach((key, under) -> put(state, key, under));
    listener.said(PhoenixWriter.utf8(state.toString()));
  }

  synchronized boolean isEmpty() {
    return entries.isEmpty();
  }

  private static byte[] difference(String key, List<Entry> joins, List<Entry> leaves) {
    var difference = JSON.createObjectNode();
    put(difference.putObject("joins"), key, joins);
    put(difference.putObject("leaves"), key, leaves);
    return PhoenixWriter.utf8(difference.toString());
  }

  private static void put(ObjectNode into, String key, List<Entry> entries) {
    if (!entries.isEmpty()) {
      var metas = into.putObject(key).putArray("metas");
      entries.forEach(entry -> metas.add(entry.meta()));
    }
  }
}
