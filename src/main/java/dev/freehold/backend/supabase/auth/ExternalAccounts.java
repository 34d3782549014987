package dev.freehold.backend.supabase.auth;

import dev.freehold.backend.supabase.auth.provider.Profile;
import dev.freehold.backend.supabase.auth.provider.Provider;
import dev.freehold.postgres.PostgresException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/// Whose account a provider's User has here: known by the identity, or else by an address that is
/// verified, or else new. An address that nobody verified never opens somebody's account.
final class ExternalAccounts {
  private static final String BY_PROVIDER_ID =
      "select id, user_id from auth.identities where provider = ? and provider_id = ?";
  private static final String OWNERS_OF_EMAILS =
      """
      select distinct user_id from auth.identities
       where email = any (string_to_array(?, E'\\n')) and provider not like 'sso:%'
      """;
  private static final String USERS_OF_EMAILS =
      """
      select id from auth.users
       where email = any (string_to_array(?, E'\\n')) and is_sso_user = false
      """;
  private static final String REFRESH_IDENTITY =
      """
      update auth.identities set identity_data = ?::jsonb, last_sign_in_at = ?, updated_at = ?
       where id = ?
      """;

  private final Parts parts;

  ExternalAccounts(Parts parts) {
    this.parts = parts;
  }

  /// Somebody who comes from a provider.
  ///
  /// @param target where a mail that must be sent leads
  record Visit(
      String provider,
      Profile profile,
      boolean emailOptional,
      String audience,
      String target,
      Device device) {

    /// GoTrue's identity data: the address that counts is the primary one, else the last.
    Map<String, Object> identityData() {
      var data = new LinkedHashMap<>(profile.claims());
      data.put("email_verified", false);
      for (var email : profile.emails()) {
        data.put("email", email.address());
        data.put("email_verified", email.verified());
        if (email.primary()) {
          break;
        }
      }
      if ("".equals(data.get("email"))) {
        data.remove("email");
      }
      return data;
    }
  }

  /// What becomes of a visit.
  sealed interface Outcome {
    record Entered(User user) implements Outcome {}

    /// Refused, but what was written stays: a mail is on its way.
    record Refused(AuthError why) implements Outcome {}
  }

  private record Candidate(String email, boolean verified) {}

  private record Entry(User user, Identity identity, Candidate candidate) {}

  static Provider.Entered withAppleName(Provider.Entered entered, String json) {
    try {
      var told = Json.mapper().readTree(json).path("name");
      var name =
          (told.path("firstName").asString("") + " " + told.path("lastName").asString("")).strip();
      var claims = new LinkedHashMap<>(entered.profile().claims());
      if (!name.isEmpty()) {
        claims.put("name", name);
        claims.put("full_name", name);
      }
      return new Provider.Entered(
          new Profile(claims, entered.profile().emails()),
          entered.accessToken(),
          entered.refreshToken());
    } catch (JacksonException e) {
      throw AuthError.internal("Error getting user profile from external provider", e);
    }
  }

  /// Signs the visitor in: into the account they have, one they may have by a verified address, or
  /// a new one.
  Outcome enter(Transaction tx, Visit visit) {
    var data = visit.identityData();
    var entry = known(tx, visit, data).orElseGet(() -> linkedOrNew(tx, visit, data));
    var user = Users.reload(tx, entry.user().id());
    var now = parts.clock().instant();
    if (user.isBanned(now)) {
      throw AuthError.forbidden("user_banned", "User is banned");
    }
    boolean hasEmail = !(visit.emailOptional() && entry.candidate().email().isEmpty());
    boolean isConfirmed = user.isEmailConfirmed() || user.isPhoneConfirmed();
    var traits = Map.<String, Object>of("provider", visit.provider());
    if (!hasEmail || isConfirmed) {
      AuditLog.userDid(tx, user, "login", traits, visit.device(), now);
      return new Outcome.Entered(Users.reload(tx, user.id()));
    }
    removeUnconfirmed(tx, user, entry.identity(), data);
    user = Users.reload(tx, user.id());
    if (entry.candidate().verified() || parts.settings().accounts().autoconfirm()) {
      AuditLog.userDid(tx, user, "user_signedup", traits, visit.device(), now);
      parts.changes(tx).confirm(user);
      return new Outcome.Entered(Users.reload(tx, user.id()));
    }
    return unverified(tx, user, visit, entry.candidate());
  }

  private Outcome unverified(Transaction tx, User user, Visit visit, Candidate candidate) {
    var by = visit.provider();
    if (candidate.email().isEmpty()) {
      return new Outcome.Refused(
          AuthError.unprocessable(
              "provider_email_needs_verification",
              "Unverified email with "
                  + by
                  + ". Verify the email with "
                  + by
                  + " in order to sign in"));
    }
    parts.mails().confirmation(tx, user, false, visit.target());
    return new Outcome.Refused(
        AuthError.unprocessable(
            "provider_email_needs_verification",
            "Unverified email with "
                + by
                + ". A confirmation email has been sent to your "
                + by
                + " email"));
  }

  private Optional<Entry> known(Transaction tx, Visit visit, Map<String, Object> data) {
    var owner = owner(tx, visit);
    if (owner.isEmpty()) {
      return Optional.empty();
    }
    var user = Users.reload(tx, owner.get());
    var identity = identity(user, visit);
    var now = parts.clock().instant();
    tx.run(REFRESH_IDENTITY, data, now, now, identity.id());
    merge(tx, user.id(), data);
    return Optional.of(
        new Entry(user, identity, new Candidate(user.email(), primary(visit).verified())));
  }

  private Optional<UUID> owner(Transaction tx, Visit visit) {
    return tx.one(
        BY_PROVIDER_ID,
        row -> row.getObject("user_id", UUID.class),
        visit.provider(),
        visit.profile().subject());
  }

  private Entry linkedOrNew(Transaction tx, Visit visit, Map<String, Object> data) {
    var verified = new ArrayList<String>();
    for (var email : visit.profile().emails()) {
      boolean counts = email.verified() || parts.settings().accounts().autoconfirm();
      if (counts && !email.address().isEmpty()) {
        verified.add(email.address().toLowerCase(Locale.ROOT));
      }
    }
    var candidate = primary(visit);
    if (verified.isEmpty()) {
      // Who has an address that nobody verified gets an account without it where it is taken.
      boolean isTaken =
          !candidate.email().isEmpty()
              && Users.byAnyEmail(tx, candidate.email(), visit.audience(), null).isPresent();
      return create(tx, visit, data, isTaken ? new Candidate("", candidate.verified()) : candidate);
    }
    var owner = ownerOf(tx, verified);
    return owner == null
        ? create(tx, visit, data, candidate)
        : join(tx, Users.reload(tx, owner), visit, data, candidate);
  }

  private static @Nullable UUID ownerOf(Transaction tx, List<String> emails) {
    var listed = String.join("\n", emails);
    var owners = tx.all(OWNERS_OF_EMAILS, row -> row.getObject(1, UUID.class), listed);
    if (owners.isEmpty()) {
      owners = tx.all(USERS_OF_EMAILS, row -> row.getObject(1, UUID.class), listed);
    }
    if (owners.size() > 1) {
      throw AuthError.internal(
          "Multiple accounts with the same email address in the same linking domain detected:"
              + " default");
    }
    return owners.isEmpty() ? null : owners.getFirst();
  }

  private Entry join(
      Transaction tx, User user, Visit visit, Map<String, Object> data, Candidate candidate) {
    createIdentity(tx, user.id(), visit.provider(), data);
    merge(tx, user.id(), data);
    var identity = identity(Users.reload(tx, user.id()), visit);
    auditIdentity(tx, user, "identity_linked", identity, visit.device());
    return new Entry(user, identity, candidate);
  }

  private Entry create(Transaction tx, Visit visit, Map<String, Object> data, Candidate candidate) {
    if (parts.settings().accounts().signupDisabled()) {
      throw AuthError.unprocessable("signup_disabled", "Signups not allowed for this instance");
    }
    var id = UUID.randomUUID();
    var newcomer =
        new Newcomer(id, visit.audience(), visit.provider(), candidate.email(), "", data);
    parts.hooks().beforeUserCreated(tx, newcomer, visit.device());
    var app = new LinkedHashMap<String, Object>();
    app.put("provider", visit.provider());
    app.put("providers", List.of(visit.provider()));
    var user =
        parts
            .changes(tx)
            .create(
                new UserChanges.NewUser(
                    id, visit.audience(), candidate.email(), "", "", app, data, false),
                Signup.DEFAULT_ROLE);
    createIdentity(tx, user.id(), visit.provider(), data);
    var made = Users.reload(tx, user.id());
    tx.afterCommit(() -> parts.hooks().afterUserCreated(made, visit.device()));
    return new Entry(user, identity(made, visit), candidate);
  }

  /// Links the visitor's identity to a User who asked for it.
  Outcome link(Transaction tx, User user, Visit visit) {
    var owner = owner(tx, visit);
    if (owner.isPresent()) {
      throw AuthError.unprocessable(
          "identity_already_exists",
          owner.get().equals(user.id())
              ? "Identity is already linked"
              : "Identity is already linked to another user");
    }
    var data = visit.identityData();
    createIdentity(tx, user.id(), visit.provider(), data);
    var linked = Users.reload(tx, user.id());
    auditIdentity(tx, user, "identity_linked", identity(linked, visit), visit.device());
    var provider = Map.of("provider", visit.provider());
    parts.mails().notice(tx, user, "identity_linked", user.email(), provider);
    var changes = parts.changes(tx);
    if (user.email().isEmpty()) {
      if (!new IdentityEmails(parts).promote(tx, linked)) {
        throw AuthError.badRequest(
            "email_exists", "A user with this email address has already been registered");
      }
      linked = Users.reload(tx, user.id());
      if (!Boolean.TRUE.equals(data.get("email_verified"))) {
        parts.mails().confirmation(tx, linked, false, visit.target());
        return new Outcome.Refused(
            AuthError.unprocessable(
                "email_not_confirmed",
                "Unverified email with "
                    + visit.provider()
                    + ". A confirmation email has been sent to your "
                    + visit.provider()
                    + " email"));
      }
      changes.confirm(linked);
      if (user.isAnonymous()) {
        changes.notAnonymous(user.id());
      }
    }
    changes.appMetadataProviders(user.id());
    return new Outcome.Entered(Users.reload(tx, user.id()));
  }

  /// The User whom an invitation was sent to, by its stored hash.
  Optional<User> invited(Transaction tx, String token) {
    return Users.byOneTimeToken(tx, token, List.of(OneTimeTokens.CONFIRMATION));
  }

  /// An invited User comes by a provider instead of by the mail's link.
  Outcome accept(Transaction tx, String token, Visit visit) {
    var user =
        invited(tx, token)
            .orElseThrow(() -> AuthError.notFound("invite_not_found", "Invite not found"));
    boolean isInvited =
        visit.profile().emails().stream().anyMatch(email -> email.address().equals(user.email()));
    if (!isInvited) {
      throw AuthError.validation("Invited email does not match emails from external provider");
    }
    var data = visit.identityData();
    createIdentity(tx, user.id(), visit.provider(), data);
    merge(tx, user.id(), data);
    var now = parts.clock().instant();
    AuditLog.userDid(
        tx, user, "invite_accepted", Map.of("provider", visit.provider()), visit.device(), now);
    var current = Users.reload(tx, user.id());
    removeUnconfirmed(tx, current, identity(current, visit), data);
    parts.changes(tx).confirm(Users.reload(tx, user.id()));
    return new Outcome.Entered(Users.reload(tx, user.id()));
  }

  /// Before an unconfirmed account becomes the visitor's, whoever made it loses every other way in.
  private void removeUnconfirmed(
      Transaction tx, User user, Identity kept, Map<String, Object> data) {
    parts.changes(tx).withoutPassword(user.id());
    for (var identity : user.identities()) {
      if (!identity.id().equals(kept.id())) {
        Identities.delete(tx, identity);
      }
    }
    merge(tx, user.id(), data);
  }

  private void merge(Transaction tx, UUID user, Map<String, Object> data) {
    parts.changes(tx).userMetadata(Users.reload(tx, user), data);
    parts.changes(tx).appMetadataProviders(user);
  }

  private void createIdentity(
      Transaction tx, UUID user, String provider, Map<String, Object> data) {
    try {
      Identities.create(tx, user, provider, data, parts.clock().instant());
    } catch (PostgresException e) {
      throw AuthError.internal("Error creating identity", e);
    }
  }

  private static Identity identity(User user, Visit visit) {
    return user.identities().stream()
        .filter(i -> i.provider().equals(visit.provider()))
        .filter(i -> i.providerId().equals(visit.profile().subject()))
        .findFirst()
        .orElseThrow(() -> AuthError.internal("Error creating identity"));
  }

  private void auditIdentity(
      Transaction tx, User user, String action, Identity identity, Device device) {
    AuditLog.identity(tx, user, action, identity, device, now());
  }

  private Instant now() {
    return parts.clock().instant();
  }

  private static Candidate primary(Visit visit) {
    var found = new Candidate("", false);
    for (var email : visit.profile().emails()) {
      if (email.primary()) {
        found = new Candidate(email.address().toLowerCase(Locale.ROOT), email.verified());
      }
    }
    return found;
  }
}
