package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.supabase.auth.hook.HookName;
import dev.freehold.telemetry.Events;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Makes the codes and links that Users get by mail, hands the mails over and stores the hashes.
///
/// A mail is handed over inside the transaction that wants it, as GoTrue does it: when that fails,
/// nothing has changed, and whoever asked may ask again at once.
///
/// One User gets one mail of a kind a minute, all Users together a number an hour (both settings).
final class Mails {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String CONFIRMATION =
      """
      update auth.users set confirmation_token = ?, confirmation_sent_at = ?, updated_at = ?
       where id = ?
      """;
  private static final String INVITE =
      """
      update auth.users set confirmation_token = ?, confirmation_sent_at = ?, invited_at = ?,
          updated_at = ?
       where id = ?
      """;
  private static final String RECOVERY =
      """
      update auth.users set recovery_token = ?, recovery_sent_at = ?, updated_at = ?
       where id = ?
      """;
  private static final String REAUTHENTICATION =
      """
      update auth.users set reauthentication_token = ?, reauthentication_sent_at = ?,
          updated_at = ?
       where id = ?
      """;
  private static final String EMAIL_CHANGE =
      """
      update auth.users set email_change = ?, email_change_token_new = ?,
          email_change_token_current = ?, email_change_sent_at = ?,
          email_change_confirm_status = 0, updated_at = ?
       where id = ?
      """;

  private final AuthSettings settings;
  private final Clock clock;
  private final Mailer mailer;
  private final Hooks hooks;
  private final Set<String> notices;
  private final Events events;
  private final SecureRandom random = new SecureRandom();
  private Instant hourBegan = Instant.MIN;
  private int sentThisHour;

  /// @param notices which notices are sent, such as `password_changed`
  Mails(
      AuthSettings settings,
      Clock clock,
      Mailer mailer,
      Hooks hooks,
      Set<String> notices,
      Events events) {
    this.settings = settings;
    this.clock = clock;
    this.mailer = mailer;
    this.hooks = hooks;
    this.notices = notices;
    this.events = events;
  }

  /// A code and what is stored of it.
  ///
  /// @param hash with the prefix of the PKCE flow where it belongs to one
  record Code(String digits, String hash) {
    @Override
    public String toString() {
      return "Code[…]";
    }
  }

  Code newCode(String address, boolean isPkce) {
    var digits = OneTimeTokens.newCode(random, settings.tokens().codeDigits());
    var hash = OneTimeTokens.hash(address, digits);
    return new Code(digits, isPkce ? OneTimeTokens.PKCE_PREFIX + hash : hash);
  }

  void confirmation(Transaction tx, User user, boolean isPkce, String redirectTo) {
    awaitInterval(user.at().confirmationSent());
    var code = newCode(user.email(), isPkce);
    send(tx, user, new Sending("signup", "confirmation"), code, redirectTo);
    storeConfirmation(tx, user, code);
  }

  void storeConfirmation(Transaction tx, User user, Code code) {
    var now = clock.instant();
    tx.run(CONFIRMATION, code.hash(), now, now, user.id());
    OneTimeTokens.create(tx, user.id(), user.email(), code.hash(), OneTimeTokens.CONFIRMATION);
  }

  void invite(Transaction tx, User user, String redirectTo) {
    var code = newCode(user.email(), false);
    send(tx, user, new Sending("invite", "invite"), code, redirectTo);
    storeInvite(tx, user, code);
  }

  void storeInvite(Transaction tx, User user, Code code) {
    var now = clock.instant();
    tx.run(INVITE, code.hash(), now, now, now, user.id());
    OneTimeTokens.create(tx, user.id(), user.email(), code.hash(), OneTimeTokens.CONFIRMATION);
  }

  /// @param action `recovery` or `magiclink`: the same token, another mail
  void recovery(Transaction tx, User user, String action, boolean isPkce, String redirectTo) {
    awaitInterval(user.at().recoverySent());
    var code = newCode(user.email(), isPkce);
    var name = action.equals("magiclink") ? "magic link" : "recovery";
    send(tx, user, new Sending(action, name), code, redirectTo);
    storeRecovery(tx, user, code);
  }

  void storeRecovery(Transaction tx, User user, Code code) {
    var now = clock.instant();
    tx.run(RECOVERY, code.hash(), now, now, user.id());
    OneTimeTokens.create(tx, user.id(), user.email(), code.hash(), OneTimeTokens.RECOVERY);
  }

  void reauthentication(Transaction tx, User user, String redirectTo) {
    awaitInterval(user.at().reauthenticationSent());
    var now = clock.instant();
    var code = newCode(user.email(), false);
    send(tx, user, new Sending("reauthentication", "reauthentication"), code, redirectTo);
    tx.run(REAUTHENTICATION, code.hash(), now, now, user.id());
    OneTimeTokens.create(tx, user.id(), user.email(), code.hash(), OneTimeTokens.REAUTHENTICATION);
  }

  /// A mail to the new address and, where changes are secured, one to the old.
  void emailChange(Transaction tx, User user, String newEmail, boolean isPkce, String redirectTo) {
    awaitInterval(user.at().emailChangeSent());
    var forNew = newCode(newEmail, isPkce);
    var forCurrent =
        settings.mail().secureEmailChange() && !user.email().isEmpty()
            ? newCode(user.email(), isPkce)
            : null;
    sendEmailChange(tx, user, newEmail, forNew, forCurrent, redirectTo);
    storeEmailChange(tx, user, newEmail, forNew, forCurrent);
  }

  /// Tells a User of something that was done to the account, where the App wants that told.
  ///
  /// @param name `password_changed`, `email_changed`, `phone_changed`, `identity_linked`,
  ///   `identity_unlinked`, `mfa_factor_enrolled`, `mfa_factor_unenrolled`
  /// @param to where it goes; nothing is sent when it is empty
  /// @param more what that notice says beside the User, by GoTrue's names for a hook, such as
  ///   `old_email`, `old_phone`, `provider`, `factor_type`
  void notice(Transaction tx, User user, String name, String to, Map<String, String> more) {
    if (!notices.contains(name) || to.isEmpty()) {
      return;
    }
    spendBudget();
    var action = name + "_notification";
    if (hooks.has(HookName.SEND_EMAIL)) {
      var data = emailData(action, "", "", "");
      data.putAll(more);
      hooks.sendEmail(tx, user, data, "");
      return;
    }
    var variables = variables(user);
    variables.put("Phone", user.phone());
    variables.put("OldEmail", more.getOrDefault("old_email", ""));
    variables.put("OldPhone", more.getOrDefault("old_phone", ""));
    variables.put("Provider", more.getOrDefault("provider", ""));
    variables.put("FactorType", more.getOrDefault("factor_type", ""));
    var mail = new AuthMail(clock.instant(), action, to, "", "", "", "", variables);
    deliver(tx, mail, name.replace('_', ' ').replace("mfa", "MFA") + " notification");
  }

  void storeEmailChange(
      Transaction tx,
      User user,
      String newEmail,
      @Nullable Code forNew,
      @Nullable Code forCurrent) {
    var now = clock.instant();
    var newHash = forNew == null ? user.pending().emailChangeNew() : forNew.hash();
    var currentHash = forCurrent == null ? user.pending().emailChangeCurrent() : forCurrent.hash();
    tx.run(EMAIL_CHANGE, newEmail, newHash, currentHash, now, now, user.id());
    if (forNew != null) {
      OneTimeTokens.create(tx, user.id(), newEmail, forNew.hash(), OneTimeTokens.EMAIL_CHANGE_NEW);
    }
    if (forCurrent != null) {
      OneTimeTokens.create(
          tx, user.id(), user.email(), forCurrent.hash(), OneTimeTokens.EMAIL_CHANGE_CURRENT);
    }
  }

  /// The address to open for that hash.
  ///
  /// @param type what `/verify` is asked to verify
  String link(String hash, String type, String redirectTo) {
    // A target that is plain enough stands as it is, as GoTrue has it.
    var target = redirectTo.matches("[^&=#]*") ? redirectTo : SignedIn.encode(redirectTo);
    return settings.issuer()
        + "/verify?token="
        + SignedIn.encode(hash)
        + "&type="
        + SignedIn.encode(type)
        + "&redirect_to="
        + target;
  }

  /// A kind of mail.
  ///
  /// @param action GoTrue's word for what it is about
  /// @param name what a failure calls it
  private record Sending(String action, String name) {}

  private void send(Transaction tx, User user, Sending sending, Code code, String redirectTo) {
    spendBudget();
    var action = sending.action();
    if (hooks.has(HookName.SEND_EMAIL)) {
      hooks.sendEmail(tx, user, emailData(action, code.digits(), code.hash(), redirectTo), "");
      return;
    }
    var isCodeOnly = action.equals("reauthentication");
    var link = isCodeOnly ? "" : link(code.hash(), action, redirectTo);
    var variables = variables(user);
    variables.put("Token", code.digits());
    if (!isCodeOnly) {
      variables.put("ConfirmationURL", link);
      variables.put("TokenHash", code.hash());
      variables.put("RedirectTo", redirectTo);
    }
    var mail =
        new AuthMail(
            clock.instant(),
            action,
            user.email(),
            code.digits(),
            code.hash(),
            link,
            redirectTo,
            variables);
    deliver(tx, mail, sending.name());
  }

  private void sendEmailChange(
      Transaction tx,
      User user,
      String newEmail,
      Code forNew,
      @Nullable Code forCurrent,
      String redirectTo) {
    spendBudget();
    if (hooks.has(HookName.SEND_EMAIL)) {
      // GoTrue pairs the current address's code with the new one's hash, and apps rely on it.
      var code = forCurrent == null ? forNew : forCurrent;
      var data = emailData("email_change", code.digits(), forNew.hash(), redirectTo);
      if (forCurrent != null) {
        data.put("token_new", forNew.digits());
        data.put("token_hash_new", forCurrent.hash());
      }
      hooks.sendEmail(tx, user, data, "");
      return;
    }
    deliver(tx, emailChangeMail(user, newEmail, newEmail, forNew, redirectTo), "email change");
    if (forCurrent != null) {
      deliver(
          tx,
          emailChangeMail(user, newEmail, user.email(), forCurrent, redirectTo),
          "email change");
    }
  }

  private AuthMail emailChangeMail(
      User user, String newEmail, String to, Code code, String redirectTo) {
    var action = "email_change";
    var link = link(code.hash(), action, redirectTo);
    var variables = variables(user);
    variables.put("NewEmail", newEmail);
    variables.put("SendingTo", to);
    variables.put("Token", code.digits());
    variables.put("TokenHash", code.hash());
    variables.put("ConfirmationURL", link);
    variables.put("RedirectTo", redirectTo);
    return new AuthMail(
        clock.instant(), action, to, code.digits(), code.hash(), link, redirectTo, variables);
  }

  private Map<String, Object> variables(User user) {
    var variables = new LinkedHashMap<String, Object>();
    variables.put("SiteURL", settings.siteUrl());
    variables.put("Email", user.email());
    variables.put("Data", user.userMetadata());
    return variables;
  }

  private Map<String, Object> emailData(
      String action, String code, String hash, String redirectTo) {
    var data = new LinkedHashMap<String, Object>();
    data.put("token", code);
    data.put("token_hash", hash);
    data.put("redirect_to", redirectTo.isEmpty() ? settings.siteUrl() : redirectTo);
    data.put("email_action_type", action);
    data.put("site_url", settings.issuer());
    for (var name :
        List.of(
            "token_new", "token_hash_new", "old_email", "old_phone", "provider", "factor_type")) {
      data.put(name, "");
    }
    return data;
  }

  private void deliver(Transaction tx, AuthMail mail, String name) {
    try {
      mailer.send(mail);
    } catch (MailFailed e) {
      events.publish(new AuthEvent.MailRefused(mail.action(), e.getMessage() + ""));
      throw AuthError.internal("Error sending " + name + " email", e);
    }
    tx.afterCommit(() -> events.publish(new AuthEvent.MailHandedOver(mail.action(), mail.to())));
  }

  private synchronized void spendBudget() {
    var now = clock.instant();
    if (hourBegan.equals(Instant.MIN) || !now.isBefore(hourBegan.plus(HOUR))) {
      hourBegan = now;
      sentThisHour = 0;
    }
    if (sentThisHour >= settings.mail().perHour()) {
      throw AuthError.of(429, "over_email_send_rate_limit", "email rate limit exceeded");
    }
    sentThisHour++;
  }

  private void awaitInterval(@Nullable Instant sent) {
    if (sent == null) {
      return;
    }
    var left = Duration.between(clock.instant(), sent.plus(settings.mail().interval()));
    if (left.isPositive()) {
      throw AuthError.of(
          429,
          "over_email_send_rate_limit",
          "For security purposes, you can only request this after "
              + left.toSeconds()
              + " seconds.");
    }
  }
}
