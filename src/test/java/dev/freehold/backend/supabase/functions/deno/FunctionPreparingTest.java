package dev.freehold.backend.supabase.functions.deno;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.freehold.backend.supabase.functions.FunctionLimits;
import dev.freehold.os.Jail;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What is done before anybody calls, so that calls wait less.
class FunctionPreparingTest {
  private final FunctionBench bench;

  FunctionPreparingTest() throws IOException {
    bench =
        new FunctionBench(FunctionLimits.DEFAULT, new Jail.Limits(400L << 20, 128, 1, 256L << 20));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void codeIsLoadedAsideWithoutNetworkOrSecretsAndKeepsWhatDenoFound() throws Exception {
    var asked = new AtomicInteger();
    var outside = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    outside.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(204, -1);
          exchange.close();
        });
    outside.start();
    bench.ports.add(outside.getAddress().getPort());
    try {
      bench.with(
          "curious",
          """
          const tried = [];
          const attempt = async (name, work) => {
            try { await work(); tried.push(name); } catch { /* refused */ }
          };
          const modules = new URL('../../modules/', import.meta.url).pathname;
          await attempt('ask', () => fetch('http://127.0.0.1:%d/'));
          await attempt('poison', () => Deno.writeTextFile(`${modules}.of-curious/v8_cache_v9`, 'x'));
          await attempt('secret', () => { if (!Deno.env.get('MY_SECRET')) throw new Error(); });
          const big = { %s };
          Deno.serve(() => Response.json({ tried, big: Object.keys(big).length }));
          """
              .formatted(outside.getAddress().getPort(), manyFunctions()));
      var kept = bench.modules().resolve("curious");
      eventually(() -> Files.isDirectory(kept));
      assertThat(asked).hasValue(0);
      assertThat(kept).isDirectoryNotContaining("glob:**/v8_cache_v9");
      assertThat(size(kept, "v8_code_cache_v2*")).isGreaterThan(20_000);
      assertThat(bench.get("/curious").body())
          .isEqualTo("{\"tried\":[\"ask\",\"secret\"],\"big\":500}");
      assertThat(asked).hasValue(1);
    } finally {
      outside.stop(0);
    }
  }

  @Test
  void codeThatCannotBeLoadedBeforehandRunsAllTheSame() throws Exception {
    bench.with(
        "needs",
        """
        const secret = Deno.env.get('MY_SECRET');
        if (!secret) throw new Error('no secret');
        Deno.serve(() => new Response(secret));
        """);
    eventually(() -> Files.isDirectory(bench.modules().resolve("needs")));
    assertThat(bench.get("/needs").body()).isEqualTo("kept");
  }

  @Test
  void aFunctionThatRanIsStartedWhenAnotherReleaseTakesOver() throws Exception {
    bench.with("used", "Deno.serve(() => new Response('used'));");
    bench.with("unused", "Deno.serve(() => new Response('unused'));");
    assertThat(bench.get("/used").body()).isEqualTo("used");
    bench.with("other", "Deno.serve(() => new Response('other'));");
    eventually(() -> bench.status("used").processes() == 1);
    assertThat(bench.status("unused").processes()).isZero();
    long cold = bench.status("used").figures().coldStarts();
    assertThat(bench.get("/used").body()).isEqualTo("used");
    assertThat(bench.status("used").figures().coldStarts()).isEqualTo(cold);
  }

  private static String manyFunctions() {
    var text = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      text.append("f%1$d: (a) => a.map((x) => x * %1$d).filter(Boolean), ".formatted(i));
    }
    return text.toString();
  }

  private static long size(Path folder, String files) throws IOException {
    long bytes = 0;
    try (var all = Files.newDirectoryStream(folder, files)) {
      for (var file : all) {
        bytes += Files.size(file);
      }
    }
    return bytes;
  }

  private static void eventually(BooleanSupplier holds) throws InterruptedException {
    for (int i = 0; i < 300 && !holds.getAsBoolean(); i++) {
      Thread.sleep(100);
    }
    assertThat(holds.getAsBoolean()).isTrue();
  }
}
