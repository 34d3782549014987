package dev.freehold.http;

import dev.freehold.problem.Problem;
import dev.freehold.telemetry.Events;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.net.SocketAddress;
import java.net.BindException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;

/// The one HTTP engine of this process: Vert.x on Netty, one event loop per processor. Every port
/// and Unix socket we serve hangs on it, and nobody outside this room and `edge` sees what it is
/// made of.
public final class HttpEngine implements AutoCloseable {
  /// How long opening or closing a listener may take.
  private static final long START_STOP_SECONDS = 20;

  /// Threads for the engine's own blocking work, which is next to none: our blocking work runs on
  /// virtual threads.
  private static final int ENGINE_WORKERS = 1;

  /// How much memory small files may take, of all that we serve together.
  private static final long FILE_CACHE_BYTES = 64L << 20;

  /// Where the engine writes to the console, which nothing bounds, of each client that leaves in
  /// the middle of a file. Whoever sends a file hears of it another way.
  private static final Logger LEAVERS = Logger.getLogger("io.vertx.core.net.impl.VertxConnection");

  static {
    LEAVERS.setLevel(Level.OFF);
  }

  private final Vertx vertx;
  private final FileCache files = new FileCache(FILE_CACHE_BYTES);
  private final int eventLoops;
  private final HandlerRunner runner;
  private final DateField date = new DateField();
  private final Set<ListenSpec.Address> taken = ConcurrentHashMap.newKeySet();
  private final AtomicInteger ephemeral = new AtomicInteger();

  private HttpEngine(Vertx vertx, int eventLoops, HandlerRunner runner) {
    this.vertx = vertx;
    this.eventLoops = eventLoops;
    this.runner = runner;
  }

  public static HttpEngine start(Events events) {
    return start(new HandlerRunner(events));
  }

  static HttpEngine start(HandlerRunner runner) {
    int eventLoops = Runtime.getRuntime().availableProcessors();
    var options =
        new VertxOptions()
            .setPreferNativeTransport(true)
            .setEventLoopPoolSize(eventLoops)
            .setWorkerPoolSize(ENGINE_WORKERS)
            .setInternalBlockingPoolSize(ENGINE_WORKERS)
            .setFileSystemOptions(
                new FileSystemOptions()
                    .setFileCachingEnabled(false)
                    .setClassPathResolvingEnabled(false));
    return new HttpEngine(Vertx.vertx(options), eventLoops, runner);
  }

  /// Serves a blocking handler, run on virtual threads.
  public Listener listen(ListenSpec spec, Handler handler) {
    int maxBodyBytes = spec.limits().maxBodyBytes();
    return serve(spec, exchange -> runner.run(exchange, exchange.path(), maxBodyBytes, handler));
  }

  /// Serves a handler that works on the event loop.
  public Listener serve(ListenSpec spec, ExchangeHandler handler) {
    boolean fixed =
        !(spec.address() instanceof ListenSpec.Address.Tcp(var host, var port) && port == 0);
    if (fixed && !taken.add(spec.address())) {
      throw taken(spec, new BindException("in use by this very process"));
    }
    var listener = new Listener(this, spec, handler, () -> taken.remove(spec.address()));
    try {
      listener.open();
      return listener;
    } catch (RuntimeException failed) {
      taken.remove(spec.address());
      throw failed;
    }
  }

  /// Runs blocking handlers for exchanges served on the event loop.
  public HandlerRunner runner() {
    return runner;
  }

  /// Small files in memory.
  public FileCache files() {
    return files;
  }

  /// The engine itself, for `edge`.
  public Vertx vertx() {
    return vertx;
  }

  DateField date() {
    return date;
  }

  /// One server per event loop, all on the same socket; returns the deployment's id.
  String deploy(Listener listener, SocketAddress address) {
    var options = new DeploymentOptions().setInstances(address.isDomainSocket() ? 1 : eventLoops);
    return await(
        vertx.deployVerticle(() -> context -> listener.openOnThisLoop(vertx, address), options),
        listener.spec());
  }

  void undeploy(String deployment, ListenSpec spec) {
    await(vertx.undeploy(deployment), spec);
  }

  /// The engine shares a free port among the event loops that name the same number.
  int nextEphemeral() {
    return ephemeral.incrementAndGet();
  }

  private static <T> T await(Future<T> future, ListenSpec spec) {
    try {
      return future
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw taken(spec, failed.getCause() == null ? failed : failed.getCause());
    } catch (TimeoutException slow) {
      throw new IllegalStateException("The HTTP engine did not answer in time", slow);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the HTTP engine", stop);
    }
  }

  private static RuntimeException taken(ListenSpec spec, Throwable cause) {
    return Problem.of("listen-address-unavailable", "Cannot listen on " + spec.address() + ".")
        .detail(String.valueOf(cause.getMessage()))
        .hint("Another program may be using it. Stop that program, or choose another address.")
        .raise(cause);
  }

  /// Closes every listener and connection.
  @Override
  public void close() {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(START_STOP_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException failed) {
      throw new IllegalStateException("The HTTP engine did not close", failed);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
