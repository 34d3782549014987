package dev.freehold.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.http.HttpEngine;
import dev.freehold.http.ListenSpec;
import dev.freehold.http.RawHttp;
import dev.freehold.telemetry.Event;
import dev.freehold.telemetry.Events;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StaticFilesTest {
  private static final String MOVIE = "0123456789".repeat(100_000);

  private final List<Event> events = new CopyOnWriteArrayList<>();
  private final HttpEngine engine = HttpEngine.start(Events.NONE);
  private final Edge edge =
      new Edge(engine, EdgeSettings.on(ListenSpec.tcp("127.0.0.1", 0)), events::add);
  private int port;

  @BeforeAll
  void serve(@TempDir Path store) {
    var single =
        new TestSite(store)
            .file("/index.html", "<app>")
            .hashed("/assets/app-2.js", "new script")
            .file("/about.html", "<about>")
            .file("/docs/index.html", "<docs>")
            .file("/.env", "SECRET")
            .file("/.git/config", "SECRET")
            .file("/.well-known/security.txt", "mail us")
            .file("/größe x.txt", "big")
            .file("/site.webmanifest", "{}")
            .file("/m.wasm", "wasm")
            .file("/f.woff2", "font")
            .file("/a.mjs", "module")
            .file("/a.js.map", "map")
            .file("/p.avif", "avif")
            .file("/blob", "bytes")
            .file("/empty.txt", "")
            .file("/movie.mp4", MOVIE)
            .compressed(
                "/style.css",
                "plain",
                Map.of(Encoding.BR, "as br", Encoding.GZIP, "as gz", Encoding.ZSTD, "as zst"))
            .compressed("/only-gz.css", "plain too", Map.of(Encoding.GZIP, "gz too"))
            .singlePage();
    var before =
        new TestSite(store)
            .hashed("/assets/app-1.js", "old")
            .file("/gone.txt", "gone")
            .singlePage();
    edge.install(route("spa", new Content.StaticContent(single, List.of(before)), true)).join();
    var pages =
        new TestSite(store).file("/index.html", "<home>").file("/404.html", "<lost>").manyPages();
    edge.install(route("pages", new Content.StaticContent(pages, List.of()), false)).join();
    port = edge.listen().port();
  }

  private static Route route(String name, Content content, boolean isDefault) {
    return new Route(
        name + "/production", 7, Set.of(name + ".localhost"), isDefault, content, List.of());
  }

  @AfterAll
  void stop() {
    edge.close();
    engine.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/, 200, text/html; charset=utf-8, <app>",
    "/index.html, 200, text/html; charset=utf-8, <app>",
    "/about, 200, text/html; charset=utf-8, <about>",
    "/about/, 200, text/html; charset=utf-8, <about>",
    "/docs, 200, text/html; charset=utf-8, <docs>",
    "/docs/, 200, text/html; charset=utf-8, <docs>",
    "/dashboard/42, 200, text/html; charset=utf-8, <app>",
    "/assets/app-2.js, 200, text/javascript; charset=utf-8, new script",
    "/assets/app-1.js, 200, text/javascript; charset=utf-8, old",
    "/gone.txt, 404, text/plain; charset=utf-8, Not found.",
    "/assets/app-0.js, 404, text/plain; charset=utf-8, Not found.",
    "/assets/nothing, 404, text/plain; charset=utf-8, Not found.",
    "/missing.png, 404, text/plain; charset=utf-8, Not found.",
    "/john.doe, 404, text/plain; charset=utf-8, Not found.",
    "/.git/config, 404, text/plain; charset=utf-8, Not found.",
    "/.freehold, 404, text/plain; charset=utf-8, Not found.",
    "/.freehold/api, 404, text/plain; charset=utf-8, Not found.",
    "/%2efreehold/api, 404, text/plain; charset=utf-8, Not found.",
    "/.well-known/security.txt, 200, text/plain; charset=utf-8, mail us",
    "/gr%C3%B6%C3%9Fe%20x.txt, 200, text/plain; charset=utf-8, big",
    "/x/../about, 200, text/html; charset=utf-8, <about>",
    "/docs%2findex.html, 404, text/plain; charset=utf-8, Not found.",
    "/site.webmanifest, 200, application/manifest+json; charset=utf-8, {}",
    "/m.wasm, 200, application/wasm, wasm",
    "/f.woff2, 200, font/woff2, font",
    "/a.mjs, 200, text/javascript; charset=utf-8, module",
    "/a.js.map, 200, application/json; charset=utf-8, map",
    "/p.avif, 200, image/avif, avif",
    "/blob, 200, application/octet-stream, bytes",
  })
  void aPathFindsItsFile(String path, int status, String type, String text) {
    var answer = RawHttp.get(port, "spa.localhost", path);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text().strip()).isEqualTo(text);
    assertThat(answer.header("content-type")).isEqualTo(type);
    assertThat(answer.header("x-content-type-options")).isEqualTo("nosniff");
    assertThat(answer.header("x-frame-options")).isEqualTo("SAMEORIGIN");
    assertThat(answer.header("referrer-policy")).isEqualTo("strict-origin-when-cross-origin");
  }

  @Test
  void aDotFileIsNeverServedAndNeverFallsBackToAScript() {
    assertThat(RawHttp.get(port, "spa.localhost", "/.env").text()).doesNotContain("SECRET");
  }

  @Test
  void aNameWithADotIsAPageWhenABrowserNavigatesThere() {
    var answer = RawHttp.get(port, "spa.localhost", "/john.doe", "Accept: text/html,*/*");
    assertThat(answer.text()).isEqualTo("<app>");
  }

  @ParameterizedTest
  @CsvSource({
    "pages.localhost, /nowhere, 404, <lost>",
    "PAGES.localhost:1234, /, 200, <home>",
    "other.localhost, /, 404, Not found.",
    "localhost, /, 200, <app>",
    "127.0.0.1:80, /, 200, <app>",
    "[::1], /, 200, <app>",
    "example.com, /, 404, Not found.",
  })
  void aHostPicksItsApp(String host, String path, int status, String text) {
    var answer = RawHttp.get(port, host, path);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.text().strip()).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/style.css | gzip, deflate, br, zstd | br | as br",
        "/style.css | gzip, zstd | zstd | as zst",
        "/style.css | br;q=0.5, gzip;q=0.9 | gzip | as gz",
        "/style.css | br;q=0, * | zstd | as zst",
        "/style.css | deflate | '' | plain",
        "/style.css | br;q=nonsense | '' | plain",
        "/only-gz.css | br, zstd | '' | plain too",
        "/only-gz.css | * | gzip | gz too",
      })
  void theClientGetsTheFormItLikesBest(String path, String accept, String encoding, String text) {
    var answer = RawHttp.get(port, "spa.localhost", path, "Accept-Encoding: " + accept);
    assertThat(answer.header("content-encoding")).isEqualTo(encoding);
    assertThat(answer.text()).isEqualTo(text);
    assertThat(answer.header("vary")).isEqualTo("Accept-Encoding");
    var again =
        RawHttp.get(
            port,
            "spa.localhost",
            path,
            "Accept-Encoding: " + accept,
            "If-None-Match: \"x\", W/" + answer.header("etag"));
    assertThat(again.status()).isEqualTo(304);
    assertThat(again.header("etag")).isEqualTo(answer.header("etag"));
  }

  @Test
  void eachFormHasItsOwnEntityTag() {
    var br = RawHttp.get(port, "spa.localhost", "/style.css", "Accept-Encoding: br");
    var plain = RawHttp.get(port, "spa.localhost", "/style.css");
    assertThat(br.header("etag")).isNotEqualTo(plain.header("etag")).startsWith("\"");
  }

  @ParameterizedTest
  @CsvSource({
    "bytes=0-3, 206, bytes 0-3/1000000, 4",
    "bytes=999998-, 206, bytes 999998-999999/1000000, 2",
    "bytes=-5, 206, bytes 999995-999999/1000000, 5",
    "bytes=5-2000000, 206, bytes 5-999999/1000000, 999995",
    "bytes=1000000-, 416, bytes */1000000, 0",
    "bytes=-0, 416, bytes */1000000, 0",
    "'bytes=0-1,3-4', 200, '', 1000000",
    "lines=1-2, 200, '', 1000000",
    "bytes=4-2, 200, '', 1000000",
    "bytes=+1-2, 200, '', 1000000",
  })
  void partOfALargeFile(String range, int status, String contentRange, int length) {
    var answer = RawHttp.get(port, "spa.localhost", "/movie.mp4", "Range: " + range);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-range")).isEqualTo(contentRange);
    assertThat(answer.bytes()).hasSize(length);
    if (status == 206) {
      int first = Integer.parseInt(contentRange.substring(6, contentRange.indexOf('-')));
      assertThat(answer.text()).isEqualTo(MOVIE.substring(first, first + length));
    }
  }

  @Test
  void partOfASmallFileUnlessItChangedMeanwhile() {
    var part = RawHttp.get(port, "spa.localhost", "/about.html", "Range: bytes=1-5");
    assertThat(part.status()).isEqualTo(206);
    assertThat(part.text()).isEqualTo("about");
    var changed =
        RawHttp.get(
            port, "spa.localhost", "/about.html", "Range: bytes=1-5", "If-Range: \"other\"");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.text()).isEqualTo("<about>");
  }

  @ParameterizedTest
  @CsvSource({
    "/assets/app-2.js, 'public, max-age=31536000, immutable'",
    "/assets/app-1.js, 'public, max-age=31536000, immutable'",
    "/index.html, no-cache",
    "/dashboard, no-cache",
    "/missing.png, no-store",
  })
  void onlyHashedFilesAreKeptByTheBrowser(String path, String cacheControl) {
    assertThat(RawHttp.get(port, "spa.localhost", path).header("cache-control"))
        .isEqualTo(cacheControl);
  }

  @Test
  void headSaysWhatGetWouldGive() {
    try (var client = new RawHttp(port)) {
      var head = "HEAD %s HTTP/1.1\nHost: spa.localhost\n\n";
      assertThat(client.send(head.formatted("/movie.mp4")).header("content-length"))
          .isEqualTo("1000000");
      assertThat(client.send(head.formatted("/about")).header("content-length")).isEqualTo("7");
      assertThat(client.send(head.formatted("/empty.txt")).header("content-length")).isEqualTo("0");
      assertThat(client.send(head.formatted("/missing.js")).status()).isEqualTo(404);
      assertThat(client.send("GET /about HTTP/1.1\nHost: spa.localhost\n\n").text())
          .isEqualTo("<about>");
    }
  }

  @Test
  void otherMethodsAreNotAllowed() {
    var answer =
        RawHttp.exchange(port, "POST / HTTP/1.1\nHost: spa.localhost\nContent-Length: 2\n\nhi");
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("allow")).isEqualTo("GET, HEAD");
  }

  @Test
  void aRequestIsStatedOnceItIsAnswered() throws Exception {
    var path = "/assets/app-2.js";
    assertThat(RawHttp.get(port, "spa.localhost", path + "?token=secret").status()).isEqualTo(200);
    for (int i = 0; i < 100 && events.stream().noneMatch(e -> is(e, path)); i++) {
      Thread.sleep(10);
    }
    var served = (RequestServed) events.stream().filter(e -> is(e, path)).findFirst().orElseThrow();
    assertThat(served.routeId()).isEqualTo("spa/production");
    assertThat(served.release()).isEqualTo(7);
    assertThat(served.status()).isEqualTo(200);
    assertThat(served.bytes()).isEqualTo("new script".length());
    assertThat(served.toString()).doesNotContain("secret");
  }

  private static boolean is(Event event, String path) {
    return event instanceof RequestServed served && served.path().equals(path);
  }
}
