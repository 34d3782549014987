package dev.freehold;

import dev.freehold.api.Api;
import dev.freehold.app.AppName;
import dev.freehold.app.Environment;
import dev.freehold.cli.Version;
import dev.freehold.operation.Deploy;
import dev.freehold.operation.Destroy;
import dev.freehold.operation.OperationEvent;
import dev.freehold.operation.Progress;
import dev.freehold.operation.Rollback;
import dev.freehold.operation.RunningOperation;
import dev.freehold.problem.Problem;
import dev.freehold.telemetry.LogLine;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What the control API may start, and what it may know of the host.
record ServerWork(Server host, Deploy deploy, Rollback rollback, Destroy destroy)
    implements Api.Work {

  @Override
  public RunningOperation deploy(JsonNode wanted, String by) {
    var source = wanted.path("source").asString("");
    if (source.isBlank()) {
      throw Problem.of("source-invalid", "a deploy needs the source of an export").raise();
    }
    var app =
        wanted.hasNonNull("app") ? new AppName(wanted.path("app").asString()) : nameOf(source);
    var choices =
        new Deploy.Choices(
            source,
            app,
            new AppName(wanted.path("environment").asString("production")),
            wanted.path("confirmed").asBoolean(false),
            wanted.path("skip_failing_sql").asBoolean(false),
            Optional.ofNullable(wanted.path("database_url").asString(null)),
            by);
    return start(
        "deploy",
        app + "/" + choices.environment(),
        by,
        source,
        progress -> deploy.run(choices, progress));
  }

  @Override
  public RunningOperation rollback(Environment environment, Optional<Integer> to, String by) {
    return start(
        "rollback",
        environment.id(),
        by,
        to.map(number -> "to v" + number).orElse("to the one before"),
        progress -> rollback.run(environment, to, by, progress));
  }

  @Override
  public RunningOperation destroy(Environment environment, boolean keepDump, String by) {
    return start(
        "destroy",
        environment.id(),
        by,
        keepDump ? "with a final dump" : "without a dump",
        progress -> destroy.run(environment, keepDump, progress));
  }

  @Override
  public Map<String, Object> server() {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("running", true);
    facts.put("version", Version.text());
    facts.put("address", host.address());
    facts.put("uptime_seconds", host.uptime().toSeconds());
    facts.put("pid", ProcessHandle.current().pid());
    facts.put("rss_bytes", ProcessMemory.of(ProcessHandle.current().pid()));
    facts.put("children_rss_bytes", children());
    facts.put("log_lines_dropped", host.logs().dropped());
    host.host().network().warning().ifPresent(why -> facts.put("network_warning", why));
    return facts;
  }

  @Override
  public String address(Environment environment) {
    return host.host().address(environment);
  }

  @Override
  public boolean mailLeaves(Environment environment) {
    return host.host().mailLeaves(environment);
  }

  @Override
  public void shutDown() {
    host.askToEnd();
  }

  private RunningOperation start(
      String kind,
      String environment,
      String by,
      String detail,
      Function<Progress, OperationEvent.Done> work) {
    var running =
        host.operations()
            .start(
                kind,
                environment,
                by,
                progress -> {
                  int release = host.history().next(environment);
                  return work.apply(new LoggedProgress(progress, environment, release));
                });
    host.journal().record(by, environment, kind, detail);
    return running;
  }

  /// The memory of databases and apps: whatever descends from us or from a database's postmaster.
  private long children() {
    var roots =
        Stream.concat(
            ProcessHandle.current().children(),
            host.host().databasePids().flatMap(pid -> ProcessHandle.of(pid).stream()));
    return roots
        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants()))
        .map(ProcessHandle::pid)
        .distinct()
        .mapToLong(ProcessMemory::of)
        .sum();
  }

  /// What an app is called after its export: the last part of a path or address, without its ending
  /// and without a branch.
  static AppName nameOf(String source) {
    var plain = source.replaceFirst("#.*$", "").replaceFirst("[?].*$", "");
    var parts = plain.split("[/\\\\:]+");
    var last = parts.length == 0 ? "" : parts[parts.length - 1];
    return AppName.near(last.replaceFirst("(?i)\\.(zip|git)$", ""));
  }

  /// Writes what an operation tells into the log of the release it is about to make.
  private final class LoggedProgress implements Progress {
    private final Progress told;
    private final String environment;
    private final int release;
    private String step = "deploy";

    LoggedProgress(Progress told, String environment, int release) {
      this.release = release;
      this.told = told;
      this.environment = environment;
    }

    @Override
    public <T> T step(String name, Supplier<T> work) {
      step = name;
      return told.step(name, work);
    }

    @Override
    public void line(String text) {
      told.line(text);
      host.logs()
          .take(
              new LogLine(
                  host.clock().instant(),
                  step.equals("build") ? "build" : "deploy",
                  environment,
                  release,
                  text));
    }

    @Override
    public void ask(OperationEvent.Question question) {
      told.ask(question);
    }
  }
}
