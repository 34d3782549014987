package dev.freehold.backend.supabase.functions.deno;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.backend.supabase.functions.FunctionLimits;
import dev.freehold.os.Jail;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Functions that eat memory, spin, die or never answer: their own callers are told so, and nobody
/// else notices.
class FunctionChaosTest {
  private static final FunctionLimits LIMITS =
      new FunctionLimits(
          2,
          6,
          2,
          4,
          8,
          Duration.ofSeconds(3),
          Duration.ofSeconds(10),
          Duration.ofSeconds(4),
          Duration.ofSeconds(2),
          Duration.ofSeconds(3),
          Duration.ofHours(1),
          1 << 20);

  private final FunctionBench bench;
  private final ScheduledExecutorService steps = Executors.newSingleThreadScheduledExecutor();

  FunctionChaosTest() throws IOException {
    bench = new FunctionBench(LIMITS, new Jail.Limits(300L << 20, 128, 1, 256L << 20));
  }

  @BeforeEach
  void start() throws IOException {
    bench.with("good", "let n = 0; Deno.serve(() => new Response(`fine ${++n}`));");
    var unused = steps.scheduleWithFixedDelay(bench::step, 200, 200, TimeUnit.MILLISECONDS);
  }

  @AfterEach
  void close() {
    steps.shutdownNow();
    bench.close();
  }

  private CompletableFuture<HttpResponse<String>> call(String path) {
    return bench.client.sendAsync(
        HttpRequest.newBuilder(bench.address(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private void othersAreUnharmed() throws Exception {
    var answer = bench.get("/good");
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  @Test
  void aMemoryEaterEndsAloneAndItsCallersAreTold() throws Exception {
    othersAreUnharmed();
    bench
        .with(
            "buffers",
            "const kept = []; Deno.serve(async () => { for (;;) {"
                + " kept.push(new Uint8Array(8 << 20).fill(1)); await 0; } });")
        .with(
            "objects",
            "const kept = []; Deno.serve(() => { for (;;) kept.push({ a: [1, 2, 3] }); });");
    var buffers = call("/buffers");
    var objects = call("/objects");
    othersAreUnharmed();
    assertThat(buffers.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(546);
    assertThat(objects.get(60, TimeUnit.SECONDS).body()).contains("WORKER_LIMIT");
    othersAreUnharmed();
    assertThat(bench.get("/good").body()).isEqualTo("fine 3");
  }

  @Test
  void aFunctionThatNeverAnswersTimesOutAndServesOn() throws Exception {
    bench.with(
        "waits",
        "Deno.serve((r) => r.url.endsWith('wait') ? new Promise(() => {}) : new"
            + " Response('here'));");
    var waiting = call("/waits/wait");
    assertThat(bench.get("/waits").body()).isEqualTo("here");
    var answer = waiting.get(20, TimeUnit.SECONDS);
    assertThat(answer.statusCode()).isEqualTo(504);
    assertThat(answer.headers().firstValue("sb-error-code")).hasValue("IDLE_TIMEOUT");
    assertThat(bench.get("/waits").body()).isEqualTo("here");
  }

  @Test
  void aSpinningProcessIsPassedByAndKilled() throws Exception {
    bench.with(
        "spins",
        "Deno.serve((r) => { if (r.url.endsWith('spin')) for (;;); return new Response('here');"
            + " });");
    assertThat(bench.get("/spins").body()).isEqualTo("here");
    var spinning = call("/spins/spin");
    Thread.sleep(2_500);
    assertThat(bench.get("/spins").body()).isEqualTo("here");
    othersAreUnharmed();
    assertThat(spinning.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(546);
  }

  @Test
  void aProcessKilledInTheMiddleIsReplaced() throws Exception {
    bench.with(
        "slow",
        "Deno.serve(async (r) => { if (r.url.endsWith('slow'))"
            + " await new Promise((ok) => setTimeout(ok, 3000)); return new Response('here'); });");
    assertThat(bench.get("/slow").body()).isEqualTo("here");
    var slow = call("/slow/slow");
    Thread.sleep(300);
    bench.supervisor.instances().stream()
        .filter(instance -> instance.id().contains("-slow-"))
        .forEach(dev.freehold.supervisor.Instance::kill);
    assertThat(slow.get(20, TimeUnit.SECONDS).statusCode()).isIn(500, 546);
    assertThat(bench.get("/slow").body()).isEqualTo("here");
    assertThat(bench.supervisor.instances()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void underLoadThereAreMoreProcessesUpToABoundAndThenALine() throws Exception {
    bench.with(
        "busy",
        "Deno.serve(async () => { await new Promise((ok) => setTimeout(ok, 700));"
            + " return new Response(Deno.env.get('SUPABASE_URL')); });");
    var calls = IntStream.range(0, 8).mapToObj(i -> call("/busy")).toList();
    var answers = calls.stream().map(CompletableFuture::join).toList();
    assertThat(answers).allMatch(answer -> answer.statusCode() == 200);
    assertThat(bench.status("busy").processes()).isEqualTo(2);

    var many = IntStream.range(0, 60).mapToObj(i -> call("/busy")).toList();
    var statuses = many.stream().map(CompletableFuture::join).map(HttpResponse::statusCode);
    assertThat(statuses.toList()).contains(200, 503).isSubsetOf(200, 503);
  }

  @Test
  void anIdleProcessIsStoppedUnlessItStillWorks() throws Exception {
    bench.with(
        "background",
        "Deno.serve(() => { EdgeRuntime.waitUntil(new Promise((ok) => setTimeout(ok, 6000)));"
            + " return new Response('later'); });");
    othersAreUnharmed();
    assertThat(bench.get("/background").body()).isEqualTo("later");
    Thread.sleep(5_000);
    assertThat(bench.status("good").processes()).isZero();
    assertThat(bench.status("background").processes()).isEqualTo(1);
    for (int i = 0; i < 80 && bench.status("background").processes() > 0; i++) {
      Thread.sleep(100);
    }
    assertThat(bench.status("background").processes()).isZero();
    othersAreUnharmed();
  }

  @Test
  void aBodyAboveTheLimitIsRefused() throws Exception {
    bench.with("body", "Deno.serve(async (r) => new Response((await r.text()).length));");
    assertThat(bench.post("/body", "x".repeat(1 << 20)).statusCode()).isEqualTo(200);
    assertThat(bench.post("/body", "x".repeat((1 << 20) + 1)).statusCode()).isEqualTo(413);
  }

  @Test
  void noCallIsLostWhileReleasesChange() throws Exception {
    var over = new java.util.concurrent.atomic.AtomicBoolean();
    var bad = new java.util.concurrent.ConcurrentLinkedQueue<Integer>();
    var callers =
        IntStream.range(0, 4)
            .mapToObj(i ->
                CompletableFuture.runAsync(() -> {
                  while (!over.get()) {
                    int status = call("/good").join().statusCode();
                    if (status != 200) {
                      bad.add(status);
                    }
                  }
                }))
            .toList();
    for (int i = 0; i < 12; i++) {
      bench.again();
      Thread.sleep(i % 3 * 150L);
    }
    over.set(true);
    callers.forEach(CompletableFuture::join);
    assertThat(bad).isEmpty();
  }
}
