-- The job and the secret by which Lovable works off an app's queue of mails. No export holds them:
-- Lovable makes both from outside of the schema migrations. Here they belong to the Release that is
-- live, and are there while it has code that works the queue off.

-- `job` is the job as we made it; another of that number was changed by hand.
create table if not exists freehold.mail_queue (
  only_one boolean primary key default true check (only_one),
  job cron.job not null,
  secret uuid
);
revoke all on freehold.mail_queue from public, postgres;

-- What the job does every few seconds: calls that address, when a mail waits that may be tried and
-- the app has not been told to pause. Plain SQL that runs anywhere these extensions are. Null when
-- the app has none of the queues.
create or replace function freehold.mail_queue_command(address text) returns text
language plpgsql stable set search_path = '' as $$
declare
  waiting text := (
    select string_agg(
      format('exists (select from pgmq.%I where vt <= clock_timestamp())', q.name), E'\n    or ')
    from unnest('{q_auth_emails,q_transactional_emails}'::text[]) as q (name)
    where to_regclass('pgmq.' || q.name) is not null);
  pause text := case when exists (
    select from pg_catalog.pg_attribute a
    where a.attrelid = to_regclass('public.email_send_state')
      and a.attname = 'retry_after_until' and not a.attisdropped)
    then E'\n  and not exists (select from public.email_send_state'
      || E'\n    where retry_after_until > clock_timestamp())' else '' end;
begin
  if waiting is null then
    return null;
  end if;
  return format($command$select net.http_post(
  url := %L,
  headers := jsonb_build_object('Content-Type', 'application/json',
    'Authorization', 'Bearer ' || (select decrypted_secret from vault.decrypted_secrets
      where name = 'email_queue_service_role_key')),
  body := '{}'::jsonb,
  timeout_milliseconds := 60000)
where (%s)%s$command$, address, waiting, pause);
end
$$;

-- Makes job and secret what the live Release needs. `address` is what works its queue off, null
-- when nothing does; `key` the service key. Says what was left as it is because of a person.
create or replace function freehold.mail_queue_release(address text, key text) returns text
language plpgsql set search_path = '' as $$
declare
  job_name constant text := 'process-email-queue';
  key_name constant text := 'email_queue_service_role_key';
  ours freehold.mail_queue := (select m from freehold.mail_queue m);
  now_is cron.job := (select j from cron.job j where j.jobid = (ours.job).jobid);
  wanted text := case when address is not null then freehold.mail_queue_command(address) end;
  key_id uuid := (select s.id from vault.secrets s where s.name = key_name);
  id bigint;
begin
  if wanted is null then
    if (ours.job).jobid is null then
      return null;
    end if;
    delete from freehold.mail_queue;
    if now_is is not distinct from ours.job then
      delete from cron.job j where j.jobid = (ours.job).jobid;
      delete from vault.secrets s where s.id = ours.secret;
      return null;
    end if;
    return case when now_is.jobid is not null then 'was changed by hand and stays' end;
  end if;

  if key_id is null then
    ours.secret := vault.create_secret(key, key_name, 'calls what works off the queue of mails');
    update freehold.mail_queue set secret = ours.secret;
  elsif key is distinct from (
    select d.decrypted_secret from vault.decrypted_secrets d where d.id = key_id) then
    perform vault.update_secret(key_id, key);
  end if;

  if (ours.job).jobid is not null then
    if now_is.jobid is null then
      return 'was removed by hand and is not made again';
    elsif now_is is distinct from ours.job then
      return 'was changed by hand and stays as it is';
    elsif now_is.command <> wanted then
      id := now_is.jobid;
      update cron.job j set command = wanted where j.jobid = id;
    else
      return null;
    end if;
  elsif exists (select from cron.job j where j.jobname = job_name
    or j.command ~ '(functions/v1/process-email-queue|/lovable/email/queue/process)') then
    return null;
  else
    insert into cron.job as j (schedule, command, username, jobname)
    values ('5 seconds', wanted, 'postgres', job_name) returning j.jobid into id;
  end if;
  insert into freehold.mail_queue (job, secret)
  select j, ours.secret from cron.job j where j.jobid = id
  on conflict (only_one) do update set job = excluded.job;
  return null;
end
$$;
revoke all on function freehold.mail_queue_command(text),
  freehold.mail_queue_release(text, text) from public;
