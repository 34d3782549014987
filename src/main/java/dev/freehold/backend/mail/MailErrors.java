package dev.freehold.backend.mail;

import dev.freehold.http.Response;
import java.time.Duration;
import java.util.LinkedHashMap;
import tools.jackson.databind.json.JsonMapper;

/// Answers that no mail was sent, as `@lovable.dev/email-js` reads them: it takes the status, the
/// member `type` as its error's code, and `Retry-After`.
///
/// What Lovable's own code makes of a status decides which one is given: 429 leaves the mail in its
/// queue and stops the queue for a while; 403 would throw the mail away without saying why; any
/// other status counts as one of five tries.
final class MailErrors {
  private static final JsonMapper JSON = JsonMapper.shared();

  private MailErrors() {}

  static Response stranger() {
    return of(
        401, "unauthorized", "Only the app's own functions and server may send its mails here.");
  }

  static Response notFound(String path) {
    return of(404, "not_found", "There is no " + path + " here: mails are sent, not looked up.");
  }

  static Response invalid(int status, String message) {
    return of(status, "invalid_request", message);
  }

  /// The mail server takes others, and not this one.
  static Response refused(boolean forGood, String why) {
    return forGood
        ? of(422, "mail_refused", "The mail server refused this mail: " + why)
        : of(503, "mail_put_off", "The mail server does not take this mail now: " + why);
  }

  /// The mail server takes no mail.
  static Response unavailable(Duration pause, String app) {
    return of(
            429,
            "mail_server_unavailable",
            "The mail server did not take the mail; it may be tried again. freehold logs "
                + app
                + " --source mail says why, freehold auth smtp test "
                + app
                + " tries the settings.")
        .with("Retry-After", Long.toString(pause.toSeconds()));
  }

  static Response busy(long seconds, String why) {
    return of(429, "rate_limited", why).with("Retry-After", Long.toString(Math.max(1, seconds)));
  }

  private static Response of(int status, String type, String message) {
    var body = new LinkedHashMap<String, Object>();
    body.put("success", false);
    body.put("type", type);
    body.put("message", message);
    return Response.of(status, "application/json", JSON.writeValueAsString(body));
  }
}
