package dev.freehold.backend.supabase.realtime;

import dev.freehold.backend.Session;
import dev.freehold.backend.supabase.realtime.changes.StoredMessage;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import java.util.List;

/// Decides whether a client may be in a channel: token, then the policies of a private one, then
/// what it wants replayed. Blocks; runs beside the event loop.
final class Admission {
  private final Hub hub;
  private final String name;
  private final boolean isPrivate;
  private final String headers;

  /// What came out.
  sealed interface Decision {
    /// @param expires when the token does, in seconds since 1970
    record Admitted(Session session, long expires, Policies policies, List<StoredMessage> replay)
        implements Decision {}

    /// @param message for people
    /// @param reason the same after the error's name, as a join's refusal has it
    record Refused(String reason, String message) implements Decision {}
  }

  /// @param name the topic without its prefix
  Admission(Hub hub, String name, boolean isPrivate, String headers) {
    this.hub = hub;
    this.name = name;
    this.isPrivate = isPrivate;
    this.headers = headers;
  }

  Decision join(JoinConfig config, Tokens.Read.Good tenant) {
    return switch (token(config.token(), tenant)) {
      case Tokens.Read.Bad bad -> new Decision.Refused(bad.reason(), bad.message());
      case Tokens.Read.Good good -> decide(config, good);
    };
  }

  private Decision decide(JoinConfig config, Tokens.Read.Good good) {
    if (config.replay().isPresent() && !isPrivate) {
      return refused("UnableToReplayMessages", "Replay is not allowed for public channels");
    }
    try {
      return admit(good, config);
    } catch (PostgresException e) {
      return failed(e);
    }
  }

  private Decision admit(Tokens.Read.Good good, JoinConfig config) {
    var policies = policies(good.session(), config.presence());
    if (!policies.broadcastRead().isGiven()
        && (!policies.presenceRead().isGiven() || config.replay().isPresent())) {
      return unauthorized();
    }
    if (config.replay().isEmpty()) {
      return new Decision.Admitted(good.session(), good.expires(), policies, List.of());
    }
    var wanted = config.replay().get();
    if (!wanted.valid()) {
      return refused("UnableToReplayMessages", "Replay params are not valid");
    }
    var messages = hub.messages().replay(name, wanted.sinceMs(), wanted.limit());
    return new Decision.Admitted(good.session(), good.expires(), policies, messages);
  }

  /// A token that takes the place of one in force.
  Decision renew(String token, Policies before, boolean presence) {
    return switch (hub.tokens().read(token)) {
      case Tokens.Read.Bad bad -> new Decision.Refused(bad.reason(), bad.message());
      case Tokens.Read.Good good -> renew(good, before, presence);
    };
  }

  private Decision renew(Tokens.Read.Good good, Policies before, boolean presence) {
    try {
      var policies = policies(good.session(), presence);
      if (!policies.broadcastRead().isGiven() && !policies.presenceRead().isGiven()) {
        return unauthorized();
      }
      if (policies.revokes(before)) {
        var message = "You no longer have permission to read from this Channel topic: " + name;
        return new Decision.Refused("Unauthorized: " + message, message);
      }
      return new Decision.Admitted(good.session(), good.expires(), policies, List.of());
    } catch (PostgresException e) {
      return failed(e);
    }
  }

  private Tokens.Read token(String token, Tokens.Read.Good tenant) {
    return token.isEmpty() || hub.tokens().isKeyAlone(token) ? tenant : hub.tokens().read(token);
  }

  private Policies policies(Session session, boolean presence) {
    return isPrivate
        ? hub.authorization()
            .read(Policies.UNASKED, new Authorization.Asker(session, name, headers), presence)
        : Policies.PUBLIC;
  }

  /// What the session may write, and what it may read of presence when that was not asked yet.
  ///
  /// @return `before` when it cannot be asked
  Policies writing(Policies before, Session session) {
    var asker = new Authorization.Asker(session, name, headers);
    try {
      var reading =
          before.presenceRead() == Policies.Grant.UNASKED
              ? hub.authorization().read(before, asker, true)
              : before;
      return hub.authorization().write(reading, asker, true);
    } catch (PostgresException e) {
      hub.events().publish(new RealtimeEvent.NotAuthorized(name, e.getMessage()));
      return before;
    }
  }

  private Decision unauthorized() {
    return refused(
        "Unauthorized", "You do not have permissions to read from this Channel topic: " + name);
  }

  private Decision failed(PostgresException e) {
    hub.events().publish(new RealtimeEvent.NotAuthorized(name, e.getMessage()));
    if (e.failure() instanceof PostgresFailure.Refused && !e.breaksConnection()) {
      return unauthorized();
    }
    return refused(
        "UnableToConnectToProject", "Realtime was unable to connect to the project database");
  }

  private static Decision refused(String code, String message) {
    return new Decision.Refused(code + ": " + message, message);
  }
}
