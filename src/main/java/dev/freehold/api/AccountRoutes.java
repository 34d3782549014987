package dev.freehold.api;

import dev.freehold.app.Environment;
import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Response;
import dev.freehold.monitor.Journal;
import dev.freehold.problem.Problem;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `/v1/apps/{app}/{environment}/…` for mails, the mail server and Users.
final class AccountRoutes {
  private static final int USERS_A_PAGE = 50;
  private static final int MOST_USERS_A_PAGE = 1000;

  private final Accounts accounts;
  private final Journal journal;
  private final Function<Routes.Call, Environment> environment;
  private final Function<Routes.Call, String> by;
  private final JsonMapper json = JsonMapper.shared();

  AccountRoutes(
      Accounts accounts,
      Journal journal,
      Function<Routes.Call, Environment> environment,
      Function<Routes.Call, String> by) {
    this.accounts = accounts;
    this.journal = journal;
    this.environment = environment;
    this.by = by;
  }

  void mount(Routes routes) {
    var base = "/v1/apps/{app}/{environment}";
    routes
        .on("GET", base + "/mails", call -> ok(accounts.mails(environment.apply(call))))
        .on("GET", base + "/mails/{id}", this::mail)
        .on("GET", base + "/auth/mail", call -> ok(accounts.mailSettings(environment.apply(call))))
        .on("PUT", base + "/auth/smtp", this::setSmtp)
        .on("DELETE", base + "/auth/smtp", this::removeSmtp)
        .on("POST", base + "/auth/smtp/test", this::testSmtp)
        .on("PUT", base + "/auth/confirmations", this::confirmations)
        .on("GET", base + "/users", this::users)
        .on("POST", base + "/users", this::createUser)
        .on(
            "GET",
            base + "/users/{user}",
            call -> ok(accounts.user(environment.apply(call), user(call))))
        .on("DELETE", base + "/users/{user}", this::deleteUser)
        .on("PUT", base + "/users/{user}/ban", this::banUser)
        .on("POST", base + "/users/{user}/reset-password", this::resetPassword)
        .on("GET", base + "/users-export", this::export);
  }

  private Response mail(Routes.Call call) {
    var id = call.path("id");
    return ok(
        accounts
            .mail(environment.apply(call), id)
            .orElseThrow(() ->
                Problem.of("mail-not-found", "no mail, or more than one, has the id " + id)
                    .hint("freehold mail list shows the ids")
                    .raise()));
  }

  private Response setSmtp(Routes.Call call) {
    var wanted = body(call);
    accounts.smtp(environment.apply(call), wanted);
    return done(call, "smtp set", wanted.path("host").asString(""));
  }

  private Response removeSmtp(Routes.Call call) {
    accounts.withoutSmtp(environment.apply(call));
    return done(call, "smtp removed", "");
  }

  private Response testSmtp(Routes.Call call) {
    var to = body(call).path("to").asString("");
    accounts.testSmtp(environment.apply(call), to);
    return ok(Map.of("sent_to", to));
  }

  private Response confirmations(Routes.Call call) {
    boolean must = body(call).path("on").asBoolean(false);
    accounts.mustConfirm(environment.apply(call), must);
    return done(call, "confirmations " + (must ? "on" : "off"), "");
  }

  private Response users(Routes.Call call) {
    int page = Math.max(1, call.count("page", 1));
    int perPage = Math.clamp(call.count("per_page", USERS_A_PAGE), 1, MOST_USERS_A_PAGE);
    return ok(accounts.users(environment.apply(call), page, perPage, call.query("filter", "")));
  }

  private Response createUser(Routes.Call call) {
    var user = accounts.createUser(environment.apply(call), body(call));
    record(call, "user created", String.valueOf(user.get("id")));
    return ok(user);
  }

  private Response deleteUser(Routes.Call call) {
    accounts.deleteUser(environment.apply(call), user(call));
    return done(call, "user deleted", user(call));
  }

  private Response banUser(Routes.Call call) {
    var duration = body(call).path("duration").asString("");
    var user = accounts.banUser(environment.apply(call), user(call), duration);
    record(call, duration.equals("none") ? "user unbanned" : "user banned", user(call));
    return ok(user);
  }

  private Response resetPassword(Routes.Call call) {
    var answer = accounts.resetPassword(environment.apply(call), user(call), body(call));
    record(call, "user password reset", user(call));
    return ok(answer);
  }

  /// A line for each User, a page read at a time.
  private Response export(Routes.Call call) {
    var chosen = environment.apply(call);
    boolean withHashes = call.query("password_hashes", "false").equals("true");
    record(call, "users exported", withHashes ? "with password hashes" : "");
    var page = new ArrayDeque<Map<String, Object>>();
    var last = new String[] {""};
    return new Response(
        200,
        Headers.of("Content-Type", "application/x-ndjson"),
        new Body.Stream(
            new PulledLines(
                () -> {
                  if (page.isEmpty()) {
                    page.addAll(accounts.export(chosen, last[0], withHashes));
                  }
                  if (page.isEmpty()) {
                    return Optional.empty();
                  }
                  var user = page.remove();
                  last[0] = String.valueOf(user.get("id"));
                  return Optional.of(json.writeValueAsString(user));
                },
                () -> {})));
  }

  private static String user(Routes.Call call) {
    return call.path("user");
  }

  private Response done(Routes.Call call, String what, String detail) {
    record(call, what, detail);
    return ok(Map.of("done", what));
  }

  private void record(Routes.Call call, String what, String detail) {
    journal.record(by.apply(call), environment.apply(call).id(), what, detail);
  }

  private JsonNode body(Routes.Call call) {
    try {
      return call.request().body().length == 0
          ? json.createObjectNode()
          : json.readTree(call.request().body());
    } catch (JacksonException e) {
      throw Problem.of("body-invalid", "the body is not JSON").raise(e);
    }
  }

  private Response ok(Object value) {
    return Response.json(200, json.writeValueAsString(value));
  }
}
