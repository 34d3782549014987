package dev.freehold.backend.supabase.auth;

import java.util.Map;

/// Gives a User another e-mail address: in the row, in the identity and in the metadata.
final class EmailChange {
  private static final String SET_PENDING = "update auth.users set email_change = ? where id = ?";

  private final Parts parts;

  EmailChange(Parts parts) {
    this.parts = parts;
  }

  /// The address becomes the User's at once.
  void apply(Transaction tx, User user, String email) {
    tx.run(SET_PENDING, email, user.id());
    confirm(tx, Users.reload(tx, user.id()));
  }

  /// The pending address becomes the User's.
  void confirm(Transaction tx, User user) {
    var email = user.pending().newEmail();
    var now = parts.clock().instant();
    var identity = Identities.of(user, Identities.EMAIL);
    if (identity.isPresent()) {
      Identities.update(tx, identity.get(), Map.of("email", email, "email_verified", true), now);
    } else {
      Identities.create(
          tx, user.id(), Identities.EMAIL, Identities.emailData(user.id(), email, true), now);
    }
    parts.changes(tx).confirmEmailChange(user);
  }
}
