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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Makes the answer of what a statement gave: status, headers, body.
final class Answers {
  private final ApiRequest request;
  private final MediaType type;
  private final List<Field> headers = new ArrayList<>();

  Answers(ApiRequest request, MediaType type) {
    this.request = request;
    this.type = type;
  }

  Response read(Outcome outcome) {
    int status = contentRange(outcome);
    var canonical = request.query().canonical();
    add("Content-Location", path(request.name()) + (canonical.isEmpty() ? "" : "?" + canonical));
    return status == 416
        ? outOfRange(outcome)
        : finish(outcome, status, request.method() == ApiRequest.Method.GET, applied());
  }

  Response called(Outcome outcome, boolean returnsVoid) {
    int status = contentRange(outcome);
    if (status == 416) {
      return outOfRange(outcome);
    }
    var body =
        !returnsVoid
            && request.method() != ApiRequest.Method.HEAD
            && !request.preferences().representation().equals(Optional.of(Representation.MINIMAL));
    var applied = applied();
    request.preferences().enforcedMaxAffected().ifPresent(n -> applied.add("max-affected=" + n));
    return finish(outcome, returnsVoid ? 204 : status, body, applied);
  }

  Response written(Outcome outcome, WritePlan plan) {
    var preferences = request.preferences();
    var rows = preferences.wantsRows();
    var counted =
        preferences.count().isPresent() ? OptionalLong.of(outcome.rows()) : OptionalLong.empty();
    var applied = new ArrayList<String>();
    int status;
    switch (plan) {
      case WritePlan.Insert insert when request.method() == ApiRequest.Method.PUT -> {
        var inserted = outcome.rows() > outcome.changed();
        status = rows ? (inserted ? 201 : 200) : 204;
      }
      case WritePlan.Insert insert -> {
        var upsert = !insert.conflict().isEmpty();
        var merged = insert.merge() && upsert && outcome.rows() <= outcome.changed();
        status = merged ? 200 : 201;
        location(outcome, insert.table());
        add("Content-Range", range(1, 0, counted));
        if (upsert) {
          preferences.resolution().map(Resolution::word).ifPresent(applied::add);
        }
        preferences.missing().map(Missing::word).ifPresent(applied::add);
      }
      case WritePlan.Update _ -> {
        status = rows ? 200 : 204;
        add("Content-Range", range(0, outcome.rows() - 1, counted));
        preferences.missing().map(Missing::word).ifPresent(applied::add);
      }
      case WritePlan.Delete _ -> {
        status = rows ? 200 : 204;
        add("Content-Range", range(1, 0, counted));
      }
    }
    preferences.representation().map(Representation::word).ifPresent(applied::add);
    applied.addAll(applied());
    if (!(plan instanceof WritePlan.Insert)) {
      preferences.enforcedMaxAffected().ifPresent(n -> applied.add("max-affected=" + n));
    }
    return finish(outcome, status, rows, applied);
  }

  private void location(Outcome outcome, Table table) {
    if (outcome.location().isEmpty()) {
      return;
    }
    var address = new StringBuilder(path(table.name()));
    for (int i = 0; i < table.primaryKey().size(); i++) {
      var value = outcome.location().get(i);
      address.append(i == 0 ? "?" : "&");
      QueryStrings.encode(address, table.primaryKey().get(i));
      address.append('=');
      QueryStrings.encode(address, value == null ? "is.null" : "eq." + value);
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

  private Response outOfRange(Outcome outcome) {
    throw Failures.invalidRange(
            "An offset of "
                + request.window().offset()
                + " was requested, but there are only "
                + outcome.total().orElse(0)
                + " rows.")
        .headers(headers);
  }

  private List<String> applied() {
    var preferences = request.preferences();
    var applied = new ArrayList<String>();
    preferences.count().map(Preferences.Count::word).ifPresent(applied::add);
    preferences.handling().map(Handling::word).ifPresent(applied::add);
    preferences.timezone().map(zone -> "timezone=" + zone).ifPresent(applied::add);
    return applied;
  }

  private Response finish(Outcome outcome, int status, boolean body, List<String> applied) {
    if (body || request.method() == ApiRequest.Method.HEAD) {
      add("Content-Type", type.contentType());
    }
    if (request.negotiated()) {
      add("Content-Profile", request.schema());
    }
    if (!applied.isEmpty()) {
      add("Preference-Applied", String.join(", ", applied));
    }
    var response = new Response(status, Headers.of(headers), body ? outcome.body() : Body.EMPTY);
    return byDatabase(response, outcome);
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

  private static int status(String text) {
    try {
      int status = Integer.parseInt(text);
      if (status >= 100 && status <= 599) {
        return status;
      }
    } catch (NumberFormatException e) {
      throw Failures.responseStatus();
    }
    throw Failures.responseStatus();
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
