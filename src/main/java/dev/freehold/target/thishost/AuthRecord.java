package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.supabase.auth.AuthSettings;
import dev.freehold.backend.supabase.mail.SmtpSettings;
import dev.freehold.backend.supabase.project.AuthProject;
import dev.freehold.secret.Secrets;
import dev.freehold.target.SignInUse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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

  private final Environment environment;
  private final Secrets secrets;
  private final JsonMapper json = JsonMapper.shared();

  AuthRecord(Environment environment, Secrets secrets) {
    this.environment = environment;
    this.secrets = secrets;
  }

  /// Lays aside what an export says.
  ///
  /// @param export the Export's digest
  /// @param section `[auth]` of its `supabase/config.toml`
  /// @param use what its code asks of sign-in
  void prepare(String export, Map<String, Object> section, SignInUse use) {
    boolean unused = keep(prepared(PROJECT, export), json.writeValueAsString(section));
    boolean unusedToo = keep(prepared(USE, export), json.writeValueAsString(use));
  }

  /// Puts in force what that export says; false when it is, or when nothing was laid aside.
  boolean adopt(String export) {
    secrets.own(environment, prepared(USE, export)).ifPresent(text -> keep(USE, text));
    return secrets
        .own(environment, prepared(PROJECT, export))
        .filter(text -> keep(PROJECT, text))
        .isPresent();
  }

  private static String prepared(String name, String export) {
    return name + "." + export;
  }

  private boolean keep(String name, String text) {
    boolean isNew = !text.equals(secrets.own(environment, name).orElse(""));
    if (isNew) {
      secrets.keepOwn(environment, name, text);
    }
    return isNew;
  }

  /// What the code of the live Release asks of sign-in.
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
        .map(text -> json.readValue(text, SmtpSettings.class))
        .or(() -> chosen(SMTP) ? Optional.empty() : spoken().smtp());
  }

  private boolean chosen(String name) {
    return secrets.own(environment, name).isPresent();
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
        .orElseGet(() -> spoken().rules().mustConfirm(false));
  }

  /// The settings that the export and the owner make of the usual ones.
  AuthSettings settings(AuthSettings usual) {
    var settings = spoken().rules().served(usual);
    var accounts = settings.accounts();
    return settings.withAccounts(
        new AuthSettings.Accounts(
            accounts.signupDisabled(),
            accounts.emailEnabled(),
            accounts.anonymousEnabled(),
            !mustConfirm()));
  }

  /// What the export says, with the owner's secrets for `env(NAME)`.
  AuthProject spoken() {
    return spoken(project());
  }

  AuthProject spoken(Map<String, Object> section) {
    return new AuthProject(section, this::secret);
  }

  private Optional<String> secret(String name) {
    return Optional.ofNullable(
        secrets.values(environment, secrets.versions(environment)).get(name));
  }

  /// What the export says; empty before the first deploy.
  private Map<String, Object> project() {
    return secrets
        .own(environment, PROJECT)
        .map(text -> (Map<String, Object>) json.readValue(text, TABLE))
        .orElse(Map.of());
  }
}
