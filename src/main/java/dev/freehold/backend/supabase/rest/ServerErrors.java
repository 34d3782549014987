package dev.freehold.backend.supabase.rest;

import dev.freehold.http.Headers;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns what the database refused into PostgREST's answer: SQLSTATE to status, and the answers
/// that functions make themselves by raising `PTxyz` or `PGRST`.
final class ServerErrors {
  private ServerErrors() {}

  /// @param anonymous the request came without a token
  static RestFailure of(PostgresException error, boolean anonymous) {
    return switch (error.failure()) {
      case PostgresFailure.PoolFull _ -> Failures.poolFull();
      case PostgresFailure.Unreachable(var message) -> Failures.notConnected(503, message);
      case PostgresFailure.NotAdmitted(_, var message) ->
          Failures.notConnected(500, "FATAL:  " + message);
      case PostgresFailure.Broken(var message) -> Failures.connection(message);
      case PostgresFailure.Refused refused ->
          switch (refused.sqlState()) {
            case "PGRST" -> raised(refused);
            case "" -> Failures.connection(refused.message());
            default -> refused(refused, anonymous);
          };
    };
  }

  private static RestFailure refused(PostgresFailure.Refused refused, boolean anonymous) {
    int status = status(refused, anonymous);
    var failure =
        RestFailure.of(status, refused.sqlState(), refused.message())
            .details(orNull(refused.detail()))
            .hint(orNull(refused.hint()));
    return status == 401 ? failure.header("WWW-Authenticate", "Bearer") : failure;
  }

  private static int status(PostgresFailure.Refused refused, boolean anonymous) {
    var state = refused.sqlState();
    return switch (state) {
      case "23503", "23505" -> 409;
      case "25006" -> 405;
      case "42883" -> refused.message().startsWith("function xmlagg(") ? 406 : 404;
      case "42P01" -> 404;
      case "42P17" -> 500;
      case "42501" -> anonymous ? 401 : 403;
      case "P0001" -> 400;
      case "53400" -> 500;
      case "57P01" -> 503;
      case "21000" -> refused.message().endsWith("requires a WHERE clause") ? 400 : 500;
      case "22023" ->
          refused.message().startsWith("role \"") && refused.message().endsWith("does not exist")
              ? 401
              : 400;
      default -> byClass(state);
    };
  }

  private static int byClass(String state) {
    if (state.startsWith("PT")) {
      return raisedStatus(state.substring(2));
    }
    return switch (state.substring(0, Math.min(2, state.length()))) {
      case "08", "53" -> 503;
      case "28", "0L", "0P" -> 403;
      case "09",
          "25",
          "2D",
          "38",
          "39",
          "3B",
          "40",
          "54",
          "55",
          "57",
          "58",
          "F0",
          "HV",
          "P0",
          "XX" ->
          500;
      default -> 400;
    };
  }

  private static int raisedStatus(String digits) {
    try {
      int status = Integer.parseInt(digits);
      return status >= 100 && status <= 599 ? status : 500;
    } catch (NumberFormatException e) {
      return 500;
    }
  }

  /// `RAISE SQLSTATE 'PGRST'`: the message is the body, the detail says status and headers.
  private static RestFailure raised(PostgresFailure.Refused refused) {
    var message = Json.members(refused.message());
    if (message.isEmpty()
        || message.get().text("code").isEmpty()
        || message.get().text("message").isEmpty()) {
      return Failures.raiseJson("Invalid JSON value for MESSAGE: '" + refused.message() + "'")
          .hint(
              "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional"
                  + " keys: 'details', 'hint'.");
    }
    if (refused.detail().isEmpty()) {
      return Failures.raiseJson("DETAIL is missing in the RAISE statement")
          .hint(
              "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional"
                  + " key: 'status_text'.");
    }
    var detail = Json.members(refused.detail());
    if (detail.isEmpty()
        || detail.get().text("status").isEmpty()
        || !detail.get().objects().containsKey("headers")) {
      return Failures.raiseJson("Invalid JSON value for DETAIL: '" + refused.detail() + "'")
          .hint(
              "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional"
                  + " key: 'status_text'.");
    }
    var body = message.get();
    var headers =
        detail.get().objects().getOrDefault("headers", List.of()).stream()
            .map(pair -> new Headers.Field(pair[0], pair[1]))
            .toList();
    return RestFailure.of(
            raisedStatus(detail.get().text("status").orElse("")),
            body.text("code").orElse(""),
            body.text("message").orElse(""))
        .details(body.text("details").orElse(null))
        .hint(body.text("hint").orElse(null))
        .headers(headers);
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
