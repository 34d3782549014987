package dev.freehold.backend.supabase.functions;

import dev.freehold.backend.TokenVerifier;
import dev.freehold.http.Exchange;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.http.SocketRelay;
import dev.freehold.http.SocketRelay.Failure;
import dev.freehold.http.SocketRelay.Onward;
import dev.freehold.http.StreamHandler;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// The edge functions of one Environment, at `/functions/v1/NAME` and all below it: any method, any
/// body, answers as they come, WebSockets.
///
/// What a function sees is what Supabase's gateway shows it: a path that begins with its own name.
/// CORS is the function's matter.
public final class FunctionServer implements StreamHandler, AutoCloseable {
  private static final Duration DRAIN = Duration.ofSeconds(20);

  /// Functions are prepared one by one, those of all Environments of this machine together: after a
  /// start, calls need the processors more.
  private static final Semaphore ASIDE = new Semaphore(1, true);

  private static final int SHORT_ID_CHARS = 8;
  private static final int FIRST_SERVER_ERROR = 500;
  private static final String OWN_FIELDS = "x-freehold-";

  private final String scope;
  private final CallerCheck check;
  private final FunctionLimits limits;
  private final Clock clock;
  private final Events events;
  private final SocketRelay relay = new SocketRelay();
  private final Map<String, FunctionStats> stats = new ConcurrentHashMap<>();
  private volatile Live live;
  private volatile Thread preparing = Thread.ofVirtual().unstarted(() -> {});

  /// @param scope whose functions they are: an Environment's id
  public FunctionServer(
      String scope, TokenVerifier verifier, FunctionLimits limits, Clock clock, Events events) {
    this.scope = scope;
    this.check = new CallerCheck(verifier);
    this.limits = limits;
    this.clock = clock;
    this.events = events;
    this.live = new Live(FunctionRelease.NONE, Map.of());
  }

  private record Live(FunctionRelease release, Map<String, WorkerPool> pools) {}

  /// One function as it is now.
  ///
  /// @param processes how many run
  /// @param running calls that are not over
  public record Status(
      String name,
      boolean verifyJwt,
      int release,
      int processes,
      int running,
      FunctionStats.Figures figures) {}

  /// Answers with another Release's functions from now on. Those of the one before finish what they
  /// are at. A function that ran is started at once, so that its callers do not wait for it anew.
  public synchronized void install(FunctionRelease release) {
    stopPreparing();
    var before = live;
    var places = new Semaphore(limits.allProcesses());
    var pools = new TreeMap<String, WorkerPool>();
    for (var facts : release.functions()) {
      var room = new WorkerPool.Room(places, () -> makeRoom(pools));
      pools.put(facts.name(), new WorkerPool(release, facts, limits, room, clock));
    }
    live = new Live(release, Map.copyOf(pools));
    var ran =
        before.pools().values().stream()
            .filter(pool -> pool.processes() > 0)
            .map(pool -> pool.facts().name())
            .toList();
    var now = live;
    preparing = Thread.ofVirtual().name("functions-prepare").start(() -> prepare(now, ran));
    for (var pool : before.pools().values()) {
      Thread.ofVirtual().name("functions-drain").start(() -> pool.close(DRAIN));
    }
  }

  private void prepare(Live now, List<String> ran) {
    try {
      for (var name : ran) {
        var pool = now.pools().get(name);
        if (pool != null && !Thread.currentThread().isInterrupted()) {
          pool.warm();
        }
      }
      for (var function : now.release().functions()) {
        ASIDE.acquire();
        try {
          now.release().launcher().prepare(function);
        } finally {
          ASIDE.release();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      events.publish(new FunctionsUnprepared(scope, e));
    }
  }

  /// Functions start more slowly than they could; they are served all the same.
  record FunctionsUnprepared(String scope, RuntimeException why) implements Event {
    @Override
    public String describe() {
      return "functions of " + scope + " start without their module cache: " + why;
    }
  }

  /// Prepares no more functions: the end is near, and what comes before it has better use for the
  /// processors. Does not wait.
  public void hurry() {
    preparing.interrupt();
  }

  private void stopPreparing() {
    hurry();
    try {
      preparing.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  public List<Status> status() {
    var now = live;
    var all = new ArrayList<Status>();
    for (var facts : now.release().functions()) {
      var pool = now.pools().get(facts.name());
      if (pool != null) {
        all.add(
            new Status(
                facts.name(),
                facts.verifyJwt(),
                now.release().number(),
                pool.processes(),
                pool.calls(),
                stats(facts.name()).figures()));
      }
    }
    return all;
  }

  /// What is due now. May block for a moment.
  public void step(Instant now) {
    live.pools().values().forEach(pool -> pool.step(now));
  }

  @Override
  public void stream(Exchange exchange, Request head) {
    var id = UUID.randomUUID().toString();
    long start = System.nanoTime();
    // A Release may be replaced between looking it up and taking a place; the next one answers.
    for (var now = live; !answered(exchange, head, now, id, start); now = live) {
      Thread.onSpinWait();
    }
  }

  /// False when that Release takes no more calls.
  private boolean answered(Exchange exchange, Request head, Live now, String id, long start) {
    var name = name(head.path());
    var pool = now.pools().get(name);
    if (pool == null) {
      exchange.answer(FunctionErrors.notFound());
      return true;
    }
    var refusal = pool.facts().verifyJwt() ? check.refusal(head) : Optional.<Response>empty();
    if (refusal.isPresent()) {
      exchange.answer(refusal.get());
      return true;
    }
    var taken = pool.take();
    switch (taken) {
      case WorkerPool.Taken.Closed() -> {
        return false;
      }
      case WorkerPool.Taken.Refused(var answer) -> {
        called(now, name, id, head, answer.status(), start, true);
        exchange.answer(answer);
      }
      case WorkerPool.Taken.Place(var worker, var cold) ->
          new Call(exchange, head, now, pool, worker, id, start, cold).pass();
    }
    return true;
  }

  /// The first part of the path.
  private static String name(String path) {
    int end = path.indexOf('/', 1);
    return end < 0 ? path.substring(1) : path.substring(1, end);
  }

  /// All places are taken by other functions: the one that was idle for longest makes room.
  private static boolean makeRoom(Map<String, WorkerPool> pools) {
    return pools.values().stream()
        .filter(pool -> pool.idleSince().isPresent())
        .min(Comparator.comparing(pool -> pool.idleSince().orElse(Instant.MAX)))
        .map(WorkerPool::makeRoom)
        .orElse(false);
  }

  private FunctionStats stats(String name) {
    return stats.computeIfAbsent(name, n -> new FunctionStats());
  }

  private void called(
      Live now, String name, String id, Request head, int status, long start, boolean cold) {
    var call =
        new FunctionCalled(
            clock.instant(),
            scope,
            now.release().number(),
            name,
            id.substring(0, SHORT_ID_CHARS),
            head.method(),
            head.path(),
            status,
            FunctionStats.since(start),
            cold);
    stats(name).add(call);
    events.publish(call);
  }

  /// One call on its way through a process.
  private final class Call implements SocketRelay.Watcher {
    private final Exchange exchange;
    private final Request head;
    private final Live now;
    private final WorkerPool pool;
    private final Worker worker;
    private final String id;
    private final long start;
    private final boolean cold;
    private volatile int status;

    Call(
        Exchange exchange,
        Request head,
        Live now,
        WorkerPool pool,
        Worker worker,
        String id,
        long start,
        boolean cold) {
      this.exchange = exchange;
      this.head = head;
      this.now = now;
      this.pool = pool;
      this.worker = worker;
      this.id = id;
      this.start = start;
      this.cold = cold;
    }

    void pass() {
      exchange.context().runOnContext(v -> exchange.atEnd(this::over));
      var query = head.query().isEmpty() ? "" : "?" + head.query();
      relay.pass(
          exchange,
          new Onward(
              worker.process.socket(),
              head.path() + query,
              headers(),
              limits.answer(),
              limits.maxBodyBytes()),
          this);
    }

    private Headers headers() {
      var fields = new ArrayList<Headers.Field>();
      for (var field : head.headers().fields()) {
        var name = field.name().toLowerCase(Locale.ROOT);
        boolean claim =
            name.startsWith(OWN_FIELDS)
                || name.startsWith("x-forwarded-")
                || name.equals("forwarded")
                || name.equals("x-real-ip")
                || name.equals("sb-request-id")
                || name.equals("host");
        if (!claim) {
          fields.add(field);
        }
      }
      fields.add(new Headers.Field("x-forwarded-for", head.remote()));
      fields.add(new Headers.Field("x-forwarded-proto", head.scheme()));
      fields.add(new Headers.Field("x-forwarded-host", head.host()));
      fields.add(new Headers.Field("x-forwarded-path", "/functions/v1" + head.path()));
      fields.add(new Headers.Field("sb-request-id", id));
      return Headers.of(fields);
    }

    private void over() {
      pool.giveBack(worker);
      called(now, pool.facts().name(), id, head, status, start, cold);
    }

    @Override
    public Response failed(Failure why) {
      var answer =
          switch (why) {
            case TIMED_OUT -> FunctionErrors.timedOut(limits.answer().toSeconds());
            case NOT_REACHED, BROKEN_OFF -> pool.brokenOff(worker);
          };
      status = answer.status();
      return answer;
    }

    @Override
    public Headers answered(int code) {
      status = code;
      return code >= FIRST_SERVER_ERROR
          ? Headers.of("sb-request-id", id, FunctionErrors.CODE_HEADER, "EDGE_FUNCTION_ERROR")
          : Headers.of("sb-request-id", id);
    }
  }

  /// Stops all that runs.
  @Override
  public synchronized void close() {
    stopPreparing();
    var before = live;
    live = new Live(FunctionRelease.NONE, Map.of());
    before.pools().values().parallelStream().forEach(pool -> pool.close(Duration.ofSeconds(2)));
    relay.close();
  }
}
