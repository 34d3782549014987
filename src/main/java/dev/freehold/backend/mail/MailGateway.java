package dev.freehold.backend.mail;

import dev.freehold.backend.ProcessPass;
import dev.freehold.backend.supabase.auth.MailFailed;
import dev.freehold.backend.supabase.mail.AppMail;
import dev.freehold.backend.supabase.mail.MailRefused;
import dev.freehold.digest.Digest;
import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.telemetry.Events;
import dev.freehold.telemetry.LogLine;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import tools.jackson.databind.json.JsonMapper;

/// The mail gateway of one Environment: what an App's own functions and server hand to their
/// Vendor's mail service leaves by the owner's mail server, or stays on this machine while there is
/// none.
///
/// Only those processes are let in: each request brings a [ProcessPass]. What the App's code sends
/// as its key is not looked at, and the mail server's password never comes near the App.
public final class MailGateway implements Handler {
  /// The one thing that is answered.
  public static final String SEND_PATH = "/v1/messaging/email/send";

  private static final String SOURCE = "mail";
  private static final int ID_CHARS = 40;
  private static final long MOMENT = 5;

  private final Scope scope;
  private final MailLimits limits;
  private final Ground ground;
  private final Outbox outbox;
  private final Semaphore places;
  private final MailPace pace;
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();
  private volatile String unsubscribe = "";

  /// Whose gateway it is.
  ///
  /// @param id an Environment's id
  /// @param words how the owner names it to the command line, such as `shop --env staging`
  public record Scope(String id, String words, ProcessPass pass) {}

  /// What all gateways of a machine share.
  public record Ground(SentMails sent, Clock clock, Events events) {}

  /// Where mails go.
  @FunctionalInterface
  public interface Outbox {
    /// @return whether it left this machine; otherwise it is kept here for the owner
    /// @throws MailRefused when the mail server takes others, and not this one
    /// @throws MailFailed when it takes none
    boolean put(AppMail mail);
  }

  public MailGateway(Scope scope, MailLimits limits, Ground ground, Outbox outbox) {
    this.scope = scope;
    this.limits = limits;
    this.ground = ground;
    this.outbox = outbox;
    this.places = new Semaphore(limits.running());
    this.pace = new MailPace(limits.perMinute(), ground.clock());
  }

  /// Where readers take themselves off the list from now on.
  ///
  /// @param address that a token is appended to; empty when the App has no such place
  public void unsubscribeAt(String address) {
    unsubscribe = address;
  }

  @Override
  public Response handle(Request request) {
    var caller = request.header(ProcessPass.FIELD).flatMap(scope.pass()::caller);
    if (caller.isEmpty()) {
      return MailErrors.stranger();
    }
    if (!request.method().equals("POST") || !request.path().equals(SEND_PATH)) {
      return MailErrors.notFound(request.path());
    }
    if (request.body().length > limits.bodyBytes()) {
      return MailErrors.invalid(413, "A mail has at most " + limits.bodyBytes() + " bytes.");
    }
    try {
      var key = request.header("Idempotency-Key").orElse("");
      return asked(caller.get(), MailRequest.read(request.body(), key, limits.recipients()));
    } catch (MailRequest.Invalid e) {
      return MailErrors.invalid(400, String.valueOf(e.getMessage()));
    }
  }

  private Response asked(String caller, MailRequest asked) {
    var id = asked.key().isEmpty() ? UUID.randomUUID().toString() : id(asked);
    if (asked.isTest()) {
      return done(id, "test");
    }
    if (ground.sent().contains(scope.id(), id)) {
      return done(id, "duplicate");
    }
    if (!underWay.add(id)) {
      return MailErrors.busy(MOMENT, "The same mail is on its way.");
    }
    try {
      if (!places.tryAcquire()) {
        return MailErrors.busy(MOMENT, limits.running() + " mails are on their way already.");
      }
      try {
        // Whoever sent the same mail may have ended between the two looks.
        return ground.sent().contains(scope.id(), id)
            ? done(id, "duplicate")
            : inPace(caller, id, asked);
      } finally {
        places.release();
      }
    } finally {
      underWay.remove(id);
    }
  }

  private Response inPace(String caller, String id, MailRequest asked) {
    long wait = pace.take();
    if (wait > 0) {
      say(caller, asked, "put off: more than " + limits.perMinute() + " mails in a minute");
      return MailErrors.busy(wait, "The app sends " + limits.perMinute() + " mails a minute.");
    }
    try {
      boolean left = outbox.put(mail(id, asked));
      if (!asked.key().isEmpty()) {
        ground.sent().add(scope.id(), id);
      }
      say(caller, asked, left ? "sent" : "kept, for no mail server is set");
      return done(id, left ? "sent" : "kept");
    } catch (MailRefused e) {
      var why = String.valueOf(e.getMessage());
      say(caller, asked, (e.forGood() ? "refused: " : "put off: ") + why);
      return MailErrors.refused(e.forGood(), why);
    } catch (MailFailed e) {
      say(caller, asked, "put off: " + e.getMessage());
      return MailErrors.unavailable(limits.pause(), scope.words());
    }
  }

  private AppMail mail(String id, MailRequest asked) {
    var token = asked.unsubscribeToken();
    var leave =
        unsubscribe.isEmpty() || token.isEmpty()
            ? ""
            : unsubscribe + "?token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
    return new AppMail(
        ground.clock().instant(),
        id,
        asked.label(),
        asked.to(),
        asked.cc(),
        asked.bcc(),
        asked.senderName(),
        asked.replyTo(),
        asked.subject(),
        asked.html(),
        asked.text(),
        leave);
  }

  /// The same for the same key and readers: a key that code gives to mails to several people lets
  /// each of them through.
  private String id(MailRequest asked) {
    var readers = new TreeSet<String>(asked.to());
    readers.addAll(asked.cc());
    readers.addAll(asked.bcc());
    var words = String.join("\0", scope.id(), asked.key(), String.join("\0", readers));
    return Digest.SHA_256.hex(words).substring(0, ID_CHARS);
  }

  private static Response done(String id, String status) {
    var body = new LinkedHashMap<String, Object>();
    body.put("success", true);
    body.put("message_id", id);
    body.put("status", status);
    return Response.json(200, JsonMapper.shared().writeValueAsString(body));
  }

  /// Never says to whom.
  private void say(String caller, MailRequest asked, String what) {
    var label = asked.label().isEmpty() ? "a mail" : "“" + asked.label() + "”";
    ground
        .events()
        .publish(
            new LogLine(
                ground.clock().instant(),
                SOURCE,
                scope.id(),
                0,
                caller + ": " + label + " " + what));
  }
}
