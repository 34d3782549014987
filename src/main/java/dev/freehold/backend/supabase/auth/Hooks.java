package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.supabase.auth.hook.Hook;
import dev.freehold.backend.supabase.auth.hook.HookAnswer;
import dev.freehold.backend.supabase.auth.hook.HookName;
import dev.freehold.backend.supabase.auth.hook.HookRefusal;
import dev.freehold.backend.supabase.auth.hook.HookSettings;
import dev.freehold.backend.supabase.auth.hook.Webhook;
import dev.freehold.postgres.PostgresException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Asks an App's own code, where it has some, before the auth server goes on.
///
/// A function of the database runs in the transaction of what is asked about where there is one,
/// and has two seconds.
final class Hooks {
  private static final String FUNCTION_LIMIT = "set local statement_timeout = 2000";
  private static final String NO_LIMIT = "set local statement_timeout to default";
  private static final String PASSWORD_REJECTED =
      "Further password verification attempts will be rejected.";
  private static final String MFA_REJECTED = "Further MFA verification attempts will be rejected.";

  private final HookSettings settings;
  private final Transactions database;
  private final Clock clock;
  private final @Nullable Webhook webhook;

  Hooks(HookSettings settings, Transactions database, Clock clock) {
    this.settings = settings;
    this.database = database;
    this.clock = clock;
    boolean hasWeb = settings.hooks().values().stream().anyMatch(Hook.Web.class::isInstance);
    this.webhook = hasWeb ? new Webhook(clock) : null;
  }

  boolean has(HookName name) {
    return settings.has(name);
  }

  /// Whether this User may come to be; refuses by [AuthError].
  ///
  /// @param tx the one that makes the User; null before it has begun
  void beforeUserCreated(@Nullable Transaction tx, Newcomer user, Device device) {
    if (has(HookName.BEFORE_USER_CREATED)) {
      var name = HookName.BEFORE_USER_CREATED;
      var unused = ask(tx, name, about(name, device, user.toJson(clock.instant())));
    }
  }

  /// Tells of a User who has come to be. Never inside a transaction.
  void afterUserCreated(User user, Device device) {
    if (has(HookName.AFTER_USER_CREATED)) {
      var unused =
          ask(
              null,
              HookName.AFTER_USER_CREATED,
              about(HookName.AFTER_USER_CREATED, device, user.toJson()));
    }
  }

  /// What the App makes of an access token's claims.
  ///
  /// @param method how the User proved who they are
  Map<String, Object> customAccessToken(
      Transaction tx, User user, Map<String, Object> claims, String method, String address) {
    if (!has(HookName.CUSTOM_ACCESS_TOKEN)) {
      return claims;
    }
    var question = new LinkedHashMap<String, Object>();
    question.put("metadata", metadata(HookName.CUSTOM_ACCESS_TOKEN, address));
    question.put("user_id", user.id().toString());
    question.put("claims", claims);
    question.put("authentication_method", method);
    var answer = ask(tx, HookName.CUSTOM_ACCESS_TOKEN, question);
    return TokenClaims.checked(answer);
  }

  /// Hands a mail to the App, which sends it by itself.
  void sendEmail(Transaction tx, User user, Map<String, Object> emailData, String address) {
    var question = new LinkedHashMap<String, Object>();
    question.put("metadata", metadata(HookName.SEND_EMAIL, address));
    question.put("user", user.toJson());
    question.put("email_data", emailData);
    var unused = ask(tx, HookName.SEND_EMAIL, question);
  }

  /// Hands a message for a phone to the App, which sends it by itself.
  ///
  /// @param sms `otp`, `sms_type`, `phone`
  void sendSms(@Nullable Transaction tx, User user, Map<String, Object> sms) {
    var question = new LinkedHashMap<String, Object>();
    question.put("metadata", metadata(HookName.SEND_SMS, ""));
    question.put("user", user.toJson());
    question.put("sms", sms);
    var unused = ask(tx, HookName.SEND_SMS, question);
  }

  /// Tells of an attempt with a password. Never inside a transaction.
  ///
  /// @throws AuthError when the App rejects it
  void passwordVerification(UUID user, boolean isValid, Device device) {
    if (!has(HookName.PASSWORD_VERIFICATION_ATTEMPT)) {
      return;
    }
    var question = new LinkedHashMap<String, Object>();
    question.put("metadata", metadata(HookName.PASSWORD_VERIFICATION_ATTEMPT, device.address()));
    question.put("user_id", user.toString());
    question.put("valid", isValid);
    var answer = ask(null, HookName.PASSWORD_VERIFICATION_ATTEMPT, question);
    if ("reject".equals(answer.get("decision"))) {
      if (Boolean.TRUE.equals(answer.get("should_logout_user"))) {
        var unused =
            database.run(tx -> {
              LoginSessions.endAll(tx, user);
              return user;
            });
      }
      throw AuthError.badRequest("invalid_credentials", message(answer, PASSWORD_REJECTED));
    }
  }

  /// Tells of an attempt with a second factor. Never inside a transaction.
  ///
  /// @throws AuthError when the App rejects it
  void mfaVerification(UUID user, UUID factor, String type, boolean isValid, Device device) {
    if (!has(HookName.MFA_VERIFICATION_ATTEMPT)) {
      return;
    }
    var question = new LinkedHashMap<String, Object>();
    question.put("metadata", metadata(HookName.MFA_VERIFICATION_ATTEMPT, device.address()));
    question.put("user_id", user.toString());
    question.put("factor_id", factor.toString());
    question.put("factor_type", type);
    question.put("valid", isValid);
    var answer = ask(null, HookName.MFA_VERIFICATION_ATTEMPT, question);
    if ("reject".equals(answer.get("decision"))) {
      var unused =
          database.run(tx -> {
            LoginSessions.endAll(tx, user);
            return user;
          });
      throw AuthError.forbidden("mfa_verification_rejected", message(answer, MFA_REJECTED));
    }
  }

  private static String message(Map<String, Object> answer, String otherwise) {
    return answer.get("message") instanceof String text && !text.isEmpty() ? text : otherwise;
  }

  private Map<String, Object> about(HookName name, Device device, Map<String, Object> user) {
    var question = new LinkedHashMap<String, Object>();
    question.put("metadata", metadata(name, device.address()));
    question.put("user", user);
    return question;
  }

  private Map<String, Object> metadata(HookName name, String address) {
    var metadata = new LinkedHashMap<String, Object>();
    metadata.put("uuid", UUID.randomUUID().toString());
    metadata.put("time", Json.time(clock.instant()));
    metadata.put("name", name.said());
    if (!address.isEmpty()) {
      metadata.put("ip_address", address);
    }
    return metadata;
  }

  private Map<String, Object> ask(
      @Nullable Transaction tx, HookName name, Map<String, Object> question) {
    var hook = settings.find(name).orElseThrow();
    try {
      return switch (hook) {
        case Hook.Function function ->
            HookAnswer.read(
                (tx == null
                        ? database.run(own -> call(own, function, question))
                        : call(tx, function, question))
                    .orElse(null));
        case Hook.Web web -> HookAnswer.read(webhook().ask(web, Json.write(question)));
      };
    } catch (HookRefusal refusal) {
      throw AuthError.of(refusal.status(), refusal.code(), refusal.text());
    } catch (PostgresException e) {
      throw AuthError.internal("Error running hook URI: " + hook.uri(), e);
    }
  }

  private Webhook webhook() {
    if (webhook == null) {
      throw new IllegalStateException("no hook by web address is set");
    }
    return webhook;
  }

  private static Optional<String> call(
      Transaction tx, Hook.Function hook, Map<String, Object> question) {
    tx.run(FUNCTION_LIMIT);
    // Both names are plain: letters, digits and underscores.
    var sql = "select \"" + hook.schema() + "\".\"" + hook.function() + "\"(?)";
    var answer = tx.one(sql, row -> Optional.ofNullable(row.getString(1)), question);
    tx.run(NO_LIMIT);
    return answer.flatMap(text -> text);
  }

  void close() {
    if (webhook != null) {
      webhook.close();
    }
  }
}
