package dev.freehold.backend.supabase.rest.standalone;

import dev.freehold.backend.supabase.rest.RestEvent;
import dev.freehold.backend.supabase.rest.RestServer.Answered;
import dev.freehold.http.Body;
import dev.freehold.http.Request;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.io.PrintStream;
import java.time.Clock;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// What the process writes while it serves: facts to standard error, and each request that
/// `log-level` lets through to standard output, in the combined format of web servers. Where
/// `log-query` is set, such a request's statements go to standard error before it.
public final class ProcessLog implements Events {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.ROOT)
          .withZone(ZoneId.systemDefault());

  /// How much is told.
  enum Level {
    CRIT(600),
    ERROR(500),
    WARN(400),
    INFO(0),
    DEBUG(0);

    private final int fromStatus;

    Level(int fromStatus) {
      this.fromStatus = fromStatus;
    }
  }

  private final PrintStream out;
  private final PrintStream err;
  private final Clock clock;
  private volatile Level level = Level.ERROR;

  public ProcessLog(PrintStream out, PrintStream err, Clock clock) {
    this.out = out;
    this.err = err;
    this.clock = clock;
  }

  /// @param word of `log-level`
  void level(String word) {
    level = Level.valueOf(word.toUpperCase(Locale.ROOT));
  }

  @Override
  public void publish(Event event) {
    var ofRequest =
        event instanceof RestEvent.DatabaseFault || event instanceof RestEvent.PoolTimeout;
    if (!ofRequest || level != Level.CRIT) {
      say(event.describe());
    }
  }

  void say(String text) {
    err.println(TIME.format(clock.instant()) + ": " + text.replace('\n', ' '));
  }

  void request(Request request, Answered answered) {
    var response = answered.response();
    if (response.status() < level.fromStatus) {
      return;
    }
    answered.statements().forEach(this::say);
    var target =
        request.query().isEmpty() ? request.path() : request.path() + "?" + request.query();
    var bytes = response.body() instanceof Body.Bytes(var content) ? content.length : 0;
    out.println(
        (request.remote().isEmpty() ? "-" : request.remote())
            + " - "
            + (answered.role().isEmpty() ? "-" : safe(answered.role()))
            + " ["
            + TIME.format(clock.instant())
            + "] \""
            + request.method()
            + " "
            + target
            + " HTTP/1.1\" "
            + response.status()
            + " "
            + (bytes == 0 ? "-" : Integer.toString(bytes))
            + " \""
            + safe(request.header("Referer").orElse(""))
            + "\" \""
            + safe(request.header("User-Agent").orElse(""))
            + "\"");
    out.flush();
  }

  /// What a client sends cannot end a line or a quotation.
  private static String safe(String text) {
    return text.replaceAll("[\\p{Cntrl}\"]", "?");
  }
}
