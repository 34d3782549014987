package dev.freehold.backend.supabase.auth;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A User as the auth server knows one: a row of `auth.users` with its identities and factors.
///
/// Text columns that are NULL in the row are empty here: rows written by hand or by a restore often
/// leave the token columns NULL, and that must never fail a sign-in.
record User(
    UUID id,
    String aud,
    String role,
    String email,
    String phone,
    String encryptedPassword,
    Moments at,
    Pending pending,
    Map<String, Object> appMetadata,
    Map<String, Object> userMetadata,
    boolean isSsoUser,
    boolean isAnonymous,
    List<Identity> identities,
    List<Factor> factors) {

  /// When things happened to the User; null where they have not.
  record Moments(
      @Nullable Instant created,
      @Nullable Instant updated,
      @Nullable Instant invited,
      @Nullable Instant emailConfirmed,
      @Nullable Instant phoneConfirmed,
      @Nullable Instant confirmed,
      @Nullable Instant confirmationSent,
      @Nullable Instant recoverySent,
      @Nullable Instant emailChangeSent,
      @Nullable Instant phoneChangeSent,
      @Nullable Instant reauthenticationSent,
      @Nullable Instant lastSignIn,
      @Nullable Instant bannedUntil,
      @Nullable Instant deleted) {}

  /// What was mailed to the User and is not yet used, and what it would change. Hashes, not codes.
  record Pending(
      String confirmation,
      String recovery,
      String emailChangeCurrent,
      String emailChangeNew,
      int emailChangeStatus,
      String reauthentication,
      String newEmail,
      String newPhone,
      String phoneChange) {}

  User with(List<Identity> itsIdentities, List<Factor> itsFactors) {
    return new User(
        id,
        aud,
        role,
        email,
        phone,
        encryptedPassword,
        at,
        pending,
        appMetadata,
        userMetadata,
        isSsoUser,
        isAnonymous,
        itsIdentities,
        itsFactors);
  }

  boolean hasPassword() {
    return !encryptedPassword.isEmpty();
  }

  boolean isEmailConfirmed() {
    return at.emailConfirmed() != null;
  }

  boolean isPhoneConfirmed() {
    return at.phoneConfirmed() != null;
  }

  boolean isBanned(Instant now) {
    return at.bannedUntil() != null && now.isBefore(at.bannedUntil());
  }

  boolean hasVerifiedFactor() {
    return factors.stream().anyMatch(Factor::isVerified);
  }

  /// The public shape (reference 4.4). No hash or token is in it.
  Map<String, Object> toJson() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("id", id.toString());
    fields.put("aud", aud);
    fields.put("role", role);
    fields.put("email", email);
    Json.putTime(fields, "email_confirmed_at", at.emailConfirmed());
    Json.putTime(fields, "invited_at", at.invited());
    fields.put("phone", phone);
    Json.putTime(fields, "phone_confirmed_at", at.phoneConfirmed());
    Json.putTime(fields, "confirmation_sent_at", at.confirmationSent());
    Json.putTime(fields, "confirmed_at", at.confirmed());
    Json.putTime(fields, "recovery_sent_at", at.recoverySent());
    putText(fields, "new_email", pending.newEmail());
    Json.putTime(fields, "email_change_sent_at", at.emailChangeSent());
    putText(fields, "new_phone", pending.newPhone());
    Json.putTime(fields, "phone_change_sent_at", at.phoneChangeSent());
    Json.putTime(fields, "reauthentication_sent_at", at.reauthenticationSent());
    Json.putTime(fields, "last_sign_in_at", at.lastSignIn());
    fields.put("app_metadata", appMetadata);
    fields.put("user_metadata", userMetadata);
    if (!factors.isEmpty()) {
      fields.put("factors", factors.stream().map(Factor::toJson).toList());
    }
    fields.put("identities", identities.stream().map(Identity::toJson).toList());
    Json.putTime(fields, "created_at", at.created());
    Json.putTime(fields, "updated_at", at.updated());
    Json.putTime(fields, "banned_until", at.bannedUntil());
    Json.putTime(fields, "deleted_at", at.deleted());
    fields.put("is_anonymous", isAnonymous);
    return fields;
  }

  private static void putText(Map<String, Object> fields, String name, String text) {
    if (!text.isEmpty()) {
      fields.put(name, text);
    }
  }

  @Override
  public String toString() {
    return "User[" + id + "]";
  }
}
