package dev.freehold.target.thishost;

import dev.freehold.app.Environment;
import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.supabase.RolePasswords;
import dev.freehold.backend.supabase.VaultKey;
import dev.freehold.secret.Secrets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/// An Environment's own keys and database passwords: made once, kept sealed.
final class EnvironmentSecrets {
  private static final String KEYS = "keys";
  private static final String VAULT_KEY = "vault-key";
  private static final String AI_SECRET = "ai-secret";
  private static final String MAIL_SECRET = "mail-secret";
  private static final String VENDOR_KEY = "vendor-key";
  private static final String PASSWORDS = "database-passwords";
  private static final int PASSWORD_BYTES = 24;
  private static final int PASSWORD_COUNT = 6;

  private final Secrets secrets;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();
  private final ReentrantLock lock = new ReentrantLock();

  EnvironmentSecrets(Secrets secrets, Clock clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  EnvironmentKeys keys(Environment environment) {
    return EnvironmentKeys.fromJson(
            kept(environment, KEYS, () -> EnvironmentKeys.generate(clock).toJson()))
        .recognisingImported(clock);
  }

  /// Keeps changed keys; when this returns they outlive a crash.
  EnvironmentKeys keep(Environment environment, EnvironmentKeys changed) {
    secrets.keepOwn(environment, KEYS, changed.toJson());
    return changed.recognisingImported(clock);
  }

  /// The superuser's password of the Environment's own cluster.
  String superuser(Environment environment) {
    return passwords(environment).get(0);
  }

  RolePasswords roles(Environment environment) {
    var p = passwords(environment);
    return new RolePasswords(p.get(1), p.get(2), p.get(3), p.get(4), p.get(5));
  }

  /// The key of the database's vault.
  String vaultKey(Environment environment) {
    return kept(environment, VAULT_KEY, VaultKey::generate);
  }

  /// What the passes of the Environment's processes to its AI gateway are made of.
  String aiSecret(Environment environment) {
    return kept(environment, AI_SECRET, this::password);
  }

  /// What the passes of the Environment's processes to its mail gateway are made of.
  String mailSecret(Environment environment) {
    return kept(environment, MAIL_SECRET, this::password);
  }

  /// What stands in the place of the Vendor's key. The Environment's alone and not to be guessed:
  /// code checks by it who asks it something in the Vendor's name.
  String vendorKey(Environment environment) {
    return kept(environment, VENDOR_KEY, this::password);
  }

  private List<String> passwords(Environment environment) {
    return List.of(
        kept(
                environment,
                PASSWORDS,
                () -> {
                  var all = new StringBuilder();
                  for (int i = 0; i < PASSWORD_COUNT; i++) {
                    all.append(password()).append('\n');
                  }
                  return all.toString();
                })
            .split("\n"));
  }

  private String password() {
    var bytes = new byte[PASSWORD_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private String kept(
      Environment environment, String name, java.util.function.Supplier<String> make) {
    lock.lock();
    try {
      return secrets
          .own(environment, name)
          .orElseGet(() -> {
            var made = make.get();
            secrets.keepOwn(environment, name, made);
            return made;
          });
    } finally {
      lock.unlock();
    }
  }
}
