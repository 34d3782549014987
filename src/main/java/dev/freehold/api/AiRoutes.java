package dev.freehold.api;

import dev.freehold.app.Environment;
import dev.freehold.http.Response;
import dev.freehold.monitor.Journal;
import dev.freehold.problem.Problem;
import dev.freehold.target.AiGateway;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// What the control API does with an environment's AI gateway. The provider's key comes in and
/// never goes out.
final class AiRoutes {
  private static final String MONTH = "\\d{4}-(0[1-9]|1[0-2])";

  private final AiGateway gateway;
  private final Journal journal;
  private final Function<Routes.Call, Environment> environments;
  private final Function<Routes.Call, JsonNode> bodies;
  private final Function<Routes.Call, String> callers;
  private final Function<Object, Response> ok;

  AiRoutes(
      AiGateway gateway,
      Journal journal,
      Function<Routes.Call, Environment> environments,
      Function<Routes.Call, JsonNode> bodies,
      Function<Routes.Call, String> callers,
      Function<Object, Response> ok) {
    this.gateway = gateway;
    this.journal = journal;
    this.environments = environments;
    this.bodies = bodies;
    this.callers = callers;
    this.ok = ok;
  }

  void mount(Routes routes) {
    var path = "/v1/apps/{app}/{environment}/ai";
    routes
        .on("GET", path, this::show)
        .on("PUT", path, this::set)
        .on("DELETE", path, this::unset)
        .on("POST", path + "/test", this::test)
        .on("GET", path + "/usage", this::usage);
  }

  private Response show(Routes.Call call) {
    return ok.apply(gateway.ai(environments.apply(call)).orElse(Map.of()));
  }

  private Response set(Routes.Call call) {
    var environment = environments.apply(call);
    var set = gateway.setAi(environment, bodies.apply(call));
    journal.record(callers.apply(call), environment.id(), "ai set", String.valueOf(set.get("url")));
    return ok.apply(set);
  }

  private Response unset(Routes.Call call) {
    var environment = environments.apply(call);
    if (!gateway.unsetAi(environment)) {
      throw Problem.of("ai-not-set", "no AI provider is set for " + environment.id())
          .hint("freehold ai set " + environment.app() + " --url URL")
          .raise();
    }
    journal.record(callers.apply(call), environment.id(), "ai unset", "");
    return ok.apply(Map.of("unset", true));
  }

  private Response test(Routes.Call call) {
    return ok.apply(
        gateway.testAi(environments.apply(call), bodies.apply(call).path("model").asString("")));
  }

  private Response usage(Routes.Call call) {
    var month = call.query("month", "");
    if (!month.isEmpty() && !month.matches(MONTH)) {
      throw Problem.of("words-not-understood", "“" + month + "” is no month")
          .hint("write it like 2026-11")
          .raise();
    }
    return ok.apply(gateway.aiUsage(environments.apply(call), month));
  }
}
