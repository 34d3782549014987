package dev.freehold.api;

import dev.freehold.http.Response;
import dev.freehold.problem.Problem;
import dev.freehold.target.AiGateway;
import java.util.Map;

/// What the control API does with an environment's AI gateway. The provider's key comes in and
/// never goes out.
final class AiRoutes {
  private static final String MONTH = "\\d{4}-(0[1-9]|1[0-2])";

  private final AiGateway gateway;
  private final Desk desk;

  AiRoutes(AiGateway gateway, Desk desk) {
    this.gateway = gateway;
    this.desk = desk;
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
    return desk.ok(gateway.ai(desk.environment(call)).orElse(Map.of()));
  }

  private Response set(Routes.Call call) {
    var environment = desk.environment(call);
    var set = gateway.setAi(environment, desk.body(call));
    desk.record(call, environment, "ai set", String.valueOf(set.get("url")));
    return desk.ok(set);
  }

  private Response unset(Routes.Call call) {
    var environment = desk.environment(call);
    if (!gateway.unsetAi(environment)) {
      throw Problem.of("ai-not-set", "no AI provider is set for " + environment.id())
          .hint("freehold ai set " + environment.app() + " --url URL")
          .raise();
    }
    desk.record(call, environment, "ai unset", "");
    return desk.ok(Map.of("unset", true));
  }

  private Response test(Routes.Call call) {
    return desk.ok(
        gateway.testAi(desk.environment(call), desk.body(call).path("model").asString("")));
  }

  private Response usage(Routes.Call call) {
    var month = call.query("month", "");
    if (!month.isEmpty() && !month.matches(MONTH)) {
      throw Problem.of("words-not-understood", "“" + month + "” is no month")
          .hint("write it like 2026-11")
          .raise();
    }
    return desk.ok(gateway.aiUsage(desk.environment(call), month));
  }
}
