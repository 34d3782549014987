package dev.freehold.api;

import dev.freehold.http.Response;
import dev.freehold.problem.Problem;
import dev.freehold.target.SignIn;
import dev.freehold.target.SignInCheck;
import dev.freehold.target.SignInProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// What the control API does with an environment's sign-in providers, and whether its users can
/// sign in. No secret ever leaves.
final class AuthRoutes {
  private final SignIn providers;
  private final Desk desk;

  AuthRoutes(SignIn providers, Desk desk) {
    this.providers = providers;
    this.desk = desk;
  }

  void mount(Routes routes) {
    var path = "/v1/apps/{app}/{environment}/auth/providers";
    routes
        .on("GET", "/v1/apps/{app}/{environment}/auth/doctor", this::check)
        .on("GET", path, this::list)
        .on("PUT", path + "/{name}", this::set)
        .on("DELETE", path + "/{name}", this::remove);
  }

  private Response list(Routes.Call call) {
    var environment = desk.environment(call);
    var facts = new LinkedHashMap<String, Object>();
    facts.put("redirect_url", providers.redirectUrl(environment));
    facts.put(
        "providers", providers.providers(environment).stream().map(AuthRoutes::facts).toList());
    return desk.ok(facts);
  }

  private Response check(Routes.Call call) {
    var report = providers.checkSignIn(desk.environment(call));
    var facts = new LinkedHashMap<String, Object>();
    facts.put("fine", report.isFine());
    facts.put("address", report.address());
    facts.put("redirect_url", report.redirectUrl());
    facts.put("providers", report.providers().stream().map(AuthRoutes::facts).toList());
    facts.put("findings", report.findings().stream().map(AuthRoutes::facts).toList());
    return desk.ok(facts);
  }

  private static Map<String, Object> facts(SignInCheck.Finding finding) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("severity", finding.severity().name().toLowerCase(Locale.ROOT));
    facts.put("code", finding.code());
    facts.put("subject", finding.subject());
    facts.put("message", finding.message());
    facts.put("hint", finding.hint());
    return facts;
  }

  private Response set(Routes.Call call) {
    var environment = desk.environment(call);
    var body = desk.body(call);
    var change =
        new SignInProvider.Change(
            call.path("name"),
            texts(body.path("client_ids")),
            body.path("secret").asString(""),
            body.path("url").asString(""),
            texts(body.path("scopes")),
            body.path("team_id").asString(""),
            body.path("key_id").asString(""),
            body.path("skip_nonce_check").asBoolean(false),
            body.path("email_optional").asBoolean(false));
    var set = providers.setProvider(environment, change);
    desk.record(call, environment, "auth provider set", set.name());
    return desk.ok(facts(set));
  }

  private Response remove(Routes.Call call) {
    var environment = desk.environment(call);
    var name = call.path("name");
    if (!providers.removeProvider(environment, name)) {
      throw Problem.of("auth-provider-not-found", environment.id() + " has no provider " + name)
          .hint("freehold auth providers list --app " + environment.app() + " shows what there is")
          .raise();
    }
    desk.record(call, environment, "auth provider removed", name);
    return desk.ok(Map.of("removed", name));
  }

  private static Map<String, Object> facts(SignInProvider provider) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("name", provider.name());
    facts.put("title", provider.title());
    facts.put("client_ids", provider.clientIds());
    facts.put("url", provider.url());
    facts.put("scopes", provider.scopes());
    facts.put("has_secret", provider.hasSecret());
    facts.put("redirect_url", provider.redirectUrl());
    facts.put("console", provider.console());
    return facts;
  }

  private static List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(one -> texts.add(one.asString("")));
    return texts;
  }
}
