package dev.freehold.api;

import dev.freehold.app.Environment;
import dev.freehold.http.Response;
import dev.freehold.monitor.Journal;
import dev.freehold.target.NetworkAccess;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// `/v1/apps/{app}/{environment}/network`: what an app's own code may reach.
final class NetworkRoutes {
  private final NetworkAccess network;
  private final Journal journal;
  private final Function<Routes.Call, Environment> environment;
  private final Function<Routes.Call, JsonNode> body;
  private final Function<Routes.Call, String> by;
  private final Function<Object, Response> ok;

  NetworkRoutes(
      NetworkAccess network,
      Journal journal,
      Function<Routes.Call, Environment> environment,
      Function<Routes.Call, JsonNode> body,
      Function<Routes.Call, String> by,
      Function<Object, Response> ok) {
    this.network = network;
    this.journal = journal;
    this.environment = environment;
    this.body = body;
    this.by = by;
    this.ok = ok;
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
    facts.put("allowed", network.allowed(environment.apply(call)));
    facts.put("held", network.warning().isEmpty());
    network.warning().ifPresent(why -> facts.put("warning", why));
    return ok.apply(facts);
  }

  private Response allow(Routes.Call call) {
    var of = environment.apply(call);
    var host = network.allow(of, body.apply(call).path("host").asString(""));
    journal.record(by.apply(call), of.id(), "network host allowed", host);
    return ok.apply(Map.of("allowed", host));
  }

  private Response forbid(Routes.Call call) {
    var of = environment.apply(call);
    var host = network.forbid(of, body.apply(call).path("host").asString(""));
    journal.record(by.apply(call), of.id(), "network host forbidden", host);
    return ok.apply(Map.of("forbidden", host));
  }
}
