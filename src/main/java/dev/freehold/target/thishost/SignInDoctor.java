package dev.freehold.target.thishost;

import static dev.freehold.target.SignInCheck.Severity.BLOCKS;
import static dev.freehold.target.SignInCheck.Severity.WARNS;

import dev.freehold.backend.supabase.auth.AuthSettings;
import dev.freehold.backend.supabase.auth.hook.Hook;
import dev.freehold.backend.supabase.auth.hook.HookName;
import dev.freehold.backend.supabase.auth.provider.ProviderSettings;
import dev.freehold.backend.supabase.auth.provider.Providers;
import dev.freehold.backend.supabase.project.AuthProject;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.PostgresException;
import dev.freehold.target.SignInCheck.Finding;
import dev.freehold.target.SignInCheck.Severity;
import dev.freehold.target.SignInKey;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;

/// Looks through what is kept of one Environment's sign-in for what keeps Users out, or will. It
/// reads records and catalogs; it changes nothing and asks nobody outside, and it works while the
/// Environment does not serve.
final class SignInDoctor {
  /// A signing key is due to be replaced after a year.
  static final Duration OLD_KEY = Duration.ofDays(365);

  /// Users' tokens of an earlier host have long expired by then.
  static final Duration OLD_IMPORT = Duration.ofDays(90);

  /// Apple's ready client secret is due to be replaced so long before it runs out.
  static final Duration SOON = Duration.ofDays(30);

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final Set<String> MAILING = Set.of("signInWithOtp", "resetPasswordForEmail");

  private static final String IN_CODE = "the app's code signs in with it";

  /// Lovable's word for the provider.
  private static final String MICROSOFT = "microsoft";

  private static final String AZURE = "azure";

  private final String app;
  private final String address;
  private final AuthRecord record;
  private final AuthProject project;
  private final List<ProviderSettings> providers;
  private final List<SignInKey> keys;
  private final Instant now;
  private final List<Finding> findings = new ArrayList<>();

  /// @param app as commands name it
  /// @param address where the App is
  SignInDoctor(
      String app,
      String address,
      AuthRecord record,
      List<ProviderSettings> providers,
      List<SignInKey> keys,
      Instant now) {
    this.app = app;
    this.address = address;
    this.record = record;
    this.project = record.spoken();
    this.providers = providers;
    this.keys = keys;
    this.now = now;
  }

  /// @param database as the auth server enters it
  /// @return what blocks first
  List<Finding> findings(Database database) {
    providers.forEach(this::provider);
    providersInUse();
    addresses();
    mail();
    rules();
    hooks(database);
    keys.forEach(this::key);
    findings.sort(Comparator.comparing(Finding::severity));
    return List.copyOf(findings);
  }

  private void provider(ProviderSettings set) {
    var name = set.name();
    var again = "freehold auth providers set " + name + " --app " + app;
    var fault = Providers.fault(set);
    if (!fault.isEmpty()) {
      add(BLOCKS, "provider-invalid", name, fault, again);
    } else if (!set.enabled()) {
      add(BLOCKS, "provider-off", name, "it is switched off", again);
    } else if (set.secret().isEmpty() && !name.startsWith("custom:")) {
      add(
          BLOCKS,
          "provider-secret-missing",
          name,
          "its client secret is missing: nobody comes back from its page signed in",
          again);
    }
    Providers.secretEnds(set)
        .ifPresent(end -> {
          if (!now.isBefore(end)) {
            add(
                BLOCKS,
                "provider-secret-expired",
                name,
                "its client secret ran out on " + end,
                again + ", best with the private key itself, which never runs out");
          } else if (!now.plus(SOON).isBefore(end)) {
            add(
                WARNS,
                "provider-secret-expires",
                name,
                "its client secret runs out on " + end,
                again + ", best with the private key itself, which never runs out");
          }
        });
  }

  /// What the App's code and its configuration ask for, against what is set.
  private void providersInUse() {
    var wanted = new LinkedHashMap<String, String>();
    project.asked().forEach(asked -> wanted.put(asked.name(), "supabase/config.toml has it on"));
    record
        .use()
        .providers()
        .forEach(name -> wanted.put(name.equals(MICROSOFT) ? AZURE : name, IN_CODE));
    wanted.forEach((name, why) -> {
      boolean isSet = providers.stream().anyMatch(set -> set.name().equals(name));
      boolean isKnown = name.startsWith("custom:") || Providers.known().contains(name);
      if (isSet) {
        return;
      }
      if (!isKnown) {
        add(
            BLOCKS,
            "provider-unknown",
            name,
            why + ", and there is no such provider",
            "known ones: " + String.join(", ", Providers.known()) + ", custom:NAME");
        return;
      }
      var console = Providers.console(name);
      add(
          why.equals(IN_CODE) ? BLOCKS : WARNS,
          "provider-not-set",
          name,
          why + ", and it is not set",
          (console.isEmpty() ? "" : "register the app at " + console + ", then ")
              + "freehold auth providers set "
              + name
              + " --client-id ID --app "
              + app);
    });
  }

  private void addresses() {
    var host = host(address);
    if (!providers.isEmpty() && (host.endsWith(".localhost") || LOOPBACK.contains(host))) {
      add(
          WARNS,
          "address-local",
          "address",
          address
              + " leads to the app in browsers on this machine only, and Apple, Google and"
              + " others refuse such a redirect URL",
          "providers work for everybody once the app has a public https address");
    }
    var site = project.site();
    if (!site.isEmpty() && !isHome(site)) {
      add(
          WARNS,
          "site-url-elsewhere",
          "address",
          "supabase/config.toml names "
              + site
              + " as the app's site; here links lead to "
              + address,
          "nothing to do if the app moved here; its code should take its address from"
              + " window.location.origin");
    }
    for (var target : project.targets()) {
      if (!isHome(target)) {
        add(
            WARNS,
            "redirect-elsewhere",
            "address",
            "users may be sent, signed in, to " + target + ", which is not where the app is",
            "take it out of additional_redirect_urls in supabase/config.toml unless it is yours");
      }
    }
  }

  private boolean isHome(String target) {
    return target.startsWith(address) || LOOPBACK.contains(host(target));
  }

  private static String host(String address) {
    try {
      var host = URI.create(address.replace("*", "x")).getHost();
      return host == null ? "" : host;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private void mail() {
    boolean isHooked = project.soundHooks().containsKey(HookName.SEND_EMAIL);
    if (record.smtp().isPresent() || isHooked) {
      return;
    }
    var set = "freehold auth smtp set " + app + " --host … --from …";
    var here = "; until then freehold mail list " + app + " shows every mail and its link";
    if (record.mustConfirm()
        && record.settings(AuthSettings.at(address)).accounts().emailEnabled()) {
      add(
          BLOCKS,
          "mail-stays-here",
          "mail",
          "new users must follow a link in a mail, and no mail leaves this machine",
          set + ", or freehold auth confirmations " + app + " off" + here);
    } else if (record.use().calls().stream().anyMatch(MAILING::contains)) {
      add(
          WARNS,
          "mail-stays-here",
          "mail",
          "the app sends links or codes by mail, and no mail leaves this machine",
          set + here);
    }
  }

  /// Ways in that the App's code uses and its configuration closes.
  private void rules() {
    var accounts = record.settings(AuthSettings.at(address)).accounts();
    var calls = record.use().calls();
    if (calls.contains("signInAnonymously") && !accounts.anonymousEnabled()) {
      add(
          BLOCKS,
          "anonymous-off",
          "configuration",
          "the app's code signs in without an account, and supabase/config.toml has that off",
          "enable_anonymous_sign_ins = true in [auth] of supabase/config.toml, then deploy");
    }
    if (calls.contains("signUp") && (accounts.signupDisabled() || !accounts.emailEnabled())) {
      add(
          WARNS,
          "signup-off",
          "configuration",
          "the app's code has a sign-up, and supabase/config.toml lets nobody sign up by e-mail",
          "freehold users create makes accounts; enable_signup = true lets users do it");
    }
  }

  private void hooks(Database database) {
    project
        .hookFaults()
        .forEach((name, fault) ->
            add(
                BLOCKS,
                "hook-invalid",
                "hook " + name,
                fault,
                "correct supabase/config.toml and deploy, or set the secret it names: freehold"
                    + " secrets set NAME --app "
                    + app));
    project
        .furtherComplaints()
        .forEach(fault ->
            add(
                WARNS,
                "configuration-ignored",
                "configuration",
                fault,
                "correct supabase/config.toml and deploy"));
    var functions = new EnumMap<HookName, Hook.Function>(HookName.class);
    project
        .soundHooks()
        .forEach((name, hook) -> {
          if (hook instanceof Hook.Function function) {
            functions.put(name, function);
          }
        });
    try {
      HookCheck.look(database, List.copyOf(functions.values()))
          .forEach((function, found) ->
              functions.forEach((name, its) -> {
                if (its.equals(function)) {
                  function(name, function, found);
                }
              }));
    } catch (PostgresException e) {
      add(
          BLOCKS,
          "database-unreachable",
          "database",
          "the auth server's database does not answer: " + e.getMessage(),
          "freehold status shows what runs; freehold logs --source database what it said");
    }
  }

  private void function(HookName name, Hook.Function function, HookCheck.Found found) {
    var full = function.schema() + "." + function.function();
    switch (found) {
      case CALLABLE -> {}
      case MISSING ->
          add(
              BLOCKS,
              "hook-function-missing",
              "hook " + name.setting(),
              "the database has no function " + full + " with one argument",
              "make it in a schema migration, or switch the hook off in supabase/config.toml");
      case FORBIDDEN ->
          add(
              BLOCKS,
              "hook-function-forbidden",
              "hook " + name.setting(),
              "the auth server may not call " + full,
              "in a schema migration: grant usage on schema %s to supabase_auth_admin; grant execute"
                      .formatted(function.schema())
                  + " on function "
                  + full
                  + " to supabase_auth_admin;");
    }
  }

  private void key(SignInKey key) {
    var since = key.since().orElse(now);
    var age = Duration.between(since, now).toDays() + " days old";
    switch (key.state()) {
      case SIGNS -> {
        if (since.plus(OLD_KEY).isBefore(now)) {
          add(
              WARNS,
              "key-old",
              "keys",
              "the key that signs users' tokens is " + age,
              "freehold auth keys rotate " + app + " makes a new one; nobody is signed out");
        }
      }
      case IMPORTED -> {
        if (since.plus(OLD_IMPORT).isBefore(now)) {
          add(
              WARNS,
              "key-imported",
              "keys",
              "the imported key "
                  + key.id()
                  + " is "
                  + age
                  + ": whoever has it at the earlier host can still sign in here as anybody",
              "freehold auth keys revoke "
                  + app
                  + " "
                  + key.id()
                  + ", unless an app in use still"
                  + " carries the earlier host's anon key");
        }
      }
      case EARLIER, SIGNS_API_KEYS -> {}
    }
  }

  private void add(Severity severity, String code, String subject, String message, String hint) {
    findings.add(new Finding(severity, code, subject, message, hint));
  }
}
