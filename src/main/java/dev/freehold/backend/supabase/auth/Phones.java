package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.supabase.auth.hook.HookName;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes the codes that Users get by text message, stores their hashes and hands the messages over.
///
/// One number gets one message of a kind a minute, all numbers together a number an hour (both
/// settings).
final class Phones {
  static final String SMS = "sms";
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String CONFIRMATION =
      """
      update auth.users set confirmation_token = ?, confirmation_sent_at = ?, updated_at = ?
       where id = ?
      """;
  private static final String REAUTHENTICATION =
      """
      update auth.users set reauthentication_token = ?, reauthentication_sent_at = ?,
          updated_at = ?
       where id = ?
      """;
  private static final String CHANGE =
      """
      update auth.users set phone_change = ?, phone_change_token = ?, phone_change_sent_at = ?,
          updated_at = ?
       where id = ?
      """;

  /// What a code is for.
  enum About {
    CONFIRMATION,
    PHONE_CHANGE,
    REAUTHENTICATION;

    String word() {
      return switch (this) {
        case CONFIRMATION -> "confirmation";
        case PHONE_CHANGE -> "phone_change";
        case REAUTHENTICATION -> "reauthentication";
      };
    }
  }

  private final PhoneRules rules;
  private final Clock clock;
  private final TextSender sender;
  private final Hooks hooks;
  private final SecureRandom random = new SecureRandom();
  private Instant hourBegan = Instant.MIN;
  private int sentThisHour;

  /// @param hooks take the messages where the App sends them by itself
  Phones(PhoneRules rules, Clock clock, TextSender sender, Hooks hooks) {
    this.rules = rules;
    this.clock = clock;
    this.sender = sender;
    this.hooks = hooks;
  }

  /// The channel a call asks for, `sms` when it asks for none.
  static String channel(Call call) {
    return call.text("channel").isEmpty() ? SMS : call.text("channel");
  }

  /// An App that sends by itself may take any channel.
  void requireChannel(String channel) {
    if (!channel.equals(SMS) && !hooks.has(HookName.SEND_SMS)) {
      throw AuthError.validation(
          "Invalid channel, supported values are 'sms' or 'whatsapp'. 'whatsapp' is only supported"
              + " if Twilio or Twilio Verify is used as the provider.");
    }
  }

  /// Sends a code and keeps its hash; returns the carrier's id of the message.
  ///
  /// @param phone where it goes: the User's number, or the one it is to become
  String send(Transaction tx, User user, String phone, About about, String channel) {
    awaitInterval(
        switch (about) {
          case CONFIRMATION -> user.at().confirmationSent();
          case PHONE_CHANGE -> user.at().phoneChangeSent();
          case REAUTHENTICATION -> user.at().reauthenticationSent();
        });
    var now = clock.instant();
    var code = rules.testCodes().getOrDefault(phone, "");
    var id = "test-otp";
    if (code.isEmpty()) {
      if (!rules.autoconfirm()) {
        spendBudget();
      }
      code = OneTimeTokens.newCode(random, rules.digits());
      id = handOver(tx, user, about, phone, code, channel);
    }
    var hash = OneTimeTokens.hash(phone, code);
    switch (about) {
      case CONFIRMATION -> {
        tx.run(CONFIRMATION, hash, now, now, user.id());
        OneTimeTokens.create(tx, user.id(), phone, hash, OneTimeTokens.CONFIRMATION);
      }
      case PHONE_CHANGE -> {
        tx.run(CHANGE, phone, hash, now, now, user.id());
        OneTimeTokens.create(tx, user.id(), phone, hash, OneTimeTokens.PHONE_CHANGE);
      }
      case REAUTHENTICATION -> {
        tx.run(REAUTHENTICATION, hash, now, now, user.id());
        OneTimeTokens.create(tx, user.id(), phone, hash, OneTimeTokens.REAUTHENTICATION);
      }
    }
    return id;
  }

  private String handOver(
      Transaction tx, User user, About about, String phone, String code, String channel) {
    if (hooks.has(HookName.SEND_SMS)) {
      hooks.sendSms(tx, user, sms(about.word(), phone, code));
      return "";
    }
    try {
      return sender.send(
          new TextMessage(clock.instant(), about.word(), phone, channel, code, rules.text(code)));
    } catch (TextFailed e) {
      throw AuthError.unprocessable(
          "sms_send_failed",
          "Error sending " + about.word() + " OTP to provider: " + e.getMessage());
    }
  }

  private static Map<String, Object> sms(String type, String phone, String code) {
    var sms = new LinkedHashMap<String, Object>();
    sms.put("otp", code);
    sms.put("sms_type", type);
    sms.put("phone", phone);
    return sms;
  }

  /// Sends the code of a second factor. Never inside a transaction.
  void sendFactorCode(User user, String phone, String code, String channel) {
    spendBudget();
    if (hooks.has(HookName.SEND_SMS)) {
      hooks.sendSms(null, user, sms("mfa", phone, code));
      return;
    }
    try {
      sender.send(new TextMessage(clock.instant(), "mfa", phone, channel, code, rules.text(code)));
    } catch (TextFailed e) {
      throw AuthError.internal("error sending message", e);
    }
  }

  /// Whether it is the code a number always has, where the owner set one for trying things out.
  boolean isTestCode(String phone, String code) {
    return Verification.same(code, rules.testCodes().getOrDefault(phone, ""));
  }

  private synchronized void spendBudget() {
    var now = clock.instant();
    if (hourBegan.equals(Instant.MIN) || !now.isBefore(hourBegan.plus(HOUR))) {
      hourBegan = now;
      sentThisHour = 0;
    }
    if (sentThisHour >= rules.perHour()) {
      throw AuthError.of(429, "over_sms_send_rate_limit", "SMS rate limit exceeded");
    }
    sentThisHour++;
  }

  private void awaitInterval(@Nullable Instant sent) {
    if (sent != null) {
      var left = Duration.between(clock.instant(), sent.plus(rules.interval()));
      if (left.isPositive()) {
        throw tooSoon(left);
      }
    }
  }

  static AuthError tooSoon(Duration left) {
    return AuthError.of(
        429,
        "over_sms_send_rate_limit",
        "For security purposes, you can only request this after " + left.toSeconds() + " seconds.");
  }
}
