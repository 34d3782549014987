package dev.freehold.backend.supabase.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.freehold.http.Headers;
import dev.freehold.http.Request;
import dev.freehold.http.Response;
import dev.freehold.testing.TestPostgres;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Requests that nobody would write: query strings grown from the grammar and then damaged, headers
/// and bodies of any bytes. Whatever comes, the answer is one PostgREST could give: no fault of
/// ours, no statement of ours in an error, and soon.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestFuzzTest {
  /// A fixed seed, so that a failure can be had again.
  private static final long SEED = 20_261_121;

  private static final int QUERIES = 1_400;
  private static final int OTHERS = 700;

  /// One answer may take no longer, on a busy machine.
  private static final Duration SOON = Duration.ofSeconds(20);

  /// PostgreSQL's word for statements that do not parse. It may come only of a type the request
  /// named.
  private static final String SYNTAX_ERROR = "syntax error at";

  private static final String[] NAMES = {
    "id", "label", "cost", "region_id", "taken", "docb", "size", "codes", "words", "price_tag",
        "nope",
    "*", "\"label\"", "\"a.b\"", "日本", "na-me", "count", " id ", "\"\"", "not", "and", "$1"
  };

  private static final String[] EMBEDS = {
    "regions",
    "bids",
    "badges",
    "lots",
    "lot_badges",
    "lots_region_fkey",
    "region_id",
    "cheap_lots",
    "places",
    "parent_id",
    "nothing"
  };

  private static final String[] TABLES = {
    "lots", "regions", "bids", "badges", "parcels", "cheap_lots", "places", "warehouses", "missing"
  };

  private static final String[] OPERATORS = {
    "eq",
    "neq",
    "gt",
    "gte",
    "lt",
    "lte",
    "like",
    "ilike",
    "match",
    "imatch",
    "in",
    "is",
    "isdistinct",
    "fts",
    "plfts",
    "phfts",
    "wfts",
    "cs",
    "cd",
    "ov",
    "sl",
    "sr",
    "nxr",
    "nxl",
    "adj",
    "eq(any)",
    "like(all)",
    "fts(english)",
    "foo",
    ""
  };

  private static final String[] VALUES = {
    "1",
    "-1",
    "1.5",
    "oak",
    "null",
    "true",
    "not_null",
    "(1,2)",
    "(\"a,b\",\\)",
    "{1,2}",
    "{a,b}",
    "*a*",
    "2024-01-01",
    "[1,5)",
    "",
    "'",
    "\"",
    "\\",
    "%",
    ";--",
    "$1",
    "\u0000",
    "😀",
    "99999999999999999999",
    "()",
    "(",
    "{\"a\":1}"
  };

  private static final String[] SPOILERS = {
    "(", ")", ",", ".", ":", "::", "!", "\"", "\\", "'", "->", "->>", "*", "&", "=", ";", "%",
    "%zz", "+", "...", " ", "\t", "\n", "\u0000", "é", "😀", "{", "}", "$$", "--", "/*", "?"
  };

  private static final String[] HEADERS = {
    "Accept",
    "Prefer",
    "Range",
    "Content-Type",
    "Accept-Profile",
    "Content-Profile",
    "Authorization",
    "Cookie",
    "Range-Unit",
    "X-Any"
  };

  private static final String[] HEADER_VALUES = {
    "*/*",
    "application/json",
    "text/csv",
    "application/vnd.pgrst.object+json",
    "application/vnd.pgrst.plan+json",
    "application/octet-stream",
    "text/plain;q=x",
    ",;=/",
    "count=exact",
    "count=planned, handling=strict",
    "return=representation",
    "max-affected=x",
    "timezone=Nowhere/At_All",
    "tx=rollback",
    "missing=default",
    "resolution=merge-duplicates",
    "0-1",
    "5-1",
    "-",
    "99999999999999999999-",
    "items=0-0",
    "api",
    "private",
    "Bearer",
    "Bearer x",
    "Bearer expired",
    "a=b; c",
    "application/x-www-form-urlencoded"
  };

  private final Random random = new Random(SEED);
  private RestFixture fixture;

  @BeforeAll
  void open() {
    fixture = new RestFixture(ReadingScenarioTest.SETTINGS);
    TestPostgres.execute(fixture.database, RestFixture.resource("/rest/fixture-reading.sql"));
    fixture.server.reload();
  }

  @AfterAll
  void close() {
    fixture.close();
  }

  @Test
  void everyQueryStringHasAnAnswer() {
    int understood = 0;
    for (int i = 0; i < QUERIES; i++) {
      var query = query(random.nextInt(1, 5));
      if (random.nextInt(3) == 0) {
        query = spoiled(query);
      }
      var path = "/" + pick(TABLES);
      var answer = answer(random.nextInt(8) == 0 ? "HEAD" : "GET", path, query, "", List.of());
      understood += answer.status() < 300 ? 1 : 0;
    }
    assertThat(understood).as("requests that were understood").isGreaterThan(QUERIES / 20);
  }

  @Test
  void everyHeaderAndBodyHasAnAnswer() {
    for (int i = 0; i < OTHERS; i++) {
      var headers = new ArrayList<String>();
      for (int n = random.nextInt(4); n > 0; n--) {
        headers.add(pick(HEADERS));
        headers.add(random.nextInt(4) == 0 ? bytes(12) : pick(HEADER_VALUES));
      }
      var method = pick("GET", "POST", "PATCH", "PUT", "DELETE", "OPTIONS", "POST");
      var path = pick("/lots", "/badges", "/rpc/greet", "/rpc/whole", "/rpc/words", "/rpc/joined");
      var query = random.nextBoolean() ? "" : query(1);
      answer(method, path, query, body(), headers);
      if (i % 100 == 0) {
        fixture.seed();
      }
    }
  }

  private Response answer(
      String method, String path, String query, String body, List<String> headers) {
    var shown = method + " " + path + "?" + query + " " + headers + " " + Json.quote(body);
    var raw = new StringBuilder();
    for (var part : query.split("(?=[&=;])|(?<=[&=;])", -1)) {
      if (part.length() == 1 && "&=;".contains(part)) {
        raw.append(part);
      } else if (part.contains("%zz")) {
        raw.append("%zz");
      } else {
        QueryStrings.encode(raw, part);
      }
    }
    var request =
        new Request(
            method,
            path,
            raw.toString(),
            "http",
            "app.localhost",
            "127.0.0.1",
            Headers.of(headers.toArray(String[]::new)),
            body.getBytes(StandardCharsets.ISO_8859_1));
    long start = System.nanoTime();
    var answer = new Response[1];
    assertThatCode(() -> answer[0] = fixture.server.handle(request))
        .as(shown)
        .doesNotThrowAnyException();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).as(shown).isLessThan(SOON);
    var text = RestFixture.text(answer[0]);
    assertThat(answer[0].status()).as(shown + "\n" + text).isLessThan(500);
    if (!query.contains("::")) {
      assertThat(text).as(shown).doesNotContain(SYNTAX_ERROR);
    }
    for (var inside : Set.of("pgrst_source", "_postgrest_t", "LATERAL", "java.")) {
      assertThat(text).as(shown).doesNotContain(inside);
    }
    return answer[0];
  }

  private String query(int parameters) {
    var query = new StringBuilder();
    for (int i = 0; i < parameters; i++) {
      query.append(i == 0 ? "" : "&").append(parameter());
    }
    return query.toString();
  }

  private String parameter() {
    var at = random.nextInt(4) == 0 ? pick(EMBEDS) + "." : "";
    return switch (random.nextInt(8)) {
      case 0, 1 -> "select=" + items(2);
      case 2 -> at + "order=" + order();
      case 3 -> at + "limit=" + pick("0", "1", "3", "-1", "x", "", "99999999999999999999");
      case 4 -> at + "offset=" + pick("0", "1", "-1", "99999999999999999999", "y");
      case 5 -> at + (random.nextBoolean() ? "not." : "") + pick("or", "and") + "=" + tree(2);
      default -> at + field() + "=" + operation();
    };
  }

  private String items(int depth) {
    var items = new ArrayList<String>();
    for (int n = random.nextInt(4); n >= 0; n--) {
      items.add(depth > 0 && random.nextInt(3) == 0 ? embed(depth) : column());
    }
    return String.join(",", items);
  }

  private String embed(int depth) {
    return pick("", "", "...", "x:")
        + pick(EMBEDS)
        + pick("", "", "!inner", "!left", "!lots_region_fkey", "!inner!region_id")
        + "("
        + (random.nextInt(6) == 0 ? "" : items(depth - 1))
        + ")";
  }

  private String column() {
    return pick("", "", "", "a:")
        + field()
        + pick("", "", "", "::text", "::int", "::nonsense", ".sum()", ".count()::text", ".max()");
  }

  private String field() {
    return pick(NAMES) + pick("", "", "", "->a", "->>a", "->0", "->a->>b", "->-1", "->\"x.y\"");
  }

  private String order() {
    return pick("", pick(EMBEDS) + "(")
        + field()
        + pick("", ")", "")
        + pick("", ".asc", ".desc")
        + pick("", ".nullsfirst", ".nullslast", ".up");
  }

  private String operation() {
    return (random.nextInt(4) == 0 ? "not." : "") + pick(OPERATORS) + "." + pick(VALUES);
  }

  private String tree(int depth) {
    var parts = new ArrayList<String>();
    for (int n = random.nextInt(3); n >= 0; n--) {
      parts.add(
          depth > 0 && random.nextInt(3) == 0
              ? pick("", "not.") + pick("or", "and") + tree(depth - 1)
              : field() + "." + operation());
    }
    return "(" + String.join(",", parts) + ")";
  }

  private String spoiled(String query) {
    var text = new StringBuilder(query);
    for (int n = random.nextInt(1, 4); n > 0 && !text.isEmpty(); n--) {
      int at = random.nextInt(text.length());
      switch (random.nextInt(3)) {
        case 0 -> text.insert(at, pick(SPOILERS));
        case 1 -> text.deleteCharAt(at);
        default -> text.setLength(at);
      }
    }
    return text.toString();
  }

  private String body() {
    return switch (random.nextInt(6)) {
      case 0 -> "";
      case 1 -> bytes(40);
      case 2 ->
          "{\"id\":"
              + pick("1", "null", "\"x\"", "1e400", "[]")
              + ",\"label\":\""
              + bytes(4)
              + "\"}";
      case 3 -> "[{\"id\":7},{\"label\":1}]";
      case 4 -> "[".repeat(random.nextInt(1, 2_000));
      default -> spoiled("[{\"id\":9,\"word\":\"w\"},{\"id\":10,\"word\":null}]");
    };
  }

  /// Any bytes, as Latin letters.
  private String bytes(int most) {
    var bytes = new byte[random.nextInt(1, most)];
    random.nextBytes(bytes);
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private String pick(String... words) {
    return words[random.nextInt(words.length)];
  }
}
