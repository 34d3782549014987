package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.Comparator;
import java.util.Objects;

/// Which of a User's identities lends the account its address.
final class IdentityEmails {
  private final Parts parts;

  IdentityEmails(Parts parts) {
    this.parts = parts;
  }

  /// Gives the User the best address of those identities that are left: a verified one before an
  /// unverified one before none, older before younger. Nothing changes while one of them has the
  /// address the User has. False when every address belongs to somebody else.
  boolean promote(Transaction tx, User user) {
    if (user.identities().stream().anyMatch(i -> i.email().equals(user.email()))) {
      return true;
    }
    var best =
        user.identities().stream()
            .sorted(
                Comparator.comparingInt(IdentityEmails::rank)
                    .thenComparing(i -> Objects.requireNonNullElse(i.createdAt(), Instant.EPOCH))
                    .thenComparing(i -> i.id().toString()))
            .filter(i -> i.email().isEmpty() || Users.byEmail(tx, i.email(), user.aud()).isEmpty())
            .findFirst();
    if (best.isEmpty()) {
      return false;
    }
    var changes = parts.changes(tx);
    changes.email(user.id(), best.get().email());
    changes.forgetPending(user.id());
    boolean isTrusted = isVerified(best.get()) || parts.settings().accounts().autoconfirm();
    if (best.get().email().isEmpty() || !isTrusted) {
      changes.unconfirm(Users.reload(tx, user.id()));
    }
    return true;
  }

  private static int rank(Identity identity) {
    if (identity.email().isEmpty()) {
      return 2;
    }
    return isVerified(identity) ? 0 : 1;
  }

  private static boolean isVerified(Identity identity) {
    return Boolean.TRUE.equals(identity.data().get("email_verified"));
  }
}
