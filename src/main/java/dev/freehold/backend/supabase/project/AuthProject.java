package dev.freehold.backend.supabase.project;

import dev.freehold.backend.supabase.auth.hook.Hook;
import dev.freehold.backend.supabase.auth.hook.HookName;
import dev.freehold.backend.supabase.auth.hook.HookSettings;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings.AppleKey;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings.Rules;
import dev.freehold.backend.supabase.auth.provider.Providers;
import dev.freehold.backend.supabase.mail.MailTemplates;
import dev.freehold.backend.supabase.mail.SmtpSettings;
import dev.freehold.problem.ProblemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// What a project's `supabase/config.toml` says about sign-in: hooks, templates, providers, the
/// mail server, and by [AuthRules] the settings.
///
/// Source: https://supabase.com/docs/guides/local-development/cli/config
public final class AuthProject {
  private static final List<String> TEMPLATES = List.of("template", "notification");
  private static final int SMTP_PORT = 587;

  private final Table section;

  /// @param section `[auth]` as nested tables, each template's text at its `content`
  /// @param variables what `env(NAME)` stands for
  public AuthProject(Map<String, Object> section, Function<String, Optional<String>> variables) {
    this.section = new Table(section, variables);
  }

  /// The settings it makes of the usual ones.
  public AuthRules rules() {
    return new AuthRules(section);
  }

  /// The project's own templates, those that can be read.
  public MailTemplates templates() {
    var own = new HashMap<String, MailTemplates.Own>();
    for (var kind : TEMPLATES) {
      section
          .table("email")
          .table(kind)
          .tables((name, mail) ->
              own.put(
                  name.replaceFirst("_notification$", ""),
                  new MailTemplates.Own(mail.text("subject", ""), mail.text("content", ""))));
    }
    return MailTemplates.with(own);
  }

  /// @throws IllegalArgumentException with a sentence about a hook that cannot be asked
  public HookSettings hooks() {
    var hooks = new EnumMap<HookName, Hook>(HookName.class);
    enabledHooks((name, hook) -> hooks.put(name, parsed(hook)));
    return new HookSettings(hooks);
  }

  private static Hook parsed(Table hook) {
    return Hook.parse(hook.text("uri", ""), hook.text("secrets", ""));
  }

  private void enabledHooks(BiConsumer<HookName, Table> each) {
    section
        .table("hook")
        .tables((name, hook) -> {
          if (hook.flag("enabled", false)) {
            HookName.ofSetting(name).ifPresent(known -> each.accept(known, hook));
          }
        });
  }

  /// Which notices are mailed, such as `password_changed`.
  public Set<String> notices() {
    var notices = new HashSet<String>();
    section
        .table("email")
        .table("notification")
        .tables((name, notice) -> {
          if (notice.flag("enabled", false)) {
            notices.add(name.toLowerCase(Locale.ROOT));
          }
        });
    return notices;
  }

  /// The mail server, where one is set and can be used.
  public Optional<SmtpSettings> smtp() {
    var smtp = section.table("email").table("smtp");
    if (!smtp.flag("enabled", smtp.has("host"))) {
      return Optional.empty();
    }
    try {
      return Optional.of(server(smtp));
    } catch (ProblemException e) {
      return Optional.empty();
    }
  }

  private static SmtpSettings server(Table smtp) {
    var host = smtp.text("host", "");
    int port = smtp.number("port", SMTP_PORT);
    return new SmtpSettings(
        host,
        port,
        SmtpSettings.security("", host, port),
        smtp.text("user", ""),
        smtp.text("pass", ""),
        smtp.text("sender_name", ""),
        smtp.text("admin_email", ""));
  }

  /// Clients at sign-in providers, those that can be used.
  public List<ProviderSettings> providers() {
    return asked().stream().filter(provider -> Providers.fault(provider).isEmpty()).toList();
  }

  /// Clients at sign-in providers that are on, whether or not they can be used.
  public List<ProviderSettings> asked() {
    var providers = new ArrayList<ProviderSettings>();
    section
        .table("external")
        .tables((name, provider) -> {
          if (provider.flag("enabled", false)) {
            providers.add(provider(name, provider));
          }
        });
    return providers;
  }

  private static ProviderSettings provider(String name, Table table) {
    var ids =
        Arrays.stream(table.text("client_id", "").split(","))
            .map(String::strip)
            .filter(id -> !id.isEmpty())
            .toList();
    var rules =
        new Rules(table.flag("skip_nonce_check", false), table.flag("email_optional", false));
    return new ProviderSettings(
        name,
        true,
        ids,
        table.text("secret", ""),
        table.text("url", ""),
        table.text("redirect_uri", ""),
        List.of(),
        AppleKey.NONE,
        rules);
  }

  /// Whether Users may link and unlink identities themselves.
  public boolean manualLinking() {
    return section.flag("enable_manual_linking", false);
  }

  /// The site it names; empty when it names none.
  public String site() {
    return section.text("site_url", "");
  }

  /// Further places it lets links lead to.
  public List<String> targets() {
    return section.list("additional_redirect_urls");
  }

  /// What is wrong with hooks: the name in the file, and a sentence.
  public Map<String, String> hookFaults() {
    var faults = new LinkedHashMap<String, String>();
    section
        .table("hook")
        .tables((name, _) -> {
          if (HookName.ofSetting(name).isEmpty()) {
            faults.put(name, "there is no such hook");
          }
        });
    enabledHooks((name, hook) -> {
      try {
        var unused = parsed(hook);
      } catch (IllegalArgumentException e) {
        faults.put(name.setting(), String.valueOf(e.getMessage()));
      }
    });
    return faults;
  }

  /// The hooks that are on and can be asked.
  public Map<HookName, Hook> soundHooks() {
    var sound = new EnumMap<HookName, Hook>(HookName.class);
    var faults = hookFaults();
    enabledHooks((name, hook) -> {
      if (!faults.containsKey(name.setting())) {
        sound.put(name, parsed(hook));
      }
    });
    return sound;
  }

  /// What cannot be followed, a sentence each.
  public List<String> complaints() {
    var complaints = new ArrayList<String>();
    hookFaults().forEach((name, fault) -> complaints.add("hook " + name + ": " + fault));
    for (var provider : asked()) {
      var fault = Providers.fault(provider);
      if (!fault.isEmpty()) {
        complaints.add("sign-in by " + provider.name() + ": " + fault);
      }
    }
    complaints.addAll(furtherComplaints());
    return complaints;
  }

  /// Those of them that are about neither hooks nor providers.
  public List<String> furtherComplaints() {
    var complaints = new ArrayList<>(templates().refused());
    var smtp = section.table("email").table("smtp");
    if (smtp.flag("enabled", smtp.has("host")) && smtp().isEmpty()) {
      complaints.add("mail server: its host, port, user or sender cannot be used");
    }
    var captcha = section.table("captcha");
    if (captcha.flag("enabled", false) && captcha.text("secret", "").isEmpty()) {
      complaints.add("captcha: its secret is missing, so nobody is asked for one");
    }
    section
        .table("sms")
        .tables((carrier, table) -> {
          if (!carrier.equals("test_otp") && table.flag("enabled", false)) {
            complaints.add(
                "text messages by "
                    + carrier
                    + ": there is no such carrier; send them by the send_sms hook");
          }
        });
    return complaints;
  }
}
