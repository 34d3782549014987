package dev.freehold.backend.supabase.jobs;

import dev.freehold.http.Headers;
import dev.freehold.http.Outbound;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Sends one request as pg_net does by curl: `http` and `https`, redirects followed, one time limit
/// over all of it; the texts of failures are curl's. Each hop is held against [AddressRule], at the
/// network address it then connects to.
final class NetSender {
  /// curl's own limit.
  static final int MAX_REDIRECTS = 30;

  /// A longer answer is a failure.
  static final int MAX_ANSWER_BYTES = 2 << 20;

  /// No request may take longer, whatever it asks for.
  static final Duration LONGEST = Duration.ofMinutes(10);

  private static final String AGENT = "pg_net (Freehold)";
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final Set<String> SECRET_HEADERS = Set.of("authorization", "cookie", "apikey");

  private final Outbound outbound;
  private final AddressRule rule;
  private final Supplier<OldProject> old;
  private final InetAddress own;

  /// @param own where the App's own address is served: loopback
  NetSender(Outbound outbound, AddressRule rule, Supplier<OldProject> old, InetAddress own) {
    this.outbound = outbound;
    this.rule = rule;
    this.old = old;
    this.own = own;
  }

  /// Why a request ends without an answer.
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String why) {
      super(why);
    }
  }

  /// How the time of one request is spent, for the text that says it is over.
  private static final class Times {
    final long began = System.nanoTime();
    final long limit;
    final int askedMs;
    long lookingUp;

    Times(int askedMs) {
      this.askedMs = askedMs;
      this.limit = Math.min(Math.max(askedMs, 1), LONGEST.toMillis());
    }

    /// In whole milliseconds, not a part of one too early: a request is over when its time is.
    Duration left() {
      long gone = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      return Duration.ofMillis(Math.max(limit - gone, 1));
    }

    boolean over() {
      return System.nanoTime() - began >= TimeUnit.MILLISECONDS.toNanos(limit);
    }

    String text() {
      double total = (System.nanoTime() - began) / 1e6;
      double names = lookingUp / 1e6;
      return ("Timeout of %d ms reached. Total time: %f ms (DNS time: %f ms, TCP/SSL handshake"
              + " time: %f ms, HTTP Request/Response time: %f ms)")
          .formatted(askedMs, total, names, 0.0, total - names);
    }
  }

  NetAnswer send(NetRequest request) throws InterruptedException {
    var times = new Times(request.timeoutMs());
    if (request.tooLarge()) {
      return NetAnswer.failed(
          request.id(), "the request body is over " + NetBook.MAX_BODY_BYTES + " bytes");
    }
    try {
      return follow(request, times);
    } catch (Refused e) {
      return NetAnswer.failed(request.id(), String.valueOf(e.getMessage()));
    } catch (Outbound.CallFailed e) {
      return e.why() == Outbound.Failure.TIMED_OUT
          ? NetAnswer.timedOut(request.id(), times.text())
          : NetAnswer.failed(request.id(), words(e.why()));
    } catch (TimeoutException e) {
      return NetAnswer.timedOut(request.id(), times.text());
    }
  }

  private NetAnswer follow(NetRequest request, Times times)
      throws Refused, Outbound.CallFailed, TimeoutException, InterruptedException {
    var project = old.get();
    var at = project.destination(uri(request.url()));
    var method = request.method().toUpperCase(Locale.ROOT);
    var body = request.body();
    boolean secrets = true;
    var first = origin(at);
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      boolean home = origin(at).equals(origin(URI.create(project.address())));
      var headers = headers(request, home ? project : null, secrets, body == null);
      var call =
          new Outbound.Call(
              method, at, address(at, times), headers, body, times.left(), MAX_ANSWER_BYTES);
      var answer = outbound.send(call);
      var location = answer.headers().first("Location");
      if (!REDIRECTS.contains(answer.status()) || location.isEmpty()) {
        return taken(request.id(), answer);
      }
      at = project.destination(resolved(at, location.get()));
      secrets = secrets && origin(at).equals(first);
      // As curl with the options of pg_net: a POST that is sent elsewhere becomes a GET.
      if (method.equals("POST") && answer.status() < 307) {
        method = "GET";
        body = null;
      }
      if (times.over()) {
        throw new TimeoutException();
      }
    }
    throw new Refused("Number of redirects hit maximum amount");
  }

  /// @param project whose keys become ours; nobody's for a request that goes elsewhere
  private static Headers headers(
      NetRequest request, @Nullable OldProject project, boolean secrets, boolean noBody) {
    var fields = new ArrayList<Headers.Field>();
    request
        .headers()
        .forEach((name, value) -> {
          var lower = name.toLowerCase(Locale.ROOT);
          boolean left = noBody && lower.equals("content-type") && request.body() != null;
          if (!lower.equals("user-agent")
              && !left
              && (secrets || !SECRET_HEADERS.contains(lower))) {
            fields.add(new Headers.Field(name, ours(value, request.trusted(), project)));
          }
        });
    if (fields.stream().noneMatch(field -> field.name().equalsIgnoreCase("accept"))) {
      fields.add(new Headers.Field("Accept", "*/*"));
    }
    fields.add(new Headers.Field("User-Agent", AGENT));
    return Headers.of(fields);
  }

  private static String ours(String value, boolean trusted, @Nullable OldProject project) {
    if (project == null) {
      return value;
    }
    return trusted ? project.trusted(value) : project.keys(value);
  }

  /// Where that name is, when it may be asked.
  private InetAddress address(URI at, Times times)
      throws Refused, TimeoutException, InterruptedException {
    if (origin(at).equals(origin(URI.create(old.get().address())))) {
      return own;
    }
    var host = at.getHost().replaceAll("^\\[|]$", "");
    long began = System.nanoTime();
    var found = lookedUp(host, times);
    times.lookingUp += System.nanoTime() - began;
    Optional<String> why = Optional.empty();
    for (var address : found) {
      why = rule.lets(host, port(at)) ? Optional.empty() : AddressRule.refusal(address);
      if (why.isEmpty()) {
        return address;
      }
    }
    throw new Refused(
        "Freehold does not ask " + host + " from the database: " + why.orElse("it has no address"));
  }

  /// On a thread of its own, since a look-up cannot be ended.
  private static List<InetAddress> lookedUp(String host, Times times)
      throws Refused, TimeoutException, InterruptedException {
    var found = new CompletableFuture<List<InetAddress>>();
    Thread.startVirtualThread(() -> {
      try {
        found.complete(List.of(InetAddress.getAllByName(host)));
      } catch (UnknownHostException e) {
        found.completeExceptionally(e);
      }
    });
    try {
      return found.get(times.left().toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new Refused("Couldn't resolve host name");
    }
  }

  private static URI uri(String text) throws Refused {
    try {
      var uri = URI.create(text.strip().replace(" ", "%20"));
      var scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (!scheme.equals("http") && !scheme.equals("https")) {
        throw new Refused("Unsupported protocol");
      }
      if (uri.getHost() == null || uri.getPort() > 65_535) {
        throw new Refused("URL using bad/illegal format or missing URL");
      }
      return uri;
    } catch (IllegalArgumentException e) {
      throw new Refused("URL using bad/illegal format or missing URL");
    }
  }

  private static URI resolved(URI at, String location) throws Refused {
    try {
      return uri(at.resolve(location.strip().replace(" ", "%20")).toString());
    } catch (IllegalArgumentException e) {
      throw new Refused("URL using bad/illegal format or missing URL");
    }
  }

  private static int port(URI at) {
    return at.getPort() >= 0 ? at.getPort() : "https".equalsIgnoreCase(at.getScheme()) ? 443 : 80;
  }

  private static String origin(URI at) {
    return (at.getScheme() + "://" + at.getHost() + ":" + port(at)).toLowerCase(Locale.ROOT);
  }

  private static NetAnswer taken(long id, Outbound.Answer answer) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (var field : answer.headers().fields()) {
      headers.put(clean(field.name()), clean(field.value()));
    }
    var text = clean(StandardCharsets.UTF_8.decode(answer.body()).toString());
    @Nullable String type =
        answer.headers().first("Content-Type").map(NetSender::clean).orElse(null);
    return new NetAnswer(
        id, answer.status(), type, headers, text.isEmpty() ? null : text, false, null);
  }

  /// PostgreSQL's text holds everything but NUL.
  private static String clean(String text) {
    return text.replace("\0", "");
  }

  private static String words(Outbound.Failure why) {
    return switch (why) {
      case TIMED_OUT -> "Timeout was reached";
      case NOT_CONNECTED -> "Couldn't connect to server";
      case TLS -> "SSL peer certificate or SSH remote key was not OK";
      case NO_ANSWER -> "Server returned nothing (no headers, no data)";
      case TOO_LARGE -> "the answer is over " + MAX_ANSWER_BYTES + " bytes";
      case MALFORMED -> "Weird server reply";
    };
  }
}
