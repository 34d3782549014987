package dev.freehold.backend.supabase.rest.standalone;

import dev.freehold.backend.supabase.rest.RestServer;
import dev.freehold.http.Handler;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Stands before the server where no gateway does: answers CORS preflights, says who may read an
/// answer from another origin, and repeats the header by which a request is traced.
///
/// Source: https://docs.postgrest.org/en/v14/references/api/cors.html, the Fetch standard §3.2
final class Front implements Handler {
  private static final String PREFLIGHT_SECONDS = "86400";
  private static final String RETRY_AFTER_SECONDS = "1";
  private static final List<String> METHODS =
      List.of("GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "HEAD");
  private static final String EXPOSED =
      "Content-Encoding, Content-Location, Content-Range, Content-Type, Date, Location, Server,"
          + " Transfer-Encoding, Range-Unit";

  /// @param origins the ones that may read answers; absent for every one
  /// @param traceHeader empty for none
  record Manners(Optional<List<String>> origins, String traceHeader) {}

  private final RestServer service;
  private final ProcessLog log;
  private final BooleanSupplier begun;
  private volatile Manners manners;

  /// @param begun whether it is known what is to be served; may wait for that
  Front(RestServer service, ProcessLog log, BooleanSupplier begun, Manners manners) {
    this.begun = begun;
    this.service = service;
    this.log = log;
    this.manners = manners;
  }

  void behave(Manners newManners) {
    manners = newManners;
  }

  @Override
  public Response handle(Request request) {
    var now = manners;
    var answer = crossing(request, now).with("Server", "freehold");
    if (answer.status() == 503 && !answer.headers().has("Retry-After")) {
      answer = answer.with("Retry-After", RETRY_AFTER_SECONDS);
    }
    return now.traceHeader().isEmpty()
        ? answer
        : answer.with(now.traceHeader(), request.header(now.traceHeader()).orElse(""));
  }

  private Response served(Request request) {
    var answered = begun.getAsBoolean() ? service.answered(request) : RestServer.notYet();
    log.request(request, answered);
    return answered.response();
  }

  private Response crossing(Request request, Manners now) {
    var origin = request.header("Origin");
    boolean admitted =
        origin.isPresent() && now.origins().map(all -> all.contains(origin.get())).orElse(true);
    if (!admitted) {
      return served(request);
    }
    if (!request.method().equals("OPTIONS")) {
      return allowing(served(request), origin.get(), now)
          .with("Access-Control-Expose-Headers", EXPOSED);
    }
    var method = request.header("Access-Control-Request-Method");
    return method.filter(METHODS::contains).isPresent()
        ? preflight(request, allowing(Response.of(200), origin.get(), now))
        : served(request);
  }

  private static Response allowing(Response answer, String origin, Manners now) {
    return now.origins().isPresent()
        ? answer
            .with("Access-Control-Allow-Origin", origin)
            .with("Access-Control-Allow-Credentials", "true")
        : answer.withHeaders(answer.headers().replacing("Access-Control-Allow-Origin", "*"));
  }

  private static Response preflight(Request request, Response answer) {
    var allowed =
        answer
            .with("Access-Control-Max-Age", PREFLIGHT_SECONDS)
            .with("Access-Control-Allow-Methods", String.join(", ", METHODS));
    return request
        .header("Access-Control-Request-Headers")
        .map(asked -> allowed.with("Access-Control-Allow-Headers", headers(asked)))
        .orElse(allowed);
  }

  /// Each once, whatever its case.
  private static String headers(String asked) {
    var seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    return Stream.of(
            Stream.of("Authorization"),
            Arrays.stream(asked.split(",")).map(String::strip),
            Stream.of("Accept", "Accept-Language", "Content-Language"))
        .flatMap(names -> names)
        .filter(name -> !name.isEmpty() && isField(name) && seen.add(name))
        .collect(Collectors.joining(", "));
  }

  private static boolean isField(String name) {
    return name.chars().allMatch(c -> c > ' ' && c < 0x7f);
  }
}
