package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Response;

/// `POST /logout`: ends the caller's sessions: all, this one, or the others.
final class Logout {
  private final Parts parts;

  Logout(Parts parts) {
    this.parts = parts;
  }

  Response post(Call call) {
    var scope = call.query("scope");
    if (!scope.isEmpty()
        && !scope.equals("global")
        && !scope.equals("local")
        && !scope.equals("others")) {
      throw AuthError.validation("Unsupported logout scope \"" + scope + "\"");
    }
    parts
        .database()
        .run(tx -> {
          var caller = parts.callers().user(tx, call);
          AuditLog.userDid(tx, caller.user(), "logout", call.device(), parts.clock().instant());
          end(tx, caller, scope);
          return scope;
        });
    return Response.of(204);
  }

  private static void end(Transaction tx, Callers.Caller caller, String scope) {
    var session = caller.session();
    if (session != null && scope.equals("local")) {
      LoginSessions.end(tx, session.id());
    } else if (session != null && scope.equals("others")) {
      LoginSessions.endOthers(tx, caller.user().id(), session.id());
    } else {
      LoginSessions.endAll(tx, caller.user().id());
    }
  }
}
