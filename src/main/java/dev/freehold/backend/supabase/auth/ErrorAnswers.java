package dev.freehold.backend.supabase.auth;

import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Renders refusals in the two formats GoTrue knows: the old one, and the one of 2024-01-01 for who
/// sends `X-Supabase-Api-Version` of that day or later (reference 4.5).
final class ErrorAnswers {
  static final String VERSION_HEADER = "X-Supabase-Api-Version";
  private static final LocalDate NEW_FORMAT = LocalDate.of(2024, 1, 1);

  private ErrorAnswers() {}

  static Response render(AuthError error, Request request) {
    if (error.isOAuth()) {
      var fields = new LinkedHashMap<String, Object>();
      fields.put("error", error.code());
      fields.put("error_description", error.text());
      return Response.of(error.status(), "application/json", Json.write(fields));
    }
    boolean isNew = asksForNewFormat(request);
    var failure = databaseAnswer(error);
    if (!isNew && failure.isPresent()) {
      return failure.get().with("x-sb-error-code", error.code());
    }
    var fields = isNew ? newFormat(error) : oldFormat(error);
    var answer =
        Response.of(error.status(), "application/json", Json.write(fields))
            .with("x-sb-error-code", error.code());
    return isNew ? answer.with(VERSION_HEADER, NEW_FORMAT.toString()) : answer;
  }

  private static boolean asksForNewFormat(Request request) {
    try {
      return request
          .header(VERSION_HEADER)
          .map(date -> !LocalDate.parse(date).isBefore(NEW_FORMAT))
          .orElse(false);
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static Map<String, Object> newFormat(AuthError error) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("code", error.code());
    fields.put("message", error.text());
    putReasons(fields, error);
    return fields;
  }

  private static Map<String, Object> oldFormat(AuthError error) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("code", error.status());
    fields.put("error_code", error.code());
    fields.put("msg", error.text());
    if (error.status() >= 500) {
      fields.put("error_id", UUID.randomUUID().toString());
    }
    putReasons(fields, error);
    return fields;
  }

  private static void putReasons(Map<String, Object> fields, AuthError error) {
    if (!error.weakReasons().isEmpty()) {
      fields.put("weak_password", Map.of("reasons", error.weakReasons()));
    }
  }

  /// In the old format what a trigger of the App raised on purpose is shown as PostgreSQL said it.
  private static Optional<Response> databaseAnswer(AuthError error) {
    if (!(error.getCause() instanceof PostgresException raised)
        || !(raised.failure() instanceof PostgresFailure.Refused refused)
        || shownStatus(refused.sqlState()) == 0) {
      return Optional.empty();
    }
    var fields = new LinkedHashMap<String, Object>();
    fields.put("code", refused.sqlState());
    fields.put("message", refused.message());
    if (!refused.hint().isEmpty()) {
      fields.put("hint", refused.hint());
    }
    if (!refused.detail().isEmpty()) {
      fields.put("detail", refused.detail());
    }
    return Optional.of(
        Response.of(shownStatus(refused.sqlState()), "application/json", Json.write(fields)));
  }

  private static int shownStatus(String state) {
    if (state.matches("PT[1-5]\\d\\d")) {
      return Integer.parseInt(state.substring(2));
    }
    return state.equals("P0001") || state.startsWith("23") ? 500 : 0;
  }
}
