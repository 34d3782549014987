package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.auth.AuthServer;
import dev.freehold.backend.supabase.auth.AuthSettings;
import dev.freehold.backend.supabase.auth.hook.Hook;
import dev.freehold.backend.supabase.auth.hook.HookName;
import dev.freehold.backend.supabase.auth.hook.HookSettings;
import dev.freehold.backend.supabase.auth.provider.Providers;
import dev.freehold.backend.supabase.mail.MailTemplates;
import dev.freehold.backend.supabase.mail.SmtpSettings;
import dev.freehold.secret.Secrets;
import dev.freehold.target.SignInUse;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// What is kept of one Environment's sign-in: what its export says of it, what its owner chose over
/// that, and the mail server. All of it sealed, for passwords and hooks' secrets are in it.
final class AuthRecord {
  private static final String PROJECT = "auth-project";
  private static final String USE = "auth-use";
  private static final String SMTP = "auth-smtp";
  private static final String CONFIRMATIONS = "auth-confirmations";
  private static final TypeReference<LinkedHashMap<String, Object>> TABLE =
      new TypeReference<>() {};
  private static final Pattern FROM_ENVIRONMENT = Pattern.compile("env\\(([A-Za-z0-9_]+)\\)");

  private final Environment environment;
  private final Secrets secrets;
  private final JsonMapper json = JsonMapper.shared();

  AuthRecord(Environment environment, Secrets secrets) {
    this.environment = environment;
    this.secrets = secrets;
  }

  /// @param section `[auth]` of the export's `supabase/config.toml`
  void keepProject(Map<String, Object> section) {
    var text = json.writeValueAsString(section);
    if (!text.equals(secrets.own(environment, PROJECT).orElse("{}"))) {
      secrets.keepOwn(environment, PROJECT, text);
    }
  }

  /// Keeps what the App's code asks of sign-in.
  void keepUse(SignInUse use) {
    var text = json.writeValueAsString(use);
    if (!text.equals(secrets.own(environment, USE).orElse(""))) {
      secrets.keepOwn(environment, USE, text);
    }
  }

  SignInUse use() {
    return secrets
        .own(environment, USE)
        .map(text -> json.readValue(text, SignInUse.class))
        .orElse(SignInUse.NONE);
  }

  void keepSmtp(@Nullable SmtpSettings settings) {
    secrets.keepOwn(
        environment, SMTP, settings == null ? "null" : json.writeValueAsString(settings));
  }

  Optional<SmtpSettings> smtp() {
    return secrets
        .own(environment, SMTP)
        .filter(text -> !text.equals("null"))
        .map(text -> json.readValue(text, SmtpSettings.class));
  }

  /// @param mustConfirm whether new addresses are confirmed by mail
  void keepConfirmations(boolean mustConfirm) {
    secrets.keepOwn(environment, CONFIRMATIONS, Boolean.toString(mustConfirm));
  }

  /// Whether new addresses are confirmed by mail: as the owner chose, or as the export says, or
  /// not.
  boolean mustConfirm() {
    return secrets
        .own(environment, CONFIRMATIONS)
        .map(Boolean::parseBoolean)
        .orElseGet(() -> flag(table(project().get("email")), "enable_confirmations", false));
  }

  /// The settings that the export and the owner make of the usual ones.
  AuthSettings settings(AuthSettings usual) {
    var project = project();
    var email = table(project.get("email"));
    return usual
        .withAccounts(
            new AuthSettings.Accounts(
                !flag(project, "enable_signup", true),
                flag(email, "enable_signup", usual.accounts().emailEnabled()),
                flag(project, "enable_anonymous_sign_ins", usual.accounts().anonymousEnabled()),
                !mustConfirm()))
        .withMail(
            new AuthSettings.MailRules(
                usual.mail().interval(),
                usual.mail().perHour(),
                flag(email, "double_confirm_changes", usual.mail().secureEmailChange())));
  }

  /// The App's own templates, those that can be read.
  MailTemplates templates() {
    var own = new HashMap<String, MailTemplates.Own>();
    var email = table(project().get("email"));
    for (var kind : List.of("template", "notification")) {
      table(email.get(kind))
          .forEach((name, value) -> {
            var mail = table(value);
            own.put(
                name.replaceFirst("_notification$", ""),
                new MailTemplates.Own(text(mail, "subject"), text(mail, "content")));
          });
    }
    return MailTemplates.with(own);
  }

  AuthServer.Additions additions(Providers providers) {
    var hooks = new EnumMap<HookName, Hook>(HookName.class);
    enabledHooks((name, hook) -> hooks.put(name, Hook.parse(text(hook, "uri"), secretsOf(hook))));
    return new AuthServer.Additions(
        providers, new HookSettings(hooks), notices(), Optional.empty());
  }

  /// What of the export's words about sign-in cannot be followed, a sentence each.
  List<String> complaints() {
    var complaints = new ArrayList<>(templateFaults());
    hookFaults().forEach((name, fault) -> complaints.add("hook " + name + ": " + fault));
    return complaints;
  }

  /// What is wrong with the App's own templates, a sentence each.
  List<String> templateFaults() {
    return templates().refused();
  }

  /// What is wrong with hooks: the name as `supabase/config.toml` has it, and a sentence.
  Map<String, String> hookFaults() {
    var faults = new LinkedHashMap<String, String>();
    table(project().get("hook"))
        .keySet()
        .forEach(name -> {
          if (HookName.ofSetting(name).isEmpty()) {
            faults.put(name, "there is no such hook");
          }
        });
    enabledHooks((name, hook) -> {
      try {
        var unused = Hook.parse(text(hook, "uri"), secretsOf(hook));
      } catch (IllegalArgumentException e) {
        faults.put(name.setting(), String.valueOf(e.getMessage()));
      }
    });
    return faults;
  }

  Set<HookName> enabledHookNames() {
    var names = new HashSet<HookName>();
    enabledHooks((name, hook) -> names.add(name));
    return names;
  }

  /// The hooks that are on and are functions of the database.
  Map<HookName, Hook.Function> hookFunctions() {
    var functions = new EnumMap<HookName, Hook.Function>(HookName.class);
    enabledHooks((name, hook) -> {
      if (!hookFaults().containsKey(name.setting())
          && Hook.parse(text(hook, "uri"), secretsOf(hook)) instanceof Hook.Function function) {
        functions.put(name, function);
      }
    });
    return functions;
  }

  /// Providers that the export has on.
  List<String> projectProviders() {
    return table(project().get("external")).entrySet().stream()
        .filter(provider -> flag(table(provider.getValue()), "enabled", false))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// Where the export lets links lead: its site and further targets.
  List<String> projectTargets() {
    var targets = new ArrayList<String>();
    if (project().get("site_url") instanceof String site && !site.isEmpty()) {
      targets.add(site);
    }
    if (project().get("additional_redirect_urls") instanceof List<?> more) {
      more.forEach(target -> targets.add(String.valueOf(target)));
    }
    return targets;
  }

  private void enabledHooks(java.util.function.BiConsumer<HookName, Map<String, Object>> each) {
    table(project().get("hook"))
        .forEach((name, value) -> {
          var hook = table(value);
          var known = HookName.ofSetting(name);
          if (known.isPresent() && flag(hook, "enabled", false)) {
            each.accept(known.get(), hook);
          }
        });
  }

  private Set<String> notices() {
    var notices = new HashSet<String>();
    table(table(project().get("email")).get("notification"))
        .forEach((name, value) -> {
          if (flag(table(value), "enabled", false)) {
            notices.add(name.toLowerCase(Locale.ROOT));
          }
        });
    return notices;
  }

  private String secretsOf(Map<String, Object> hook) {
    return text(hook, "secrets");
  }

  /// What the export says; empty before the first deploy.
  Map<String, Object> project() {
    return secrets
        .own(environment, PROJECT)
        .map(text -> (Map<String, Object>) json.readValue(text, TABLE))
        .orElse(Map.of());
  }

  /// `env(NAME)` is the owner's secret of that name.
  private String text(Map<String, Object> table, String name) {
    var text = table.get(name) instanceof String value ? value : "";
    var matcher = FROM_ENVIRONMENT.matcher(text);
    if (!matcher.matches()) {
      return text;
    }
    return secrets
        .values(environment, secrets.versions(environment))
        .getOrDefault(matcher.group(1), "");
  }

  private static boolean flag(Map<String, Object> table, String name, boolean otherwise) {
    return table.get(name) instanceof Boolean value ? value : otherwise;
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> table(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }
}
