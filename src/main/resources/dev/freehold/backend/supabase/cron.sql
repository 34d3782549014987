-- pg_cron's tables and functions in plain SQL. They keep the jobs; Freehold's scheduler runs them.
create schema if not exists cron authorization supabase_admin;
create sequence if not exists cron.jobid_seq;
create sequence if not exists cron.runid_seq;

create table if not exists cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default coalesce(inet_server_port(), 5432),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);

create table if not exists cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
create index if not exists job_run_details_jobid on cron.job_run_details (jobid, runid);

-- Five fields of numbers, names, ranges and steps, `$` for the month's last day; or `30 seconds`;
-- or one of the @ words.
create or replace function cron.freehold_checked(schedule text) returns text
language plpgsql immutable set search_path = '' as $$
declare
  field constant text := '[0-9a-z*/,$?-]+';
  words text := lower(btrim(schedule));
  seconds text := substring(words from '^(\d{1,2}) seconds?$');
begin
  if schedule is null
    or seconds is not null and seconds::int between 1 and 59
    or words ~ ('^' || field || '(\s+' || field || '){4}$')
    or words in ('@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly',
      '@reboot') then
    return schedule;
  end if;
  raise exception 'invalid schedule: %', schedule
    using errcode = '22023',
      hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
end
$$;

create or replace function cron.schedule(schedule text, command text) returns bigint
language sql set search_path = '' as $$
  insert into cron.job (schedule, command)
  values (cron.freehold_checked(schedule.schedule), schedule.command)
  returning jobid
$$;
create or replace function cron.schedule(job_name text, schedule text, command text)
returns bigint
language sql set search_path = '' as $$
  insert into cron.job (jobname, schedule, command)
  values (schedule.job_name, cron.freehold_checked(schedule.schedule), schedule.command)
  on conflict (jobname, username) do update
    set schedule = excluded.schedule, command = excluded.command, active = true
  returning jobid
$$;
create or replace function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null,
  active boolean default true) returns bigint
language sql set search_path = '' as $$
  insert into cron.job (jobname, schedule, command, database, username, active)
  values (schedule_in_database.job_name, cron.freehold_checked(schedule_in_database.schedule),
    schedule_in_database.command, schedule_in_database.database,
    coalesce(schedule_in_database.username, current_user), schedule_in_database.active)
  on conflict (jobname, username) do update
    set schedule = excluded.schedule, command = excluded.command,
      database = excluded.database, active = excluded.active
  returning jobid
$$;
create or replace function cron.alter_job(
  job_id bigint, schedule text default null, command text default null,
  database text default null, username text default null, active boolean default null)
returns void
language plpgsql set search_path = '' as $$
begin
  update cron.job j
  set schedule = coalesce(cron.freehold_checked(alter_job.schedule), j.schedule),
    command = coalesce(alter_job.command, j.command),
    database = coalesce(alter_job.database, j.database),
    username = coalesce(alter_job.username, j.username),
    active = coalesce(alter_job.active, j.active)
  where j.jobid = alter_job.job_id;
  if not found then
    raise exception 'Job % does not exist or you don''t own it', alter_job.job_id;
  end if;
end
$$;
create or replace function cron.unschedule(job_name text) returns boolean
language plpgsql set search_path = '' as $$
begin
  delete from cron.job j where j.jobname = unschedule.job_name;
  if not found then
    raise exception 'could not find valid entry for job ''%''', unschedule.job_name;
  end if;
  return true;
end
$$;
create or replace function cron.unschedule(job_id bigint) returns boolean
language plpgsql set search_path = '' as $$
begin
  delete from cron.job j where j.jobid = unschedule.job_id;
  if not found then
    raise exception 'could not find valid entry for job ''%''', unschedule.job_id;
  end if;
  return true;
end
$$;

revoke all on all functions in schema cron from public;
grant usage on schema cron to postgres with grant option;
grant all on all tables in schema cron to postgres with grant option;
grant all on all sequences in schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
