package dev.freehold.http;

import static java.util.Map.entry;

import dev.freehold.problem.Problem;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/// Problems as RFC 9457 `application/problem+json`: `type`, `title`, `status` and `detail` as the
/// standard names them, `code` and `hint` as members of our own.
public final class ProblemAnswers {
  public static final String CONTENT_TYPE = "application/problem+json";

  /// What a code ends in, and the status that says so.
  private static final Map<String, Integer> STATUS_BY_ENDING =
      Map.ofEntries(
          entry("not-found", 404),
          entry("unknown", 404),
          entry("exists", 409),
          entry("taken", 409),
          entry("conflict", 409),
          entry("busy", 409),
          entry("unauthenticated", 401),
          entry("unauthorized", 401),
          entry("forbidden", 403),
          entry("method-not-allowed", 405),
          entry("too-large", 413),
          entry("too-many", 429),
          entry("malformed", 400),
          entry("invalid", 400),
          entry("bad-request", 400),
          entry("unavailable", 503),
          entry("timeout", 504),
          entry("timed-out", 504));

  private static final int ANY_OTHER = 422;
  private static final JsonMapper JSON = new JsonMapper();

  private ProblemAnswers() {}

  /// The status is read off the end of the problem's code (`release-not-found` is a 404); 422 when
  /// the code does not say.
  public static Response of(Problem problem) {
    return of(problem, status(problem.code()));
  }

  public static Response of(Problem problem, int status) {
    var members = new LinkedHashMap<String, Object>();
    members.put("type", "about:blank");
    members.put("title", problem.message());
    members.put("status", status);
    problem.detail().ifPresent(detail -> members.put("detail", detail));
    members.put("code", problem.code());
    problem.hint().ifPresent(hint -> members.put("hint", hint));
    return Response.of(status, CONTENT_TYPE, JSON.writeValueAsString(members));
  }

  private static int status(String code) {
    for (var ending : STATUS_BY_ENDING.entrySet()) {
      if (code.endsWith(ending.getKey())) {
        return ending.getValue();
      }
    }
    return ANY_OTHER;
  }
}
