package dev.freehold.api;

import dev.freehold.app.AppName;
import dev.freehold.app.Apps;
import dev.freehold.app.Environment;
import dev.freehold.http.Response;
import dev.freehold.monitor.Journal;
import dev.freehold.problem.Problem;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What every route asks of a call, and how it answers and writes down what was done.
final class Desk {
  private static final String NOBODY = "somebody";
  private static final int MAX_BY_CHARS = 100;

  private final Apps apps;
  private final Journal journal;
  private final JsonMapper json = JsonMapper.shared();

  Desk(Apps apps, Journal journal) {
    this.apps = apps;
    this.journal = journal;
  }

  /// Which environment a call is about.
  Environment environment(Routes.Call call) {
    return apps.environment(new AppName(call.path("app")), new AppName(call.path("environment")));
  }

  /// What a call brings; an empty object when it brings nothing.
  JsonNode body(Routes.Call call) {
    try {
      return call.request().body().length == 0
          ? json.createObjectNode()
          : json.readTree(call.request().body());
    } catch (JacksonException e) {
      throw Problem.of("body-invalid", "the body is not JSON").raise(e);
    }
  }

  /// Who calls, as it says itself.
  String by(Routes.Call call) {
    return call.request()
        .header("Freehold-By")
        .filter(by -> !by.isBlank())
        .map(by -> by.substring(0, Math.min(by.length(), MAX_BY_CHARS)))
        .orElse(NOBODY);
  }

  Response ok(Object value) {
    return Response.json(200, json(value));
  }

  String json(Object value) {
    return json.writeValueAsString(value);
  }

  /// Writes down who did what.
  ///
  /// @param detail without any secret
  void record(Routes.Call call, Environment environment, String what, String detail) {
    journal.record(by(call), environment.id(), what, detail);
  }
}
