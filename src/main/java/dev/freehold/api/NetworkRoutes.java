package dev.freehold.api;

import dev.freehold.http.Response;
import dev.freehold.target.NetworkAccess;
import java.util.LinkedHashMap;
import java.util.Map;

/// `/v1/apps/{app}/{environment}/network`: what an app's own code may reach.
final class NetworkRoutes {
  private final NetworkAccess network;
  private final Desk desk;

  NetworkRoutes(NetworkAccess network, Desk desk) {
    this.network = network;
    this.desk = desk;
  }

  void mount(Routes routes) {
    var base = "/v1/apps/{app}/{environment}/network";
    routes
        .on("GET", base, this::list)
        .on("POST", base + "/allow", this::allow)
        .on("POST", base + "/forbid", this::forbid);
  }

  private Response list(Routes.Call call) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("allowed", network.allowed(desk.environment(call)));
    facts.put("held", network.warning().isEmpty());
    network.warning().ifPresent(why -> facts.put("warning", why));
    return desk.ok(facts);
  }

  private Response allow(Routes.Call call) {
    var of = desk.environment(call);
    var host = network.allow(of, desk.body(call).path("host").asString(""));
    desk.record(call, of, "network host allowed", host);
    return desk.ok(Map.of("allowed", host));
  }

  private Response forbid(Routes.Call call) {
    var of = desk.environment(call);
    var host = network.forbid(of, desk.body(call).path("host").asString(""));
    desk.record(call, of, "network host forbidden", host);
    return desk.ok(Map.of("forbidden", host));
  }
}
