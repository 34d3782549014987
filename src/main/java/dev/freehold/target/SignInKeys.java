package dev.freehold.target;

import dev.freehold.app.Environment;
import java.util.List;

/// What an owner does with the keys of an Environment. A change counts at once, without a deploy,
/// and outlives a crash. The API keys stay through all of it, so that no process is started anew.
public interface SignInKeys {
  /// What Apps present. Two of them are for every visitor's eyes, two for servers alone.
  ///
  /// @param publishable stands for `anon`
  /// @param anon the same as a legacy JWT
  /// @param secret stands for `service_role`
  /// @param serviceRole the same as a legacy JWT
  record ApiKeys(String publishable, String anon, String secret, String serviceRole) {
    @Override
    public String toString() {
      return "ApiKeys[…]";
    }
  }

  ApiKeys apiKeys(Environment environment);

  /// All keys, the one that signs first.
  List<SignInKey> keys(Environment environment);

  /// Makes a new signing key. Tokens of the one before stay valid until they expire.
  ///
  /// @param atOnce tokens of every earlier signing key are refused from now on; Users stay signed
  ///   in, for their refresh tokens are no matter of keys
  /// @return all keys, the new one first
  List<SignInKey> rotateKeys(Environment environment, boolean atOnce);

  /// Takes up what an earlier host of the App signs or signed with, so that what it signed is valid
  /// here. Of a private key only the public part is kept.
  ///
  /// @param given a legacy JWT secret, or JSON Web Keys
  /// @param everyRole whether its tokens may name any role, `service_role` among them; otherwise
  ///   those of visitors and Users
  /// @return all keys
  /// @throws dev.freehold.problem.ProblemException `auth-key-invalid`; nothing was changed
  List<SignInKey> importKeys(Environment environment, String given, boolean everyRole);

  /// Takes an earlier or imported key away: its tokens are refused from now on.
  ///
  /// @throws dev.freehold.problem.ProblemException `auth-key-not-found` when no such key has the id
  void revokeKey(Environment environment, String id);
}
