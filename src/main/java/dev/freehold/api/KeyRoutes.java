package dev.freehold.api;

import dev.freehold.app.Environment;
import dev.freehold.http.Response;
import dev.freehold.monitor.Journal;
import dev.freehold.target.SignInKey;
import dev.freehold.target.SignInKeys;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;

/// `/v1/apps/{app}/{environment}/auth/keys`. What signs never leaves; the two API keys of servers
/// leave when they are asked for by name, and the journal says so.
final class KeyRoutes {
  private final SignInKeys keys;
  private final Journal journal;
  private final Function<Routes.Call, Environment> environments;
  private final Function<Routes.Call, JsonNode> bodies;
  private final Function<Routes.Call, String> callers;
  private final Function<Object, Response> ok;

  KeyRoutes(
      SignInKeys keys,
      Journal journal,
      Function<Routes.Call, Environment> environments,
      Function<Routes.Call, JsonNode> bodies,
      Function<Routes.Call, String> callers,
      Function<Object, Response> ok) {
    this.keys = keys;
    this.journal = journal;
    this.environments = environments;
    this.bodies = bodies;
    this.callers = callers;
    this.ok = ok;
  }

  void mount(Routes routes) {
    var path = "/v1/apps/{app}/{environment}/auth/keys";
    routes
        .on("GET", path, this::list)
        .on("POST", path + "/rotate", this::rotate)
        .on("POST", path + "/import", this::importThem)
        .on("DELETE", path + "/{id}", this::revoke);
  }

  private Response list(Routes.Call call) {
    var environment = environments.apply(call);
    boolean all = call.query("secret", "false").equals("true");
    var api = keys.apiKeys(environment);
    var shown = new LinkedHashMap<String, Object>();
    shown.put("publishable", api.publishable());
    shown.put("anon", api.anon());
    if (all) {
      shown.put("secret", api.secret());
      shown.put("service_role", api.serviceRole());
      journal.record(callers.apply(call), environment.id(), "secret keys shown", "");
    }
    var facts = facts(keys.keys(environment));
    facts.put("api_keys", shown);
    return ok.apply(facts);
  }

  private Response rotate(Routes.Call call) {
    var environment = environments.apply(call);
    boolean atOnce = bodies.apply(call).path("now").asBoolean(false);
    var all = keys.rotateKeys(environment, atOnce);
    var what = "auth keys rotated" + (atOnce ? ", earlier ones revoked" : "");
    journal.record(callers.apply(call), environment.id(), what, all.getFirst().id());
    return ok.apply(facts(all));
  }

  private Response importThem(Routes.Call call) {
    var environment = environments.apply(call);
    var body = bodies.apply(call);
    boolean everyRole = body.path("service_role").asBoolean(false);
    var all = keys.importKeys(environment, body.path("keys").asString(""), everyRole);
    var what = "auth keys imported" + (everyRole ? ", for every role" : "");
    journal.record(callers.apply(call), environment.id(), what, "");
    return ok.apply(facts(all));
  }

  private Response revoke(Routes.Call call) {
    var environment = environments.apply(call);
    var id = call.path("id");
    keys.revokeKey(environment, id);
    journal.record(callers.apply(call), environment.id(), "auth key revoked", id);
    return ok.apply(Map.of("revoked", id));
  }

  private static Map<String, Object> facts(List<SignInKey> all) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("keys", all.stream().map(KeyRoutes::facts).toList());
    return facts;
  }

  private static Map<String, Object> facts(SignInKey key) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("kid", key.id());
    facts.put("algorithm", key.algorithm());
    facts.put("state", key.state().name().toLowerCase(Locale.ROOT));
    facts.put("since", key.since().map(Instant::toString).orElse(""));
    facts.put("until", key.until().map(Instant::toString).orElse(""));
    facts.put("every_role", key.everyRole());
    return facts;
  }
}
