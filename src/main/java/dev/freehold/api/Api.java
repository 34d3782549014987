package dev.freehold.api;

import dev.freehold.app.Apps;
import dev.freehold.app.Environment;
import dev.freehold.app.VariableName;
import dev.freehold.http.Body;
import dev.freehold.http.Handler;
import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.monitor.Journal;
import dev.freehold.monitor.LogBook;
import dev.freehold.operation.Operations;
import dev.freehold.operation.RunningOperation;
import dev.freehold.problem.Problem;
import dev.freehold.release.ReleaseHistory;
import dev.freehold.secret.Secrets;
import dev.freehold.target.AiGateway;
import dev.freehold.target.EdgeFunctions;
import dev.freehold.target.NetworkAccess;
import dev.freehold.target.ScheduledJobs;
import dev.freehold.target.SignIn;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The control API. Served on a unix socket that only its owner can open: whoever can reach it may
/// do everything, nobody else can reach it.
public final class Api implements Handler {
  private static final List<String> SOURCES =
      List.of("build", "app", "request", "function", "database", "deploy", "jobs", "ai", "mail");
  private static final int FOLLOW_QUEUE_LINES = 5_000;
  private static final Duration WAIT = Duration.ofSeconds(1);

  private final Apps apps;
  private final ReleaseHistory history;
  private final Secrets secrets;
  private final Operations operations;
  private final Journal journal;
  private final Desk desk;
  private final LogBook logs;
  private final Work work;
  private final AccountRoutes accounts;
  private final JsonMapper json = JsonMapper.shared();
  private final Routes routes = new Routes();

  /// The long work that the API starts; joined by the root.
  public interface Work {
    RunningOperation deploy(JsonNode choices, String by);

    RunningOperation rollback(Environment environment, Optional<Integer> to, String by);

    RunningOperation destroy(Environment environment, boolean keepDump, String by);

    /// Facts about the server: version, address, memory.
    Map<String, Object> server();

    /// The address of an environment's app.
    String address(Environment environment);

    /// Whether the app's mails go through a mail server.
    boolean mailLeaves(Environment environment);

    /// How realtime is: sockets, and how changes are read. Empty while nothing is live.
    Map<String, Object> realtime(Environment environment);

    /// Ends the server after the answer was sent.
    void shutDown();
  }

  public Api(
      Apps apps,
      ReleaseHistory history,
      Secrets secrets,
      SignIn signIn,
      ScheduledJobs jobs,
      EdgeFunctions functions,
      AiGateway ai,
      NetworkAccess network,
      Operations operations,
      Journal journal,
      LogBook logs,
      Work work,
      Accounts accounts,
      Files files) {
    this.apps = apps;
    this.history = history;
    this.secrets = secrets;
    this.operations = operations;
    this.journal = journal;
    this.logs = logs;
    this.work = work;
    this.desk = new Desk(apps, journal);
    this.accounts = new AccountRoutes(accounts, desk);
    mount();
    new FileRoutes(files, desk).mount(routes);
    new AuthRoutes(signIn, desk).mount(routes);
    new KeyRoutes(signIn, desk).mount(routes);
    new CronRoutes(jobs, desk).mount(routes);
    new AiRoutes(ai, desk).mount(routes);
    new NetworkRoutes(network, desk).mount(routes);
    new FunctionRoutes(functions, desk).mount(routes);
  }

  @Override
  public Response handle(Request request) {
    return routes.handle(request);
  }

  private void mount() {
    routes
        .on("GET", "/v1/status", call -> desk.ok(ApiFacts.status(work, apps, history, operations)))
        .on("POST", "/v1/shutdown", this::shutDown)
        .on("GET", "/v1/apps", call -> desk.ok(ApiFacts.apps(work, apps, history)))
        .on("GET", "/v1/journal", this::journal)
        .on("POST", "/v1/deploys", call -> started(work.deploy(desk.body(call), desk.by(call))))
        .on("POST", "/v1/operations/{id}/confirm", this::confirm)
        .on("POST", "/v1/operations/{id}/cancel", this::cancel)
        .on("GET", "/v1/operations/{id}/events", this::events)
        .on("GET", "/v1/apps/{app}/{environment}/releases", this::releases)
        .on("POST", "/v1/apps/{app}/{environment}/rollback", this::rollback)
        .on("POST", "/v1/apps/{app}/{environment}/destroy", this::destroy)
        .on("GET", "/v1/apps/{app}/{environment}/logs", this::logs)
        .on("GET", "/v1/apps/{app}/{environment}/secrets", this::listSecrets)
        .on("PUT", "/v1/apps/{app}/{environment}/secrets/{name}", this::setSecret)
        .on("DELETE", "/v1/apps/{app}/{environment}/secrets/{name}", this::removeSecret)
        .on("GET", "/v1/apps/{app}/{environment}/variables", this::listVariables)
        .on("PUT", "/v1/apps/{app}/{environment}/variables/{name}", this::setVariable)
        .on("DELETE", "/v1/apps/{app}/{environment}/variables/{name}", this::removeVariable);
    accounts.mount(routes);
  }

  private Response shutDown(Routes.Call call) {
    journal.record(desk.by(call), "", "down", "");
    work.shutDown();
    return desk.ok(Map.of("stopping", true));
  }

  private Response journal(Routes.Call call) {
    int most = call.count("most", 50);
    return desk.ok(Map.of("entries", journal.newest(call.query("environment", ""), most)));
  }

  private Response confirm(Routes.Call call) {
    operations.running(call.path("id")).confirm();
    return desk.ok(Map.of());
  }

  private Response cancel(Routes.Call call) {
    operations.running(call.path("id")).cancel();
    return desk.ok(Map.of());
  }

  private Response events(Routes.Call call) {
    var operation = operations.running(call.path("id"));
    var position = new int[1];
    var pending = new java.util.ArrayDeque<String>();
    var over = new boolean[1];
    return stream(
        () -> {
          if (!pending.isEmpty()) {
            return Optional.of(pending.remove());
          }
          if (over[0]) {
            return Optional.empty();
          }
          for (var event : operation.events(position[0], WAIT)) {
            position[0]++;
            over[0] |= event.last();
            pending.add(json.writeValueAsString(ApiFacts.event(event)));
          }
          return Optional.of(pending.isEmpty() ? "" : pending.remove());
        },
        () -> {});
  }

  private Response releases(Routes.Call call) {
    return desk.ok(ApiFacts.releases(desk.environment(call), history));
  }

  private Response rollback(Routes.Call call) {
    var to = desk.body(call).path("to");
    return started(
        work.rollback(
            desk.environment(call),
            to.isNumber() ? Optional.of(to.asInt()) : Optional.empty(),
            desk.by(call)));
  }

  private Response destroy(Routes.Call call) {
    var environment = desk.environment(call);
    var typed = desk.body(call).path("confirm").asString("");
    if (!typed.equals(environment.app().text())) {
      throw Problem.of(
              "destroy-not-confirmed", "the name that was typed is not " + environment.app())
          .hint("nothing was removed")
          .raise();
    }
    return started(
        work.destroy(
            environment, desk.body(call).path("keep_dump").asBoolean(true), desk.by(call)));
  }

  private Response logs(Routes.Call call) {
    var selection =
        new LogBook.Selection(
            desk.environment(call).id(),
            sources(call.query("source", "")),
            call.count("release", 0));
    var queue = new ArrayBlockingQueue<String>(FOLLOW_QUEUE_LINES);
    boolean follow = call.query("follow", "false").equals("true");
    AutoCloseable handle =
        follow
            ? logs.follow(
                selection,
                line -> {
                  // A follower that cannot keep up misses lines; the file has them all.
                  boolean unused = queue.offer(json.writeValueAsString(ApiFacts.line(line)));
                })
            : () -> {};
    var tail = new java.util.ArrayDeque<>(logs.tail(selection, call.count("most", 200)));
    return stream(
        () -> {
          if (!tail.isEmpty()) {
            return Optional.of(json.writeValueAsString(ApiFacts.line(tail.remove())));
          }
          return follow ? Optional.of(poll(queue)) : Optional.empty();
        },
        () -> close(handle));
  }

  private static List<String> sources(String commas) {
    var wanted = commas.isEmpty() ? List.<String>of() : List.of(commas.split(","));
    for (var source : wanted) {
      if (!SOURCES.contains(source) && !source.startsWith("function/")) {
        throw Problem.of("log-source-unknown", "no log line comes from “" + source + "”")
            .hint("choose from " + String.join(", ", SOURCES))
            .raise();
      }
    }
    return wanted;
  }

  private Response listSecrets(Routes.Call call) {
    return desk.ok(ApiFacts.secrets(secrets.list(desk.environment(call))));
  }

  private Response setSecret(Routes.Call call) {
    var environment = desk.environment(call);
    var name = new VariableName(call.path("name"));
    var secret =
        secrets.set(environment, name, desk.body(call).path("value").asString(""), desk.by(call));
    desk.record(call, environment, "secret set", name + " version " + secret.version());
    return desk.ok(ApiFacts.secret(secret));
  }

  private Response removeSecret(Routes.Call call) {
    var environment = desk.environment(call);
    var name = new VariableName(call.path("name"));
    return removed(call, environment, "secret", name, secrets.remove(environment, name));
  }

  private Response listVariables(Routes.Call call) {
    return desk.ok(Map.of("variables", apps.variables(desk.environment(call))));
  }

  private Response setVariable(Routes.Call call) {
    var environment = desk.environment(call);
    var name = new VariableName(call.path("name"));
    apps.setVariable(environment, name, desk.body(call).path("value").asString(""));
    desk.record(call, environment, "variable set", name.text());
    return desk.ok(Map.of("name", name.text()));
  }

  private Response removeVariable(Routes.Call call) {
    var environment = desk.environment(call);
    var name = new VariableName(call.path("name"));
    return removed(call, environment, "variable", name, apps.removeVariable(environment, name));
  }

  private Response removed(
      Routes.Call call, Environment environment, String what, VariableName name, boolean was) {
    if (!was) {
      var command = what.equals("secret") ? "secrets" : "env";
      throw Problem.of(what + "-not-found", environment.id() + " has no " + what + " " + name)
          .hint("freehold " + command + " list --app " + environment.app() + " shows what there is")
          .raise();
    }
    desk.record(call, environment, what + " removed", name.text());
    return desk.ok(Map.of("removed", name.text()));
  }

  private Response started(RunningOperation operation) {
    return desk.ok(Map.of("operation", operation.id()));
  }

  private static Response stream(
      java.util.function.Supplier<Optional<String>> next, Runnable after) {
    return new Response(
        200,
        Headers.of("Content-Type", "application/x-ndjson"),
        new Body.Stream(new PulledLines(next, after)));
  }

  private static String poll(ArrayBlockingQueue<String> queue) {
    try {
      var line = queue.poll(WAIT.toMillis(), TimeUnit.MILLISECONDS);
      return line == null ? "" : line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static void close(AutoCloseable handle) {
    try {
      handle.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
