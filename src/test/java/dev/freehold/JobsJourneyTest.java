package dev.freehold;

import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.testing.Freehold;
import dev.freehold.testing.TinyExport;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// An app whose schema migrations schedule jobs that call the project it came from, deployed,
/// killed, changed and rolled back.
class JobsJourneyTest {
  private static final String REF = "qwertyuiopasdfghjklz";
  private static final String OLD_KEY =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."
          + Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString(
                  ("{\"iss\":\"supabase\",\"ref\":\"%s\",\"role\":\"anon\",\"iat\":1753563357,"
                          + "\"exp\":2069139357}")
                      .formatted(REF)
                      .getBytes(StandardCharsets.UTF_8))
          + ".5ZMvbmhEkcmnAsAQ8ZI3KOPGZD1AkmH0OCUVL3gK3rE";
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private static TinyExport export() {
    var export = TinyExport.create();
    export.write("supabase/config.toml", "project_id = \"" + REF + "\"\n");
    export.write(
        "app.js",
        """
        import { createClient } from "https://esm.sh/@supabase/supabase-js@2";
        export const supabase = createClient("https://%s.supabase.co", "%s");
        """
            .formatted(REF, OLD_KEY));
    export.write(
        "supabase/migrations/20260102000000_jobs.sql",
        """
        create extension if not exists pg_cron;
        create extension if not exists pg_net with schema extensions;
        create table public.hits (id bigint generated always as identity primary key, who text);
        alter table public.hits enable row level security;
        create policy "anyone reads" on public.hits for select using (true);
        create function public.hit(who text) returns void language sql security definer as
          $$ insert into public.hits (who) values (who) $$;
        select vault.create_secret('https://%1$s.supabase.co', 'supabase_url');
        select cron.schedule('beat', '1 second', $job$
          select net.http_post(
            url := (select decrypted_secret from vault.decrypted_secrets
              where name = 'supabase_url') || '/rest/v1/rpc/hit',
            headers := '{"Content-Type": "application/json", "apikey": "%2$s",
              "Authorization": "Bearer %2$s"}'::jsonb,
            body := jsonb_build_object('who', 'beat')) as request_id
        $job$);
        select cron.schedule('yearly', '@yearly', 'insert into public.hits (who) values (''now'')');
        select cron.schedule('broken', '@yearly', 'select * from public.nothing');
        """
            .formatted(REF, OLD_KEY));
    return export;
  }

  @Test
  void jobsRunReachTheAppSurviveAKillAndFollowARollback() throws Exception {
    var export = export();
    try (var freehold = Freehold.fresh()) {
      var address = freehold.deploy(export.root(), "tiny");
      awaitHits(freehold, address, "beat", 2);
      assertThat(jobs(freehold)).containsExactlyInAnyOrder("beat", "yearly", "broken");
      assertThat(freehold.run("cron", "list").out()).contains("beat", "1 second", "succeeded");

      var said = freehold.run("cron", "run", "yearly", "--json").json();
      assertThat(said.path("run").asLong()).isPositive();
      awaitHits(freehold, address, "now", 1);
      freehold.run("cron", "run", "broken");
      awaitStatus(freehold, "broken", "failed");
      assertThat(freehold.run("cron", "runs", "broken").out())
          .contains("relation \"public.nothing\" does not exist");
      assertThat(freehold.run("logs", "--app", "tiny", "--source", "jobs").out())
          .contains("cron broken failed");
      assertThat(freehold.tryTo("cron", "run", "nobody").err()).contains("cron-job-not-found");

      var key = freehold.data().resolve("clusters/tiny.production/vault.key");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");

      var server = ProcessHandle.of(freehold.serverPid()).orElseThrow();
      server.destroyForcibly();
      server.onExit().get(30, TimeUnit.SECONDS);
      freehold.run("up");
      int before = hits(freehold, address, "beat");
      awaitHits(freehold, address, "beat", before + 2);

      export.version(2);
      export.write(
          "supabase/migrations/20260103000000_other.sql",
          """
          select cron.unschedule('beat');
          select cron.schedule('other', '1 second', 'select public.hit(''other'')');
          """);
      freehold.deploy(export.root(), "tiny");
      assertThat(jobs(freehold)).containsExactlyInAnyOrder("other", "yearly", "broken");
      awaitHits(freehold, address, "other", 1);
      freehold.run("rollback", "--app", "tiny", "--yes");
      assertThat(jobs(freehold)).containsExactlyInAnyOrder("beat", "yearly", "broken");
      int stopped = hits(freehold, address, "beat");
      awaitHits(freehold, address, "beat", stopped + 1);
    }
  }

  private static List<String> jobs(Freehold freehold) {
    var names = new ArrayList<String>();
    for (var job : freehold.run("cron", "list", "--json").json().path("jobs")) {
      names.add(job.path("name").asString());
    }
    return names;
  }

  private static void awaitStatus(Freehold freehold, String job, String status)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      var runs = freehold.run("cron", "runs", job, "--json").json().path("runs");
      if (runs.path(0).path("status").asString("").equals(status)) {
        return;
      }
      assertThat(System.nanoTime()).as("runs: %s", runs).isLessThan(deadline);
      Thread.sleep(100);
    }
  }

  private static void awaitHits(Freehold freehold, String address, String who, int wanted)
      throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (hits(freehold, address, who) < wanted) {
      assertThat(System.nanoTime())
          .as(
              "hits of %s; runs %s; log %s",
              who,
              freehold.run("cron", "runs").out(),
              freehold.run("logs", "--app", "tiny", "--source", "jobs").out())
          .isLessThan(deadline);
      Thread.sleep(100);
    }
  }

  private static int hits(Freehold freehold, String address, String who) {
    var key = freehold.keys("tiny").api().anon();
    var answer = freehold.get(address, "/rest/v1/hits?select=id&who=eq." + who + "&apikey=" + key);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body().split("\"id\"", -1).length - 1;
  }
}
