package dev.freehold.backend.supabase.jobs;

import static dev.freehold.backend.supabase.jobs.JobsFixture.awaited;
import static dev.freehold.backend.supabase.jobs.JobsFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.freehold.backend.supabase.Prelude;
import dev.freehold.cluster.Cluster;
import dev.freehold.cluster.TestEngine;
import dev.freehold.http.HttpEngine;
import dev.freehold.os.DurableFiles;
import dev.freehold.postgres.Database;
import dev.freehold.telemetry.Events;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The server killed, and PostgreSQL restarted, while jobs and requests are under way.
class JobsCrashTest {
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (var one : open.reversed()) {
      one.close();
    }
  }

  @Test
  void killedAgainAndAgainNothingRunsTwice() throws Exception {
    var database = JobsFixture.prepared();
    var owner = database.as("postgres", "p1");
    var asked = new AtomicInteger();
    int port = server(asked);
    rows(
        owner,
        """
        create table public.ran (run text, n int);
        create sequence public.runs;
        select cron.schedule('often' || n, '1 second', $$
          insert into public.ran select application_name, nextval('public.runs')
          from pg_stat_activity where pid = pg_backend_pid();
          select net.http_get('http://127.0.0.1:%d/?' || currval('public.runs'))
        $$) from generate_series(1, 4) n
        """
            .formatted(port));
    for (int i = 0; i < 4; i++) {
      var process = process(database, port);
      int before = Integer.parseInt(rows(owner, "select count(*) from public.ran").getFirst());
      awaitMore(owner, before + 3);
      process.destroyForcibly().waitFor();
    }
    var last = process(database, port);
    rows(owner, "select cron.alter_job(jobid, active := false) from cron.job");
    awaited(
        database,
        "select (select count(*) from freehold.cron_running),"
            + " (select count(*) from net.http_request_queue),"
            + " (select count(*) from freehold.net_sending)",
        "0|0|0");
    last.destroyForcibly().waitFor();

    assertThat(rows(owner, "select run from public.ran group by run having count(*) > 1"))
        .as("runs that ran twice")
        .isEmpty();
    assertThat(
            rows(
                owner,
                """
                select count(*) from public.ran r left join cron.job_run_details d
                  on r.run = 'pg_cron run ' || d.runid and d.end_time is not null
                where d.runid is null
                """))
        .as("runs that history does not know")
        .containsExactly("0");
    var requests =
        rows(
            owner,
            """
            select (select count(*) from public.ran) - count(*), count(*) - count(distinct id)
            from net._http_response
            """);
    assertThat(requests).as("requests without one answer").containsExactly("0|0");
    int ran = Integer.parseInt(rows(owner, "select count(*) from public.ran").getFirst());
    assertThat(asked.get()).as("requests sent").isLessThanOrEqualTo(ran);
  }

  @Test
  void aRunThatIsCutOffIsStoppedAndNotRepeated() throws Exception {
    var database = JobsFixture.prepared();
    var owner = database.as("postgres", "p1");
    rows(
        owner,
        """
        create table public.ran (n int);
        select cron.schedule('slow', '1 second',
          'insert into public.ran values (1); select pg_sleep(300)')
        """);
    var first = process(database, 1);
    awaited(database, "select status from cron.job_run_details", "running");
    rows(owner, "select cron.alter_job(jobid, schedule := '@yearly') from cron.job");
    first.destroyForcibly().waitFor();

    var second = process(database, 1);
    assertThat(
            awaited(
                database,
                "select status, return_message from cron.job_run_details",
                "failed|server restarted: it was stopped and rolled back"))
        .containsExactly("failed|server restarted: it was stopped and rolled back");
    assertThat(rows(owner, "select count(*) from public.ran")).containsExactly("0");
    assertThat(rows(database, "select count(*) from freehold.cron_due")).containsExactly("0");
    second.destroyForcibly().waitFor();
  }

  @Test
  void ofTwoServersOneWorksAndTheOtherFollowsItsDeath() throws Exception {
    var database = JobsFixture.prepared();
    var owner = database.as("postgres", "p1");
    rows(
        owner,
        """
        create table public.ran (pid int);
        select cron.schedule('often', '1 second', 'insert into public.ran values (1)')
        """);
    var first = process(database, 1);
    awaitMore(owner, 1);
    var second = process(database, 1);
    awaitMore(owner, 6);
    assertThat(
            rows(
                database,
                "select count(*) from pg_locks where locktype = 'advisory' and granted"
                    + " and database = (select oid from pg_database"
                    + " where datname = current_database())"))
        .containsExactly("1");
    first.destroyForcibly().waitFor();
    int before = Integer.parseInt(rows(owner, "select count(*) from public.ran").getFirst());
    awaitMore(owner, before + 2);
    second.destroyForcibly().waitFor();
    // A run may be late and the next in time; but there are never more runs than seconds.
    assertThat(
            rows(
                owner,
                "select count(*) <= 1 + ceil(extract(epoch from max(start_time) - min(start_time)))"
                    + " from cron.job_run_details"))
        .containsExactly("t");
  }

  @Test
  void afterARestartOfPostgresItGoesOn() throws Exception {
    var folder = Files.createTempDirectory("freehold-jobs-restart");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
    open.add(() -> DurableFiles.deleteTree(folder));
    var cluster =
        Cluster.at(folder.resolve("c"), TestEngine.unpacked(folder), "admins", Events.NONE)
            .create()
            .start();
    open.add(cluster::destroy);
    Prelude.apply(cluster.database(), JobsFixture.PASSWORDS);
    var database = cluster.database();
    var owner = database.as("postgres", "p1");
    rows(
        owner,
        """
        create table public.ran (run bigint generated always as identity, what text);
        select cron.schedule('often', '1 second', 'insert into ran (what) values (1)');
        select cron.schedule('slow', '1 second',
          'insert into ran (what) values (2); select pg_sleep(300)');
        select cron.schedule('boot', '@reboot', 'insert into ran (what) values (3)')
        """);
    var asked = new AtomicInteger();
    int port = server(asked);
    var engine = HttpEngine.start(Events.NONE);
    open.add(engine);
    var jobs = jobs(database, engine, port);
    open.add(jobs);
    jobs.start();
    awaited(
        database,
        "select count(*) > 0 from cron.job_run_details r join cron.job using (jobid)"
            + " where jobname = 'slow' and status = 'running'",
        "t");
    cluster.stop();
    Thread.sleep(1_500);
    cluster.start();
    assertThat(awaited(owner, "select what from ran where what = '3'", "3")).containsExactly("3");
    assertThat(
            awaited(
                database,
                "select count(*) > 0 from cron.job_run_details r join cron.job using (jobid)"
                    + " where jobname = 'slow' and status = 'failed'",
                "t"))
        .containsExactly("t");
    int before = Integer.parseInt(rows(owner, "select count(*) from ran").getFirst());
    awaitMore(owner, before + 2);
    rows(owner, "select net.http_get('http://127.0.0.1:%d/after')".formatted(port));
    assertThat(awaited(owner, "select status_code from net._http_response", "200"))
        .containsExactly("200");
    assertThat(rows(owner, "select count(*) from ran where what = '2'")).containsExactly("0");
    assertThat(rows(owner, "select net.check_worker_is_up()")).hasSize(1);
  }

  private static Jobs jobs(Database database, HttpEngine engine, int port) {
    return new Jobs(
        new Jobs.Place(
            database,
            JobsFixture.logins(database),
            OldProject.none("http://app.localhost:1"),
            InetAddress.getLoopbackAddress(),
            Set.of("127.0.0.1:" + port),
            "shop/production"),
        engine,
        Clock.systemUTC(),
        Events.NONE);
  }

  private int server(AtomicInteger asked) throws IOException {
    var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    open.add(() -> server.stop(0));
    return server.getAddress().getPort();
  }

  private Process process(Database database, int port) throws IOException {
    var process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                JobsProcess.class.getName(),
                Integer.toString(database.port()),
                database.name(),
                Integer.toString(port))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    open.add(process::destroyForcibly);
    return process;
  }

  private static void awaitMore(Database owner, int rows) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (Integer.parseInt(rows(owner, "select count(*) from public.ran").getFirst()) < rows) {
      assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
      Thread.sleep(30);
    }
  }
}
