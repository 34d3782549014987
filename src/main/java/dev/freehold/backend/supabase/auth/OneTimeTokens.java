package dev.freehold.backend.supabase.auth;

import dev.freehold.digest.Digest;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.UUID;

/// Codes and links that prove who reads a mailbox: made, hashed and kept. The database holds hashes
/// only, in `auth.one_time_tokens` and again in the User's row, as GoTrue keeps them.
final class OneTimeTokens {
  /// Marks the hash of a link that ends in a code to exchange instead of a session.
  static final String PKCE_PREFIX = "pkce_";

  static final String CONFIRMATION = "confirmation_token";
  static final String RECOVERY = "recovery_token";
  static final String EMAIL_CHANGE_CURRENT = "email_change_token_current";
  static final String EMAIL_CHANGE_NEW = "email_change_token_new";
  static final String PHONE_CHANGE = "phone_change_token";
  static final String REAUTHENTICATION = "reauthentication_token";

  private static final String CLEAR_TYPE =
      """
      delete from auth.one_time_tokens
       where user_id = ? and token_type = ?::auth.one_time_token_type
      """;
  private static final String INSERT =
      """
      insert into auth.one_time_tokens (id, user_id, token_type, token_hash, relates_to)
      values (?, ?, ?::auth.one_time_token_type, ?, ?)
      """;
  private static final String CLEAR = "delete from auth.one_time_tokens where user_id = ?";
  private static final String IS_OF_TYPE =
      """
      select 1 from auth.one_time_tokens
       where user_id = ? and token_hash = ? and token_type = ?::auth.one_time_token_type
      """;

  private OneTimeTokens() {}

  /// Replaces the User's token of that type.
  static void create(Transaction tx, UUID user, String relatesTo, String hash, String type) {
    clear(tx, user, type);
    tx.run(INSERT, UUID.randomUUID(), user, type, hash, relatesTo.toLowerCase(Locale.ROOT));
  }

  static void clear(Transaction tx, UUID user) {
    tx.run(CLEAR, user);
  }

  static void clear(Transaction tx, UUID user, String type) {
    tx.run(CLEAR_TYPE, user, type);
  }

  static boolean isOfType(Transaction tx, UUID user, String hash, String type) {
    return tx.one(IS_OF_TYPE, row -> row.getInt(1), user, hash, type).isPresent();
  }

  /// A code of that many digits, each equally likely.
  static String newCode(SecureRandom random, int digits) {
    var code = new StringBuilder(digits);
    for (int i = 0; i < digits; i++) {
      code.append((char) ('0' + random.nextInt(10)));
    }
    return code.toString();
  }

  /// What is kept of a code: SHA-224 over address and code.
  static String hash(String address, String code) {
    return Digest.SHA_224.hex(address + code);
  }
}
