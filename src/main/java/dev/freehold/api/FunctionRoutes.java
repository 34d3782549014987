package dev.freehold.api;

import dev.freehold.http.Response;
import dev.freehold.target.EdgeFunctions;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the control API does with an environment's edge functions.
final class FunctionRoutes {
  private final EdgeFunctions functions;
  private final Desk desk;

  FunctionRoutes(EdgeFunctions functions, Desk desk) {
    this.functions = functions;
    this.desk = desk;
  }

  void mount(Routes routes) {
    var path = "/v1/apps/{app}/{environment}/functions";
    routes.on("GET", path, this::list).on("POST", path + "/{name}/invoke", this::invoke);
  }

  private Response list(Routes.Call call) {
    var all = functions.functions(desk.environment(call)).stream().map(FunctionRoutes::facts);
    return desk.ok(Map.of("functions", all.toList()));
  }

  private Response invoke(Routes.Call call) {
    var body = desk.body(call);
    var answer =
        functions.invoke(
            desk.environment(call),
            new EdgeFunctions.Call(
                call.path("name"),
                body.path("method").asString("POST"),
                body.path("path").asString(""),
                body.path("content_type").asString("application/json"),
                body.path("body").asString("")));
    var facts = new LinkedHashMap<String, Object>();
    facts.put("status", answer.status());
    facts.put("content_type", answer.contentType());
    facts.put("body", answer.body());
    facts.put("id", answer.id());
    return desk.ok(facts);
  }

  private static Map<String, Object> facts(EdgeFunctions.Status function) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("name", function.name());
    facts.put("verify_jwt", function.verifyJwt());
    facts.put("release", function.release());
    facts.put("processes", function.processes());
    facts.put("running", function.running());
    facts.put("calls", function.calls());
    facts.put("errors", function.errors());
    facts.put("cold_starts", function.coldStarts());
    facts.put("median_ms", function.medianMicros() / 1_000.0);
    facts.put("p99_ms", function.p99Micros() / 1_000.0);
    return facts;
  }
}
