package dev.freehold.api;

import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Response;
import dev.freehold.problem.Problem;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;

/// `/v1/apps/{app}/{environment}/…` for mails, the mail server and Users.
final class AccountRoutes {
  private static final int USERS_A_PAGE = 50;
  private static final int MOST_USERS_A_PAGE = 1000;

  private final Accounts accounts;
  private final Desk desk;

  AccountRoutes(Accounts accounts, Desk desk) {
    this.accounts = accounts;
    this.desk = desk;
  }

  void mount(Routes routes) {
    var base = "/v1/apps/{app}/{environment}";
    routes
        .on("GET", base + "/mails", call -> desk.ok(accounts.mails(desk.environment(call))))
        .on("GET", base + "/mails/{id}", this::mail)
        .on(
            "GET",
            base + "/auth/mail",
            call -> desk.ok(accounts.mailSettings(desk.environment(call))))
        .on("PUT", base + "/auth/smtp", this::setSmtp)
        .on("DELETE", base + "/auth/smtp", this::removeSmtp)
        .on("POST", base + "/auth/smtp/test", this::testSmtp)
        .on("PUT", base + "/auth/confirmations", this::confirmations)
        .on("GET", base + "/users", this::users)
        .on("POST", base + "/users", this::createUser)
        .on(
            "GET",
            base + "/users/{user}",
            call -> desk.ok(accounts.user(desk.environment(call), user(call))))
        .on("DELETE", base + "/users/{user}", this::deleteUser)
        .on("PUT", base + "/users/{user}/ban", this::banUser)
        .on("POST", base + "/users/{user}/reset-password", this::resetPassword)
        .on("GET", base + "/users-export", this::export);
  }

  private Response mail(Routes.Call call) {
    var id = call.path("id");
    return desk.ok(
        accounts
            .mail(desk.environment(call), id)
            .orElseThrow(() ->
                Problem.of("mail-not-found", "no mail, or more than one, has the id " + id)
                    .hint("freehold mail list shows the ids")
                    .raise()));
  }

  private Response setSmtp(Routes.Call call) {
    var wanted = desk.body(call);
    accounts.smtp(desk.environment(call), wanted);
    return done(call, "smtp set", wanted.path("host").asString(""));
  }

  private Response removeSmtp(Routes.Call call) {
    accounts.withoutSmtp(desk.environment(call));
    return done(call, "smtp removed", "");
  }

  private Response testSmtp(Routes.Call call) {
    var to = desk.body(call).path("to").asString("");
    accounts.testSmtp(desk.environment(call), to);
    return desk.ok(Map.of("sent_to", to));
  }

  private Response confirmations(Routes.Call call) {
    boolean must = desk.body(call).path("on").asBoolean(false);
    accounts.mustConfirm(desk.environment(call), must);
    return done(call, "confirmations " + (must ? "on" : "off"), "");
  }

  private Response users(Routes.Call call) {
    int page = Math.max(1, call.count("page", 1));
    int perPage = Math.clamp(call.count("per_page", USERS_A_PAGE), 1, MOST_USERS_A_PAGE);
    return desk.ok(accounts.users(desk.environment(call), page, perPage, call.query("filter", "")));
  }

  private Response createUser(Routes.Call call) {
    var user = accounts.createUser(desk.environment(call), desk.body(call));
    record(call, "user created", String.valueOf(user.get("id")));
    return desk.ok(user);
  }

  private Response deleteUser(Routes.Call call) {
    accounts.deleteUser(desk.environment(call), user(call));
    return done(call, "user deleted", user(call));
  }

  private Response banUser(Routes.Call call) {
    var duration = desk.body(call).path("duration").asString("");
    var user = accounts.banUser(desk.environment(call), user(call), duration);
    record(call, duration.equals("none") ? "user unbanned" : "user banned", user(call));
    return desk.ok(user);
  }

  private Response resetPassword(Routes.Call call) {
    var answer = accounts.resetPassword(desk.environment(call), user(call), desk.body(call));
    record(call, "user password reset", user(call));
    return desk.ok(answer);
  }

  /// A line for each User, a page read at a time.
  private Response export(Routes.Call call) {
    var chosen = desk.environment(call);
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
                  return Optional.of(desk.json(user));
                },
                () -> {})));
  }

  private static String user(Routes.Call call) {
    return call.path("user");
  }

  private Response done(Routes.Call call, String what, String detail) {
    record(call, what, detail);
    return desk.ok(Map.of("done", what));
  }

  private void record(Routes.Call call, String what, String detail) {
    desk.record(call, desk.environment(call), what, detail);
  }
}
