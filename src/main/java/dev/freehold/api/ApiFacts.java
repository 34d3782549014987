package dev.freehold.api;

import dev.freehold.app.App;
import dev.freehold.app.Apps;
import dev.freehold.app.Environment;
import dev.freehold.operation.Operation;
import dev.freehold.operation.OperationEvent;
import dev.freehold.operation.Operations;
import dev.freehold.problem.Problem;
import dev.freehold.release.ReleaseHistory;
import dev.freehold.secret.Secret;
import dev.freehold.telemetry.LogLine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The JSON shapes of the control API, as docs/reference/control-api.md has them.
final class ApiFacts {
  private static final int RECENT_OPERATIONS = 10;

  private ApiFacts() {}

  static Map<String, Object> status(
      Api.Work work, Apps apps, ReleaseHistory history, Operations operations) {
    var facts = new LinkedHashMap<>(work.server());
    facts.put("environments", environments(work, apps.all(), history));
    facts.put(
        "operations",
        operations.newest(RECENT_OPERATIONS).stream().map(ApiFacts::operation).toList());
    return facts;
  }

  static Map<String, Object> apps(Api.Work work, Apps apps, ReleaseHistory history) {
    return Map.of("apps", environments(work, apps.all(), history));
  }

  static Map<String, Object> releases(Environment environment, ReleaseHistory history) {
    var activations = history.activations(environment);
    int live = activations.isEmpty() ? 0 : activations.getFirst().number();
    var releases = new ArrayList<Map<String, Object>>();
    for (var release : history.releases(environment)) {
      var facts = new LinkedHashMap<String, Object>();
      facts.put("number", release.number());
      facts.put("live", release.number() == live);
      facts.put("artifact", release.artifact());
      facts.put("export", release.export());
      facts.put("origin", release.origin());
      facts.put("created_at", release.createdAt().toString());
      facts.put("created_by", release.createdBy());
      facts.put("took_ms", release.took().toMillis());
      facts.put("variables", release.variables().keySet());
      facts.put("secrets", release.secrets());
      facts.put("schema_mark", release.schemaMark());
      facts.put(
          "activations",
          activations.stream()
              .filter(activation -> activation.number() == release.number())
              .map(a -> Map.of("at", a.at().toString(), "by", a.by(), "why", a.why()))
              .toList());
      releases.add(facts);
    }
    return Map.of("environment", environment.id(), "releases", releases);
  }

  static Map<String, Object> secrets(List<Secret> secrets) {
    return Map.of("secrets", secrets.stream().map(ApiFacts::secret).toList());
  }

  static Map<String, Object> secret(Secret secret) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("name", secret.name());
    facts.put("version", secret.version());
    facts.put("set_at", secret.setAt().toString());
    facts.put("set_by", secret.setBy());
    return facts;
  }

  private static Map<String, Object> operation(Operation operation) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("id", operation.id());
    facts.put("kind", operation.kind());
    facts.put("environment", operation.environment());
    facts.put("state", operation.state().name().toLowerCase(Locale.ROOT));
    facts.put("step", operation.step());
    facts.put("started_at", operation.startedAt().toString());
    operation.endedAt().ifPresent(at -> facts.put("ended_at", at.toString()));
    facts.put("by", operation.by());
    operation.problem().ifPresent(problem -> facts.put("problem", problem));
    return facts;
  }

  static Map<String, Object> event(OperationEvent event) {
    return switch (event) {
      case OperationEvent.StepBegun begun -> Map.of("type", "step", "name", begun.name());
      case OperationEvent.StepEnded ended ->
          Map.of("type", "step-ended", "name", ended.name(), "took_ms", ended.took().toMillis());
      case OperationEvent.Line line -> Map.of("type", "line", "text", line.text());
      case OperationEvent.Question q ->
          Map.of(
              "type", "question",
              "report", q.report(),
              "plan", q.plan(),
              "json", q.json(),
              "confirmed", q.confirmed(),
              "fresh", q.fresh());
      case OperationEvent.Done done ->
          Map.of("type", "done", "summary", done.summary(), "facts", done.facts());
      case OperationEvent.Failed failed ->
          Map.of("type", "failed", "problem", problem(failed.problem()));
    };
  }

  static Map<String, Object> line(LogLine line) {
    return Map.of(
        "at", line.at().toString(),
        "source", line.source(),
        "release", line.release(),
        "text", line.text());
  }

  private static Map<String, Object> problem(Problem problem) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("code", problem.code());
    facts.put("title", problem.message());
    problem.detail().ifPresent(detail -> facts.put("detail", detail));
    problem.hint().ifPresent(hint -> facts.put("hint", hint));
    return facts;
  }

  private static List<Map<String, Object>> environments(
      Api.Work work, List<App> apps, ReleaseHistory history) {
    var rows = new ArrayList<Map<String, Object>>();
    for (var app : apps) {
      for (var environment : app.all()) {
        var live = history.live(environment);
        var row = new LinkedHashMap<String, Object>();
        row.put("app", app.name().text());
        row.put("environment", environment.name().text());
        row.put("address", work.address(environment));
        row.put("live", live.map(release -> (Object) release.number()).orElse(0));
        row.put("released_at", live.map(release -> release.createdAt().toString()).orElse(""));
        row.put("origin", app.origin());
        row.put("mail_leaves_this_machine", work.mailLeaves(environment));
        row.put("realtime", work.realtime(environment));
        rows.add(row);
      }
    }
    return rows;
  }
}
