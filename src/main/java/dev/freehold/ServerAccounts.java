package dev.freehold;

import dev.freehold.api.Accounts;
import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.mail.KeptMail;
import dev.freehold.backend.supabase.mail.SmtpSettings;
import dev.freehold.http.Body;
import dev.freehold.http.Response;
import dev.freehold.problem.Problem;
import dev.freehold.target.thishost.EnvironmentAuth;
import dev.freehold.target.thishost.ThisHost;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Users and mails of this host's Environments, for the control API. Users are looked after through
/// the auth server's own admin routes, so that its rules and its audit log hold here too.
record ServerAccounts(ThisHost host) implements Accounts {
  private static final TypeReference<LinkedHashMap<String, Object>> OBJECT =
      new TypeReference<>() {};
  private static final int EXPORT_PAGE = 500;
  private static final int SUCCESS = 300;
  private static final String ID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";

  @Override
  public Map<String, Object> mails(Environment environment) {
    var auth = host.auth(environment);
    var facts = new LinkedHashMap<String, Object>();
    facts.put("leaves_this_machine", auth.smtp().isPresent());
    facts.put("mails", auth.mails().stream().map(mail -> facts(mail, false)).toList());
    return facts;
  }

  @Override
  public Optional<Map<String, Object>> mail(Environment environment, String id) {
    return host.auth(environment).mail(id).map(mail -> facts(mail, true));
  }

  private static Map<String, Object> facts(KeptMail mail, boolean whole) {
    var facts = new LinkedHashMap<String, Object>();
    facts.put("id", mail.id());
    facts.put("at", mail.at().toString());
    facts.put("to", mail.to());
    facts.put("about", mail.action());
    facts.put("subject", mail.subject());
    if (whole) {
      facts.put("code", mail.code());
      facts.put("link", mail.link());
      facts.put("text", mail.text());
    }
    return facts;
  }

  @Override
  public Map<String, Object> mailSettings(Environment environment) {
    var auth = host.auth(environment);
    var facts = new LinkedHashMap<String, Object>();
    facts.put("confirmations", auth.mustConfirm());
    auth.smtp()
        .ifPresent(smtp -> {
          var server = new LinkedHashMap<String, Object>();
          server.put("host", smtp.host());
          server.put("port", smtp.port());
          server.put("security", smtp.security().word());
          server.put("user", smtp.user());
          server.put("password_set", !smtp.password().isEmpty());
          server.put("sender_name", smtp.senderName());
          server.put("sender_address", smtp.senderAddress());
          facts.put("smtp", server);
        });
    return facts;
  }

  @Override
  public void smtp(Environment environment, JsonNode wanted) {
    var server = wanted.path("host").asString("");
    int port = wanted.path("port").asInt(587);
    host.auth(environment)
        .smtp(
            new SmtpSettings(
                server,
                port,
                SmtpSettings.security(wanted.path("security").asString(""), server, port),
                wanted.path("user").asString(""),
                wanted.path("password").asString(""),
                wanted.path("sender_name").asString(""),
                wanted.path("sender_address").asString("")));
  }

  @Override
  public void withoutSmtp(Environment environment) {
    host.auth(environment).withoutSmtp();
  }

  @Override
  public void testSmtp(Environment environment, String to) {
    host.auth(environment).testSmtp(to);
  }

  @Override
  public void mustConfirm(Environment environment, boolean must) {
    host.auth(environment).mustConfirm(must);
  }

  @Override
  public Map<String, Object> users(Environment environment, int page, int perPage, String filter) {
    var response =
        host.auth(environment)
            .ask(
                "GET",
                "/admin/users?page=%d&per_page=%d&filter=%s"
                    .formatted(page, perPage, encoded(filter)),
                "");
    var facts = answer(response);
    var total = response.headers().first("X-Total-Count").orElse("0");
    facts.put("total", Long.parseLong(total));
    facts.put("page", page);
    facts.put("per_page", perPage);
    return facts;
  }

  @Override
  public Map<String, Object> user(Environment environment, String who) {
    var auth = host.auth(environment);
    return answer(auth.ask("GET", "/admin/users/" + id(auth, who), ""));
  }

  @Override
  public Map<String, Object> createUser(Environment environment, JsonNode wanted) {
    var body = new LinkedHashMap<String, Object>();
    body.put("email", wanted.path("email").asString(""));
    var password = wanted.path("password").asString("");
    if (!password.isEmpty()) {
      body.put("password", password);
    }
    body.put("email_confirm", wanted.path("confirmed").asBoolean(true));
    if (wanted.path("user_metadata").isObject()) {
      body.put("user_metadata", wanted.path("user_metadata"));
    }
    return answer(host.auth(environment).ask("POST", "/admin/users", text(body)));
  }

  @Override
  public Map<String, Object> banUser(Environment environment, String who, String duration) {
    var auth = host.auth(environment);
    var body = text(Map.of("ban_duration", duration));
    return answer(auth.ask("PUT", "/admin/users/" + id(auth, who), body));
  }

  @Override
  public void deleteUser(Environment environment, String who) {
    var auth = host.auth(environment);
    var unused = answer(auth.ask("DELETE", "/admin/users/" + id(auth, who), ""));
  }

  @Override
  public Map<String, Object> resetPassword(Environment environment, String who, JsonNode wanted) {
    var auth = host.auth(environment);
    var id = id(auth, who);
    var facts = new LinkedHashMap<String, Object>();
    var password = wanted.path("password").asString("");
    if (!password.isEmpty()) {
      var unused =
          answer(auth.ask("PUT", "/admin/users/" + id, text(Map.of("password", password))));
      facts.put("done", "set");
      return facts;
    }
    var email = answer(auth.ask("GET", "/admin/users/" + id, "")).get("email");
    if (wanted.path("link").asBoolean(false)) {
      var body = text(Map.of("type", "recovery", "email", String.valueOf(email)));
      var link = answer(auth.ask("POST", "/admin/generate_link", body));
      facts.put("done", "link");
      facts.put("link", String.valueOf(link.get("action_link")));
      return facts;
    }
    var unused = answer(auth.ask("POST", "/recover", text(Map.of("email", String.valueOf(email)))));
    facts.put("done", "mailed");
    facts.put("to", String.valueOf(email));
    facts.put("leaves_this_machine", auth.smtp().isPresent());
    return facts;
  }

  @Override
  public List<Map<String, Object>> export(
      Environment environment, String after, boolean withHashes) {
    return host.auth(environment).export(after, EXPORT_PAGE, withHashes);
  }

  /// The id of the User whom an id or an e-mail address names.
  private static String id(EnvironmentAuth auth, String who) {
    if (who.matches(ID)) {
      return who;
    }
    var found = answer(auth.ask("GET", "/admin/users?filter=" + encoded(who), ""));
    if (found.get("users") instanceof List<?> users) {
      for (var user : users) {
        if (user instanceof Map<?, ?> fields
            && who.equalsIgnoreCase(String.valueOf(fields.get("email")))) {
          return String.valueOf(fields.get("id"));
        }
      }
    }
    throw notFound(who);
  }

  private static Map<String, Object> answer(Response response) {
    var text =
        switch (response.body()) {
          case Body.Bytes bytes -> new String(bytes.bytes(), StandardCharsets.UTF_8);
          case Body.Shared _, Body.Stream _, Body.File _, Body.Socket _ ->
              throw new IllegalStateException("the auth server streams nothing");
        };
    if (response.status() < SUCCESS) {
      return JsonMapper.shared().readValue(text, OBJECT);
    }
    var refused = JsonMapper.shared().readTree(text);
    var code = refused.path("error_code").asString("");
    if (code.equals("user_not_found")) {
      throw notFound("that id");
    }
    throw Problem.of("user-refused", refused.path("msg").asString("the auth server refused"))
        .detail("the auth server's code: " + code)
        .hint("nothing was changed")
        .raise();
  }

  private static RuntimeException notFound(String who) {
    return Problem.of("user-not-found", "no user has " + who)
        .hint("freehold users list shows who there is")
        .raise();
  }

  private static String text(Map<String, Object> body) {
    return JsonMapper.shared().writeValueAsString(body);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
