package dev.freehold.backend.supabase.jobs;

import static dev.freehold.backend.supabase.jobs.JobsFixture.awaited;
import static dev.freehold.backend.supabase.jobs.JobsFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.freehold.http.HttpEngine;
import dev.freehold.http.Outbound;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Pool;
import dev.freehold.postgres.PoolLimits;
import dev.freehold.telemetry.Events;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Requests of a real database, to a real server on this machine.
class NetWorkerTest {
  private static final String REF = "abcdefghijklmnopqrst";
  private static HttpEngine engine;
  private static HttpServer server;
  private static int port;
  private static final List<String> heard = new CopyOnWriteArrayList<>();

  private Database database;
  private Database owner;
  private Pool pool;
  private NetWorker worker;

  @BeforeAll
  static void serve() throws IOException {
    engine = HttpEngine.start(Events.NONE);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", NetWorkerTest::answer);
    server.start();
    port = server.getAddress().getPort();
  }

  @AfterAll
  static void stop() {
    server.stop(0);
    engine.close();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    var headers = exchange.getRequestHeaders();
    var path = exchange.getRequestURI().toString();
    heard.add(
        "%s %s %s [%s] %s"
            .formatted(
                exchange.getRequestMethod(),
                path,
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                headers.getFirst("Authorization"),
                headers.getFirst("Content-Type")));
    if (path.startsWith("/slow")) {
      sleep(3_000);
    }
    if (path.startsWith("/nothing")) {
      exchange.close();
      return;
    }
    var to = path.startsWith("/to?") ? path.substring(path.indexOf('?') + 1) : "";
    int status = 200;
    if (!to.isEmpty()) {
      status = Integer.parseInt(to.substring(0, 3));
      exchange.getResponseHeaders().set("Location", to.substring(4));
    }
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    exchange.getResponseHeaders().set("X-Path", path);
    var body =
        path.startsWith("/large")
            ? new byte[NetSender.MAX_ANSWER_BYTES + 1]
            : "grüß\0e".getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    try (var out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @BeforeEach
  void prepare() {
    heard.clear();
    database = JobsFixture.prepared();
    owner = database.as("postgres", "p1");
    pool = Pool.open(database, new PoolLimits(3, Duration.ofSeconds(10)));
    var old =
        new OldProject(
            Set.of(REF),
            Map.of("sb_publishable_old", "sb_publishable_new"),
            "http://shop.localhost:" + port,
            "our-anon",
            "our-service");
    var rule = new AddressRule(Set.of("127.0.0.1:" + port));
    worker =
        new NetWorker(
            new NetBook(pool),
            new NetSender(new Outbound(engine), rule, () -> old, InetAddress.getLoopbackAddress()),
            new JobLog(Events.NONE, Clock.systemUTC(), ""),
            () -> {});
  }

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void eachMethodIsSentAndAnswered() {
    ask("select net.http_get('URL/get?a=1', '{\"q\": \"ä b\", \"r\": null}')");
    ask("select net.http_post('URL/post', '{\"n\": 1}', headers := '{\"Authorization\": \"x\"}')");
    ask("select net.http_delete('URL/delete', body := '{\"n\": 2}')");
    work();
    assertThat(heard)
        .containsExactlyInAnyOrder(
            "GET /get?a=1&q=%C3%A4%20b  [null] null",
            "POST /post {\"n\": 1} [x] application/json", "DELETE /delete {\"n\": 2} [null] null");
    assertThat(
            rows(
                owner,
                """
                select status_code, content_type, content, headers ->> 'X-path', timed_out,
                  error_msg
                from net._http_response order by id limit 1
                """))
        .containsExactly("200|text/plain; charset=utf-8|grüße|/get?a=1&q=%C3%A4%20b|f|null");
    assertThat(rows(database, "select count(*) from freehold.net_sending")).containsExactly("0");
    assertThat(
            rows(
                owner,
                "select r.status, r.message, (r.response).status_code from"
                    + " net._http_collect_response((select min(id) from net._http_response)) r"))
        .containsExactly("SUCCESS|ok|200");
  }

  @Test
  void nothingIsSentForATransactionThatIsUndone() {
    rows(owner, "begin; select net.http_get('http://127.0.0.1:%d/x'); rollback".formatted(port));
    work();
    assertThat(heard).isEmpty();
  }

  @Test
  void failuresSpeakAsCurlDoes() {
    ask("select net.http_get('URL/slow', timeout_milliseconds := 200)");
    ask("select net.http_get('URL/nothing')");
    ask("select net.http_get('URL/large')");
    ask("select net.http_get('http://nowhere.invalid/')");
    work();
    var answers = rows(owner, "select timed_out, error_msg from net._http_response order by id");
    assertThat(answers.get(0)).startsWith("t|Timeout of 200 ms reached. Total time: 2");
    assertThat(answers.subList(1, 4))
        .containsExactly(
            "f|Server returned nothing (no headers, no data)",
            "f|the answer is over 2097152 bytes",
            "f|Couldn't resolve host name");
    assertThat(rows(owner, "select message from net._http_collect_response(2)").getFirst())
        .startsWith("Server returned nothing");
  }

  @Test
  void aPortWhereNobodyListensIsSaidSo() throws IOException {
    int closed;
    try (var socket = new java.net.ServerSocket(0)) {
      closed = socket.getLocalPort();
    }
    var open = new AddressRule(Set.of("127.0.0.1:" + closed));
    var sender =
        new NetSender(
            new Outbound(engine),
            open,
            () -> OldProject.none("http://a.localhost"),
            InetAddress.getLoopbackAddress());
    assertThat(send(sender, "http://127.0.0.1:" + closed + "/").error())
        .isEqualTo("Couldn't connect to server");
  }

  @Test
  void redirectsAreFollowedAsCurlFollowsThem() {
    ask("select net.http_post('URL/to?302=/a', '{\"n\": 1}')");
    ask("select net.http_post('URL/to?307=/b', '{\"n\": 1}')");
    ask("select net.http_delete('URL/to?301=/c')");
    ask("select net.http_get('URL/to?301=/to?301=/to', timeout_milliseconds := 9000)");
    work();
    assertThat(heard)
        .contains("GET /a  [null] null", "POST /b {\"n\": 1} [null] application/json")
        .contains("DELETE /c  [null] null");
  }

  @Test
  void noAddressOfThisMachineIsAskedNotEvenByARedirect() throws Exception {
    var closed =
        new NetSender(
            new Outbound(engine),
            new AddressRule(Set.of()),
            () -> OldProject.none("http://shop.localhost:" + port),
            InetAddress.getLoopbackAddress());
    for (var host : List.of("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]")) {
      assertThat(send(closed, "http://" + host + ":" + port + "/").error())
          .as(host)
          .contains("does not ask", "it is this machine");
    }
    assertThat(send(closed, "http://169.254.169.254/latest/meta-data").error())
        .contains("metadata");
    assertThat(send(closed, "http://10.1.2.3/").error()).contains("private network");
    assertThat(heard).isEmpty();
    var own = "http://shop.localhost:" + port;
    assertThat(send(closed, own + "/hello").status()).isEqualTo(200);
    assertThat(send(closed, own + "/to?302=http://127.0.0.1:" + port + "/secret").error())
        .contains("it is this machine");
    assertThat(heard).noneMatch(line -> line.startsWith("GET /secret"));
    assertThat(send(closed, "file:///etc/passwd").error()).isEqualTo("Unsupported protocol");
  }

  @Test
  void theOldProjectsAddressMeansTheAppItself() {
    ask("select net.http_post('https://%s.supabase.co/functions/v1/hi?a=1', '{}')".formatted(REF));
    ask("select net.http_get('https://%s.functions.supabase.co/hi')".formatted(REF));
    ask(
        "select net.http_get('https://%s.supabase.co/k', headers := '{\"Authorization\":"
                .formatted(REF)
            + " \"Bearer sb_publishable_old\"}')");
    work();
    assertThat(heard)
        .containsExactlyInAnyOrder(
            "POST /functions/v1/hi?a=1 {} [null] application/json",
            "GET /functions/v1/hi  [null] null",
            "GET /k  [Bearer sb_publishable_new] null");
  }

  @Test
  void aWebhookSendsTheRowAndTheOldServiceKeyBecomesOurs() {
    var key = token("service_role");
    rows(
        owner,
        """
        create table public.orders (n int primary key);
        create trigger hook after insert or update or delete on public.orders for each row
          execute function supabase_functions.http_request(
            'https://%s.supabase.co/functions/v1/hook', 'POST',
            '{"Content-Type":"application/json","Authorization":"Bearer %s"}', '{}', '2000');
        insert into public.orders values (7);
        update public.orders set n = 8;
        delete from public.orders
        """
            .formatted(REF, key));
    // The same header by hand: anybody might have written it, so it stays what it is.
    ask(
        "select net.http_get('https://%s.supabase.co/hand', headers := '{\"Authorization\": \"%s\"}')"
            .formatted(REF, key));
    work();
    assertThat(heard).hasSize(4);
    assertThat(heard.toString())
        .contains("\"type\": \"INSERT\"", "\"record\": {\"n\": 7}", "\"old_record\": null")
        .contains("\"type\": \"DELETE\"", "\"record\": null", "\"old_record\": {\"n\": 8}")
        .contains("\"table\": \"orders\"", "\"schema\": \"public\"")
        .contains("[Bearer our-service] application/json")
        .contains("GET /hand  [" + key + "]");
    assertThat(rows(database, "select hook_name, request_id from supabase_functions.hooks"))
        .containsExactly("hook|1", "hook|2", "hook|3");
  }

  @Test
  void aRequestThatWasCutOffIsAnsweredAndNotSentAgain() {
    ask("select net.http_get('URL/once')");
    assertThat(new NetBook(pool).take(10)).hasSize(1);
    worker.recover();
    work();
    assertThat(heard).isEmpty();
    assertThat(rows(owner, "select id, error_msg from net._http_response"))
        .containsExactly("1|server restarted: whether the request arrived is not known");
  }

  @Test
  void answersAndHooksAreForgottenInTime() {
    rows(
        database,
        """
        insert into net._http_response (id, created) values
          (1, now() - interval '5 hours'), (2, now() - interval '7 hours');
        insert into supabase_functions.hooks (hook_table_id, hook_name, created_at)
          values (1, 'new', now()), (1, 'old', now() - interval '8 days')
        """);
    worker.sweep();
    assertThat(rows(owner, "select id from net._http_response")).containsExactly("1");
    assertThat(rows(owner, "select hook_name from supabase_functions.hooks"))
        .containsExactly("new");
  }

  @Test
  void addressesAreRefusedWhenTheyAreAsked() {
    assertThatThrownBy(() -> rows(owner, "select net.http_get('/relative')"))
        .hasMessageContaining("invalid URL \"/relative\"");
    assertThatThrownBy(() -> rows(owner, "select net.http_get('localhost:80')"))
        .hasMessageContaining("Unsupported URL scheme");
    assertThatThrownBy(() -> rows(owner, "select net.http_get(null)"))
        .hasMessageContaining("null value in column \"url\"");
    assertThatThrownBy(() ->
            rows(
                owner,
                "select net.http_post('http://a.b', headers := '{\"content-type\": \"x\"}')"))
        .hasMessageContaining("Content-Type header must be \"application/json\"");
    assertThat(
            rows(
                owner,
                "select net._encode_url_with_params_array('http://a.b/c?d=1#e', '{f=2,g=3}'),"
                    + " net._encode_url_with_params_array(null, null)"))
        .containsExactly("http://a.b/c?d=1&f=2&g=3#e|null");
  }

  @Test
  void aLongQueueIsWorkedOff() {
    ask("select net.http_get('URL/many/' || n) from generate_series(1, 300) n");
    work();
    assertThat(heard).hasSize(300).doesNotHaveDuplicates();
    awaited(database, "select count(*) from net._http_response where status_code = 200", "300");
  }

  private NetAnswer send(NetSender sender, String url) {
    try {
      return sender.send(new NetRequest(1, "GET", url, Map.of(), null, 30_000, false, false));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String token(String role) {
    var payload = "{\"iss\":\"supabase\",\"ref\":\"%s\",\"role\":\"%s\"}".formatted(REF, role);
    return "eyJhbGciOiJIUzI1NiJ9."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(payload.getBytes(StandardCharsets.UTF_8))
        + ".c2lnbmF0dXJl";
  }

  private void ask(String sql) {
    rows(owner, sql.replace("URL", "http://127.0.0.1:" + port));
  }

  /// Steps until nothing waits.
  private void work() {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    do {
      worker.step();
      sleep(5);
    } while (System.nanoTime() < deadline
        && (worker.inFlight() > 0
            || !rows(database, "select 1 from net.http_request_queue limit 1").isEmpty()));
    assertThat(worker.inFlight()).isZero();
  }
}
