import dev.freehold.backend.EnvironmentKeys;
import dev.freehold.backend.TokenVerifier;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/// Loads an auth server, and measures what it cannot do without: bare bcrypt and bare verification.
///
/// ```
/// bcrypt SECONDS THREADS                  checks, microseconds of processor time each
/// verify SECONDS                          tokens a second on one thread: seen before, new
/// drive URL KEY KIND SECONDS CALLERS RATE requests, refusals, p50 and p99 in microseconds
/// ```
///
/// KIND is `signin`, `refresh`, `user` or `settings`. RATE is requests a second whatever becomes of
/// them; 0 lets each caller ask again as soon as it is answered.
final class AuthLoad {
  private static final String PASSWORD = "correct horse battery";
  private static final int COST = 10;
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Pattern REFRESH = Pattern.compile("\"refresh_token\":\"([^\"]+)\"");
  private static final Pattern ACCESS = Pattern.compile("\"access_token\":\"([^\"]+)\"");

  public static void main(String[] words) throws Exception {
    switch (words[0]) {
      case "bcrypt" -> bcrypt(Integer.parseInt(words[1]), Integer.parseInt(words[2]));
      case "verify" -> verify(Integer.parseInt(words[1]));
      default ->
          new AuthLoad(words[1], words[2], words[3])
              .drive(
                  Integer.parseInt(words[4]),
                  Integer.parseInt(words[5]),
                  Integer.parseInt(words[6]));
    }
  }

  private static void bcrypt(int seconds, int threads) throws InterruptedException {
    var password = PASSWORD.getBytes(StandardCharsets.UTF_8);
    var hash = OpenBSDBCrypt.generate("2a", password, new byte[16], COST);
    var done = new AtomicLong();
    var processor = new AtomicLong();
    var end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    var all = new ArrayList<Thread>();
    for (int i = 0; i < threads; i++) {
      all.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    var bean = ManagementFactory.getThreadMXBean();
                    OpenBSDBCrypt.checkPassword(hash, password);
                    long before = bean.getCurrentThreadCpuTime();
                    while (System.nanoTime() < end) {
                      OpenBSDBCrypt.checkPassword(hash, password);
                      done.incrementAndGet();
                    }
                    processor.addAndGet(bean.getCurrentThreadCpuTime() - before);
                  }));
    }
    for (var thread : all) {
      thread.join();
    }
    System.out.println(done.get() + " " + processor.get() / 1000 / done.get());
  }

  private static void verify(int seconds) {
    var clock = Clock.systemUTC();
    var keys = EnvironmentKeys.generate(clock).jwt();
    long until = clock.instant().getEpochSecond() + 3600;
    var tokens = new ArrayList<String>();
    for (int i = 0; i < 20_000; i++) {
      tokens.add(keys.sign(Map.of("role", "authenticated", "sub", "user " + i, "exp", until)));
    }
    var verifier = keys.verifier(clock);
    long fresh = rate(verifier, tokens, 1, keys.verifier(clock));
    long seen = 0;
    for (int i = 0; i < seconds; i++) {
      seen = Math.max(seen, rate(verifier, tokens.subList(0, 1), 200_000, verifier));
    }
    System.out.println(seen + " " + fresh);
  }

  private static long rate(
      TokenVerifier verifier, List<String> tokens, int times, TokenVerifier warm) {
    for (var token : tokens) {
      warm.verify(token);
    }
    long before = System.nanoTime();
    for (int i = 0; i < times; i++) {
      for (var token : tokens) {
        verifier.verify(token);
      }
    }
    return (long) tokens.size() * times * 1_000_000_000L / (System.nanoTime() - before);
  }

  private final String base;
  private final String key;
  private final String kind;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  private final ConcurrentLinkedQueue<Long> micros = new ConcurrentLinkedQueue<>();
  private final AtomicLong refused = new AtomicLong();

  private AuthLoad(String base, String key, String kind) {
    this.base = base;
    this.key = key;
    this.kind = kind;
  }

  /// One caller and what it knows.
  private record Caller(String email, String access, String refresh) {}

  private void drive(int seconds, int callers, int rate) throws Exception {
    var all = new ArrayList<Caller>();
    for (int i = 0; i < callers; i++) {
      var email = "load" + i + "@example.com";
      all.add(kind.equals("signin") ? new Caller(email, "", "") : signedIn(email));
    }
    var end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      if (rate == 0) {
        for (var caller : all) {
          threads.submit(
              () -> {
                var now = caller;
                while (System.nanoTime() < end) {
                  now = timed(now);
                }
                return now;
              });
        }
      } else {
        var next = System.nanoTime();
        for (int i = 0; System.nanoTime() < end; i++) {
          var caller = all.get(i % all.size());
          threads.submit(() -> timed(caller));
          next += 1_000_000_000L / rate;
          Thread.sleep(Math.max(0, (next - System.nanoTime()) / 1_000_000));
        }
      }
    }
    var sorted = micros.stream().sorted().toList();
    System.out.println(
        sorted.size() + " " + refused.get() + " " + at(sorted, 50) + " " + at(sorted, 99));
  }

  private static long at(List<Long> sorted, int percent) {
    return sorted.isEmpty() ? 0 : sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100));
  }

  private Caller signedIn(String email) throws IOException, InterruptedException {
    return taken(new Caller(email, "", ""), send("/token?grant_type=password", login(email), ""));
  }

  private Caller timed(Caller caller) throws IOException, InterruptedException {
    long before = System.nanoTime();
    var answer =
        switch (kind) {
          case "signin" -> send("/token?grant_type=password", login(caller.email()), "");
          case "refresh" ->
              send(
                  "/token?grant_type=refresh_token",
                  "{\"refresh_token\":\"" + caller.refresh() + "\"}",
                  "");
          case "user" -> send("/user", "", caller.access());
          default -> send("/settings", "", "");
        };
    if (answer.isEmpty()) {
      refused.incrementAndGet();
      return caller;
    }
    micros.add((System.nanoTime() - before) / 1000);
    return kind.equals("refresh") ? taken(caller, answer) : caller;
  }

  private static Caller taken(Caller caller, String answer) {
    return new Caller(caller.email(), one(ACCESS, answer), one(REFRESH, answer));
  }

  private static String one(Pattern pattern, String answer) {
    var found = pattern.matcher(answer);
    if (!found.find()) {
      throw new IllegalStateException(answer);
    }
    return found.group(1);
  }

  private static String login(String email) {
    return "{\"email\":\"" + email + "\",\"password\":\"" + PASSWORD + "\"}";
  }

  /// The answer's body; empty when it is a refusal.
  private String send(String path, String body, String token)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(base + path)).timeout(TIMEOUT).header("apikey", key);
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (!body.isEmpty()) {
      request
          .header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(body));
    }
    var answer = client.send(request.build(), BodyHandlers.ofString());
    return answer.statusCode() == 200 ? answer.body() : "";
  }
}
