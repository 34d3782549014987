package dev.freehold.backend.supabase.rest;

import dev.freehold.backend.supabase.rest.Preferences.Handling;
import dev.freehold.backend.supabase.rest.Preferences.Missing;
import dev.freehold.backend.supabase.rest.Preferences.Representation;
import dev.freehold.backend.supabase.rest.Preferences.Resolution;
import dev.freehold.backend.supabase.rest.schema.QualifiedName;
import dev.freehold.backend.supabase.rest.schema.Table;
import dev.freehold.http.Body;
import dev.freehold.http.Headers;
import dev.freehold.http.Headers.Field;
import dev.freehold.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Makes the answer of what a statement gave: status, headers, body.
final class Answers {
  private static final int MAX_STATUS_DIGITS = 3;

  private final ApiRequest request;
  private final MediaType type;
  private final List<Field> headers = new ArrayList<>();

  /// A longer `Content-Location` is left out: common clients refuse heads of more than 16 KiB.
  private static final int MAX_LOCATION_CHARS = 8_192;

  Answers(ApiRequest request, MediaType type) {
    this.request = request;
    this.type = type;
  }

  Response read(Outcome outcome) {
    int status = contentRange(outcome);
    var canonical = QueryStrings.canonical(request.http().query());
    if (canonical.length() <= MAX_LOCATION_CHARS) {
      add("Content-Location", path(request.name()) + (canonical.isEmpty() ? "" : "?" + canonical));
    }
    applied(List.of(), false);
    return shown(outcome, status);
  }

  Response called(Outcome outcome, boolean returnsVoid) {
    int status = contentRange(outcome);
    applied(List.of(), true);
    return returnsVoid ? finish(outcome, 204, Body.EMPTY) : shown(outcome, status);
  }

  /// @param plan as EXPLAIN printed it
  Response explained(String plan) {
    typed();
    return new Response(
        200, Headers.of(headers), new Body.Bytes(plan.getBytes(StandardCharsets.UTF_8)));
  }

  /// Rows, or why there are none where they were asked for.
  private Response shown(Outcome outcome, int status) {
    typed();
    if (request.method() == ApiRequest.Method.HEAD) {
      return finish(outcome, status, Body.EMPTY);
    }
    return finish(outcome, status, status == 416 ? outOfRange(outcome) : outcome.body());
  }

  Response written(Outcome outcome, WritePlan plan) {
    var preferences = request.preferences();
    var rows = preferences.wantsRows();
    var counted = preferences.counts() ? OptionalLong.of(outcome.rows()) : OptionalLong.empty();
    int status =
        switch (plan) {
          case WritePlan.Insert _ when request.method() == ApiRequest.Method.PUT ->
              rows ? (outcome.inserted() > 0 ? 201 : 200) : 204;
          case WritePlan.Insert insert -> {
            location(outcome, insert.table());
            add("Content-Range", range(1, 0, counted));
            yield insert.merge() && outcome.inserted() <= 0 ? 200 : 201;
          }
          case WritePlan.Update _ -> {
            add("Content-Range", range(0, outcome.rows() - 1, counted));
            yield rows ? 200 : 204;
          }
          case WritePlan.Delete _ -> {
            add("Content-Range", range(1, 0, counted));
            yield rows ? 200 : 204;
          }
        };
    applied(ofWrites(plan), !(plan instanceof WritePlan.Insert));
    if (!rows) {
      return finish(outcome, status, Body.EMPTY);
    }
    typed();
    return finish(outcome, status, outcome.body());
  }

  /// The applied preferences that only writes know.
  private List<String> ofWrites(WritePlan plan) {
    var preferences = request.preferences();
    var applied = new ArrayList<String>();
    var create = request.method() == ApiRequest.Method.POST;
    if (create && plan instanceof WritePlan.Insert insert && insert.keyed()) {
      preferences.resolution().map(Resolution::word).ifPresent(applied::add);
    }
    if (create || plan instanceof WritePlan.Update) {
      preferences.missing().map(Missing::word).ifPresent(applied::add);
    }
    preferences.representation().map(Representation::word).ifPresent(applied::add);
    return applied;
  }

  private void location(Outcome outcome, Table table) {
    if (outcome.location().isEmpty()) {
      return;
    }
    var address = new StringBuilder(path(table.name()));
    var separator = '?';
    for (var part : outcome.location()) {
      var text = String.valueOf(part);
      int equals = text.indexOf('=');
      QueryStrings.encode(address.append(separator), text.substring(0, equals));
      QueryStrings.encode(address.append('='), text.substring(equals + 1));
      separator = '&';
    }
    add("Location", address.toString());
  }

  /// States the range and says which status it makes.
  private int contentRange(Outcome outcome) {
    long lower = request.window().offset();
    long upper = lower + outcome.rows() - 1;
    add("Content-Range", range(lower, upper, outcome.total()));
    if (outcome.total().isEmpty()) {
      return 200;
    }
    long total = outcome.total().getAsLong();
    if (lower > total) {
      return 416;
    }
    return 1 + upper - lower < total ? 206 : 200;
  }

  private static String range(long lower, long upper, OptionalLong total) {
    var some = lower <= upper && !(total.isPresent() && total.getAsLong() == 0);
    return (some ? lower + "-" + upper : "*")
        + "/"
        + (total.isPresent() ? Long.toString(total.getAsLong()) : "*");
  }

  private Body outOfRange(Outcome outcome) {
    var error =
        Failures.invalidRange(
                "An offset of "
                    + request.window().offset()
                    + " was requested, but there are only "
                    + outcome.total().orElse(0)
                    + " rows.")
            .body();
    return new Body.Bytes(error.getBytes(StandardCharsets.UTF_8));
  }

  /// Says which preferences were applied, in PostgREST's order.
  ///
  /// @param first those that only this kind of request knows
  /// @param limited whether a limit on touched rows is one of them
  private void applied(List<String> first, boolean limited) {
    var preferences = request.preferences();
    var applied = new ArrayList<>(first);
    preferences.count().map(Preferences.Count::word).ifPresent(applied::add);
    preferences.ending().map(Preferences.Ending::word).ifPresent(applied::add);
    preferences.handling().map(Handling::word).ifPresent(applied::add);
    preferences.timezone().map(zone -> "timezone=" + zone).ifPresent(applied::add);
    if (limited) {
      preferences.enforcedMaxAffected().ifPresent(n -> applied.add("max-affected=" + n));
    }
    if (!applied.isEmpty()) {
      add("Preference-Applied", String.join(", ", applied));
    }
  }

  private void typed() {
    add("Content-Type", type.contentType());
    if (request.negotiated()) {
      add("Content-Profile", request.schema());
    }
  }

  private Response finish(Outcome outcome, int status, Body body) {
    return byDatabase(new Response(status, Headers.of(headers), body), outcome);
  }

  /// What the query said about the response: its headers replace ours.
  private static Response byDatabase(Response response, Outcome outcome) {
    var answer = response;
    if (outcome.headers() != null) {
      var pairs = Json.headerPairs(outcome.headers());
      if (pairs.isEmpty()) {
        throw Failures.responseHeaders();
      }
      var own = new ArrayList<Field>();
      for (var pair : pairs.get()) {
        own.add(new Field(pair[0], pair[1]));
        answer = answer.withHeaders(answer.headers().without(pair[0]));
      }
      var all = new ArrayList<>(answer.headers().fields());
      all.addAll(own);
      answer = answer.withHeaders(Headers.of(all));
    }
    return outcome.status() == null
        ? answer
        : new Response(status(outcome.status()), answer.headers(), answer.body());
  }

  /// The number a text begins with.
  private static int status(String text) {
    int end = 0;
    while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
      end++;
    }
    if (end == 0 || end > MAX_STATUS_DIGITS) {
      throw Failures.responseStatus();
    }
    int status = Integer.parseInt(text.substring(0, end));
    if (status < 100) {
      throw Failures.responseStatus();
    }
    return status;
  }

  private static String path(QualifiedName name) {
    var path = new StringBuilder("/");
    QueryStrings.encode(path, name.name());
    return path.toString();
  }

  private void add(String name, String value) {
    headers.add(new Field(name, value));
  }
}
