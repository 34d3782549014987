package dev.freehold.backend.supabase.auth;

import dev.freehold.telemetry.Events;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Makes the codes and links that Users get by mail, stores their hashes and hands the mails over
/// once the transaction is committed.
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
  private final Events events;
  private final SecureRandom random = new SecureRandom();
  private Instant hourBegan = Instant.MIN;
  private int sentThisHour;

  Mails(AuthSettings settings, Clock clock, Mailer mailer, Events events) {
    this.settings = settings;
    this.clock = clock;
    this.mailer = mailer;
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
    storeConfirmation(tx, user, code);
    send(tx, "signup", user.email(), code, redirectTo);
  }

  void storeConfirmation(Transaction tx, User user, Code code) {
    var now = clock.instant();
    tx.run(CONFIRMATION, code.hash(), now, now, user.id());
    OneTimeTokens.create(tx, user.id(), user.email(), code.hash(), OneTimeTokens.CONFIRMATION);
  }

  void invite(Transaction tx, User user, String redirectTo) {
    var code = newCode(user.email(), false);
    storeInvite(tx, user, code);
    send(tx, "invite", user.email(), code, redirectTo);
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
    storeRecovery(tx, user, code);
    send(tx, action, user.email(), code, redirectTo);
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
    tx.run(REAUTHENTICATION, code.hash(), now, now, user.id());
    OneTimeTokens.create(tx, user.id(), user.email(), code.hash(), OneTimeTokens.REAUTHENTICATION);
    send(tx, "reauthentication", user.email(), code, redirectTo);
  }

  /// A mail to the new address and, where changes are secured, one to the old.
  void emailChange(Transaction tx, User user, String newEmail, boolean isPkce, String redirectTo) {
    awaitInterval(user.at().emailChangeSent());
    var forNew = newCode(newEmail, isPkce);
    var forCurrent =
        settings.mail().secureEmailChange() && !user.email().isEmpty()
            ? newCode(user.email(), isPkce)
            : null;
    storeEmailChange(tx, user, newEmail, forNew, forCurrent);
    send(tx, "email_change", newEmail, forNew, redirectTo);
    if (forCurrent != null) {
      send(tx, "email_change", user.email(), forCurrent, redirectTo);
    }
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

  private void send(Transaction tx, String action, String to, Code code, String redirectTo) {
    spendBudget();
    var link = action.equals("reauthentication") ? "" : link(code.hash(), action, redirectTo);
    var mail =
        new AuthMail(clock.instant(), action, to, code.digits(), code.hash(), link, redirectTo);
    tx.afterCommit(() -> {
      mailer.send(mail);
      events.publish(new AuthEvent.MailHandedOver(action, to));
    });
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
