package dev.freehold.backend.supabase.auth;

import dev.freehold.telemetry.Events;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.jspecify.annotations.Nullable;

/// Makes and checks password hashes.
///
/// Hashing costs tens of milliseconds of a processor on purpose. It runs on as many threads of its
/// own as the machine has processors, so that the threads that answer other requests are never held
/// up by it, and not more than [#MAX_WAITING] wait for them.
final class Passwords {
  /// What bcrypt takes; the rest of a longer password would count for nothing.
  static final int MAX_BYTES = 72;

  /// bcrypt's cost, as GoTrue uses it: 2^10 rounds.
  static final int COST = 10;

  /// Hashings that wait; about ten seconds of work for two processors.
  static final int MAX_WAITING = 256;

  private static final int IDLE_SECONDS = 10;
  private static final int SALT_BYTES = 16;

  private final ThreadPoolExecutor threads;
  private final SecureRandom random = new SecureRandom();
  private final AuthSettings.PasswordRules rules;
  private final BreachedPasswords breached;

  Passwords(AuthSettings.PasswordRules rules, Events events) {
    this.rules = rules;
    this.breached = new BreachedPasswords(rules.breaches(), events);
    int processors = Runtime.getRuntime().availableProcessors();
    this.threads =
        new ThreadPoolExecutor(
            processors,
            processors,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MAX_WAITING),
            Thread.ofPlatform().daemon().name("password-hashing-", 0).factory());
    threads.allowCoreThreadTimeOut(true);
  }

  /// Refuses a password that the rules do not allow.
  void check(String password) {
    var refused = strength(password);
    if (refused != null) {
      throw refused;
    }
  }

  /// Why the rules do not allow it; null when they do.
  @Nullable AuthError strength(String password) {
    if (password.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      return AuthError.validation("Password cannot be longer than " + MAX_BYTES + " characters");
    }
    var messages = new ArrayList<String>();
    var reasons = new ArrayList<String>();
    if (password.getBytes(StandardCharsets.UTF_8).length < rules.minLength()) {
      reasons.add("length");
      messages.add("Password should be at least " + rules.minLength() + " characters.");
    }
    boolean lacks =
        rules.requiredCharacters().stream()
            .anyMatch(
                set -> !set.isEmpty() && set.chars().noneMatch(c -> password.indexOf(c) >= 0));
    if (lacks) {
      reasons.add("characters");
      messages.add(
          "Password should contain at least one character of each: "
              + String.join(", ", rules.requiredCharacters())
              + ".");
    }
    if (breached.contain(password)) {
      reasons.add("pwned");
      messages.add(
          "Password is known to be weak and easy to guess, please choose a different one.");
    }
    return reasons.isEmpty() ? null : AuthError.weakPassword(String.join(" ", messages), reasons);
  }

  String hash(String password) {
    return inTurn(() ->
        switch (rules.hashing()) {
          case BCRYPT -> OpenBSDBCrypt.generate("2a", bytes(password), salt(), COST);
          case ARGON2ID -> PasswordHash.argon2id(bytes(password), salt());
        });
  }

  boolean matches(String password, String hash) {
    return inTurn(() -> PasswordHash.matches(bytes(password), hash));
  }

  /// Takes as long as [#matches] does: who asks after a User that is not there must not be able to
  /// tell by the clock.
  void spendTimeOf(String password) {
    hash(password);
  }

  /// A password nobody knows, for a User that has to have one. It has a character of each set that
  /// the rules ask for.
  String unguessable() {
    var bytes = new byte[SALT_BYTES * 2];
    random.nextBytes(bytes);
    var text = new StringBuilder();
    for (var set : rules.requiredCharacters()) {
      text.append(set, 0, Math.min(1, set.length()));
    }
    text.append(HexFormat.of().formatHex(bytes));
    return text.substring(0, Math.min(text.length(), MAX_BYTES));
  }

  private byte[] salt() {
    var salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    return salt;
  }

  private static byte[] bytes(String password) {
    return password.getBytes(StandardCharsets.UTF_8);
  }

  private <T> T inTurn(Callable<T> work) {
    try {
      return threads.submit(work).get();
    } catch (RejectedExecutionException e) {
      throw AuthError.of(429, "over_request_rate_limit", "Request rate limit reached");
    } catch (ExecutionException e) {
      throw AuthError.internal("Password could not be checked", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw AuthError.of(504, "request_timeout", "Processing this request timed out");
    }
  }
}
