package dev.freehold.backend.supabase.rest.standalone;

import com.github.benmanes.caffeine.cache.stats.CacheStats;
import dev.freehold.backend.supabase.rest.RestEvent;
import dev.freehold.backend.supabase.rest.RestServer.Load;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/// Counts what the server states, and tells it as Prometheus reads it, under PostgREST's names
/// where it has one.
///
/// Source: https://docs.postgrest.org/en/v14/references/observability.html
final class Counts implements Events {
  private static final double NANOS_IN_SECOND = 1e9;

  private final Events next;
  private final AtomicLong loads = new AtomicLong();
  private final AtomicLong failedLoads = new AtomicLong();
  private volatile Duration lastLoad = Duration.ZERO;

  /// @param next hears the same
  Counts(Events next) {
    this.next = next;
  }

  @Override
  public void publish(Event event) {
    switch (event) {
      case RestEvent.SchemaLoaded loaded -> {
        loads.incrementAndGet();
        lastLoad = loaded.took();
      }
      case RestEvent.SchemaNotLoaded _ -> failedLoads.incrementAndGet();
      default -> {
        // Told, not counted.
      }
    }
    next.publish(event);
  }

  String text(Load load, CacheStats tokens) {
    var out = new StringBuilder();
    family(out, "pgrst_db_pool_timeouts_total", "counter", "Waits for a connection that ran out");
    sample(out, "pgrst_db_pool_timeouts_total", Long.toString(load.refused()));
    family(out, "pgrst_db_pool_available", "gauge", "Open connections that are not in use");
    sample(out, "pgrst_db_pool_available", Integer.toString(load.available()));
    family(out, "pgrst_db_pool_waiting", "gauge", "Requests that wait for a connection");
    sample(out, "pgrst_db_pool_waiting", Integer.toString(load.waiting()));
    family(out, "pgrst_db_pool_max", "gauge", "The most connections there may be");
    sample(out, "pgrst_db_pool_max", Integer.toString(load.size()));
    family(out, "freehold_db_pool_opened", "gauge", "Open connections");
    sample(out, "freehold_db_pool_opened", Integer.toString(load.opened()));
    family(out, "freehold_db_batches_active", "gauge", "Batches of statements on their way");
    sample(out, "freehold_db_batches_active", Integer.toString(load.active()));
    family(out, "pgrst_schema_cache_loads_total", "counter", "Readings of the schema");
    sample(
        out, "pgrst_schema_cache_loads_total{status=\"FAIL\"}", Long.toString(failedLoads.get()));
    sample(out, "pgrst_schema_cache_loads_total{status=\"SUCCESS\"}", Long.toString(loads.get()));
    family(
        out,
        "pgrst_schema_cache_query_time_seconds",
        "gauge",
        "How long the last reading of the schema took");
    sample(
        out,
        "pgrst_schema_cache_query_time_seconds",
        Double.toString(lastLoad.toNanos() / NANOS_IN_SECOND));
    family(out, "pgrst_jwt_cache_requests_total", "counter", "Tokens looked for in memory");
    sample(out, "pgrst_jwt_cache_requests_total", Long.toString(tokens.requestCount()));
    family(out, "pgrst_jwt_cache_hits_total", "counter", "Tokens found in memory");
    sample(out, "pgrst_jwt_cache_hits_total", Long.toString(tokens.hitCount()));
    family(out, "pgrst_jwt_cache_evictions_total", "counter", "Tokens forgotten for others");
    sample(out, "pgrst_jwt_cache_evictions_total", Long.toString(tokens.evictionCount()));
    return out.toString();
  }

  private static void family(StringBuilder out, String name, String type, String help) {
    out.append("# HELP ").append(name).append(' ').append(help).append('\n');
    out.append("# TYPE ").append(name).append(' ').append(type).append('\n');
  }

  private static void sample(StringBuilder out, String name, String value) {
    out.append(name).append(' ').append(value).append('\n');
  }
}
