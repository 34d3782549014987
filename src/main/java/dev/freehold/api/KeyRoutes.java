package dev.freehold.api;

import dev.freehold.http.Response;
import dev.freehold.target.SignInKey;
import dev.freehold.target.SignInKeys;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// `/v1/apps/{app}/{environment}/auth/keys`. What signs never leaves; the two API keys of servers
/// leave when they are asked for by name, and the journal says so.
final class KeyRoutes {
  private final SignInKeys keys;
  private final Desk desk;

  KeyRoutes(SignInKeys keys, Desk desk) {
    this.keys = keys;
    this.desk = desk;
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
    var environment = desk.environment(call);
    boolean all = call.query("secret", "false").equals("true");
    var api = keys.apiKeys(environment);
    var shown = new LinkedHashMap<String, Object>();
    shown.put("publishable", api.publishable());
    shown.put("anon", api.anon());
    if (all) {
      shown.put("secret", api.secret());
      shown.put("service_role", api.serviceRole());
      desk.record(call, environment, "secret keys shown", "");
    }
    var facts = facts(keys.keys(environment));
    facts.put("api_keys", shown);
    return desk.ok(facts);
  }

  private Response rotate(Routes.Call call) {
    var environment = desk.environment(call);
    boolean atOnce = desk.body(call).path("now").asBoolean(false);
    var all = keys.rotateKeys(environment, atOnce);
    var what = "auth keys rotated" + (atOnce ? ", earlier ones revoked" : "");
    desk.record(call, environment, what, all.getFirst().id());
    return desk.ok(facts(all));
  }

  private Response importThem(Routes.Call call) {
    var environment = desk.environment(call);
    var body = desk.body(call);
    boolean everyRole = body.path("service_role").asBoolean(false);
    var all = keys.importKeys(environment, body.path("keys").asString(""), everyRole);
    var what = "auth keys imported" + (everyRole ? ", for every role" : "");
    desk.record(call, environment, what, "");
    return desk.ok(facts(all));
  }

  private Response revoke(Routes.Call call) {
    var environment = desk.environment(call);
    var id = call.path("id");
    keys.revokeKey(environment, id);
    desk.record(call, environment, "auth key revoked", id);
    return desk.ok(Map.of("revoked", id));
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
