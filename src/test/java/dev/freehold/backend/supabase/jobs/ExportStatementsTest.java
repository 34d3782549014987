package dev.freehold.backend.supabase.jobs;

import static dev.freehold.backend.supabase.jobs.JobsFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;

import dev.freehold.postgres.Database;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The shapes in which exported apps' own SQL uses cron, net, webhooks and the vault.
class ExportStatementsTest {
  private Database database;
  private Database owner;

  @BeforeEach
  void prepare() {
    database = JobsFixture.prepared();
    owner = database.as("postgres", "p1");
  }

  @Test
  void jobsAreReplacedByRemovingThemFirst() {
    for (int i = 0; i < 2; i++) {
      rows(
          owner,
          """
          do $$ begin
            perform cron.unschedule('sweep');
          exception when others then null;
          end $$;
          select cron.schedule('sweep', '*/10 * * * *', $cron$
            select net.http_post(
              url := 'https://example.com/functions/v1/sweep',
              headers := jsonb_build_object('Content-Type', 'application/json'),
              body := concat('{"time": "', now(), '"}')::jsonb,
              timeout_milliseconds := 55000) as request_id;
          $cron$);
          select cron.unschedule('old') where exists (
            select 1 from cron.job where jobname = 'old');
          select cron.unschedule(jobid) from cron.job where jobname like 'tmp-%';
          select cron.schedule('once', '15 * * * *', 'select 1')
            where not exists (select 1 from cron.job where jobname = 'once');
          do $$ begin
            if not exists (select 1 from cron.job where jobname = 'in block') then
              perform cron.schedule('in block', '*/20 * * * *', 'select 2');
            end if;
          end $$;
          delete from cron.job_run_details where end_time < now() - interval '7 days';
          """);
    }
    assertThat(rows(owner, "select jobname from cron.job order by 1"))
        .containsExactly("in block", "once", "sweep");
  }

  @Test
  void theVaultIsAskedAndFilledByFunctionsOfTheOwner() {
    rows(
        owner,
        """
        create function public.set_key(key_name text, key_value text) returns uuid
        language plpgsql security definer set search_path = public, vault as $$
        declare
          existing uuid;
        begin
          select id into existing from vault.secrets where name = key_name;
          if existing is null then
            return vault.create_secret(key_value, key_name, 'a key');
          end if;
          perform vault.update_secret(existing, key_value, key_name, 'a key', null);
          return existing;
        end $$;
        revoke all on function public.set_key(text, text) from public, anon, authenticated;
        grant execute on function public.set_key(text, text) to service_role;
        set role service_role;
        select public.set_key('k', 'one');
        select public.set_key('k', 'two');
        """);
    assertThat(rows(owner, "select decrypted_secret from vault.decrypted_secrets"))
        .containsExactly("two");
    rows(owner, "delete from vault.secrets where name = 'k'");
    assertThat(rows(owner, "select count(*) from vault.secrets")).containsExactly("0");
  }

  @Test
  void aTriggerOfAVisitorsInsertSendsARequest() {
    rows(
        owner,
        """
        create table public.applications (id int primary key, email text);
        grant insert on public.applications to anon;
        create function public.notify_application() returns trigger
        language plpgsql security definer set search_path = public as $$
        declare
          base text := current_setting('app.settings.supabase_url', true);
        begin
          if base is null then
            select decrypted_secret into base from vault.decrypted_secrets
              where name = 'supabase_url' limit 1;
          end if;
          perform net.http_post(url := base || '/functions/v1/notify',
            body := jsonb_build_object('email', new.email));
          return new;
        end $$;
        create trigger on_application after insert on public.applications
          for each row execute function public.notify_application();
        create trigger on_application_hook after insert on public.applications
          for each row when (new.email is not null)
          execute function supabase_functions.http_request(
            'https://example.com/hook', 'POST', '{"Content-type":"application/json"}', '{}', '5000');
        select vault.create_secret('https://example.com', 'supabase_url');
        set role anon;
        insert into public.applications values (1, 'a@b.c');
        """);
    assertThat(
            rows(
                owner,
                "select method, url, timeout_milliseconds from net.http_request_queue order by id"))
        .containsExactly(
            "POST|https://example.com/functions/v1/notify|5000",
            "POST|https://example.com/hook|5000");
  }
}
