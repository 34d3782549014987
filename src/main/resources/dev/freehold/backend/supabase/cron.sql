-- pg_cron's tables and functions in plain SQL. They keep the jobs; Freehold's scheduler runs them.
create schema if not exists cron authorization supabase_admin;
create sequence if not exists cron.jobid_seq;
create sequence if not exists cron.runid_seq;

create table if not exists cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default current_setting('port')::integer,
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job alter nodeport set default current_setting('port')::integer;

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

-- The scheduler's own books. `last_minute`: every minute up to this one has been looked at.
-- `server_start`: the start of PostgreSQL for which @reboot jobs have been looked at.
create table if not exists freehold.cron_clock (
  only_one boolean primary key default true check (only_one),
  last_minute timestamptz,
  server_start timestamptz
);
insert into freehold.cron_clock default values on conflict do nothing;
-- When a job in seconds began last.
create table if not exists freehold.cron_interval (
  jobid bigint primary key references cron.job on delete cascade,
  began timestamptz not null
);
-- Runs that are due and have not begun.
create table if not exists freehold.cron_due (
  jobid bigint not null references cron.job on delete cascade,
  due_at timestamptz not null,
  primary key (jobid, due_at)
);
-- Runs under way, at most one a job.
create table if not exists freehold.cron_running (
  jobid bigint primary key,
  runid bigint not null unique,
  due_at timestamptz not null
);
revoke all on freehold.cron_clock, freehold.cron_interval, freehold.cron_due,
  freehold.cron_running from public, postgres;

-- One field of a schedule: `*` or numbers, names, ranges and steps, by commas. What follows a
-- complete list is not looked at, as in pg_cron.
create or replace function cron.freehold_field_ok(
  field text, low integer, high integer, names text[]) returns boolean
language plpgsql immutable set search_path = '' as $$
declare
  rest text := field;
  part text[];
  bounds integer[];
  word text;
  step integer;
begin
  loop
    part := regexp_match(rest, '^(\*|[0-9A-Za-z]+)(.*)$', 's');
    if part is null then
      return false;
    end if;
    rest := part[2];
    bounds := case when part[1] = '*' then array[low, high] else '{}' end;
    if part[1] <> '*' then
      word := part[1];
      loop
        bounds := bounds || case
          when lower(word) = any (names) then low + array_position(names, lower(word)) - 1
          when word ~ '^[0-9]+$' then least(word::numeric, 1000)::integer
        end;
        exit when rest not like '-%' or cardinality(bounds) = 2;
        part := regexp_match(rest, '^-([0-9A-Za-z]+)(.*)$', 's');
        if part is null then
          return false;
        end if;
        word := part[1];
        rest := part[2];
      end loop;
    end if;
    if array_position(bounds, null) is not null
      or not (low <= all (bounds) and high >= all (bounds))
      or cardinality(bounds) = 1 and rest like '/%' then
      return false;
    end if;
    if rest like '/%' then
      part := regexp_match(rest, '^/([0-9A-Za-z]+)(.*)$', 's');
      if part is null or part[1] !~ '^[0-9]+$' then
        return false;
      end if;
      step := least(part[1]::numeric, 1000)::integer;
      if step < 1 or step > high then
        return false;
      end if;
      rest := part[2];
    end if;
    if rest not like ',%' then
      return true;
    end if;
    rest := substr(rest, 2);
  end loop;
end
$$;

-- Five fields, `$` for the month's last day; one of the @ words; or `30 seconds`.
create or replace function cron.freehold_schedule_ok(schedule text) returns boolean
language plpgsql immutable set search_path = '' as $$
declare
  line text := split_part(
    regexp_replace(schedule, E'^([ \t]*(#[^\n]*)?\n)*[ \t]*', ''), E'\n', 1);
  fields text[] := regexp_split_to_array(line, E'[ \t]+');
  months constant text[] :=
    '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}';
  days constant text[] := '{sun,mon,tue,wed,thu,fri,sat}';
begin
  if octet_length(schedule) < 1000 and (
    case when line like '@%' then
      fields[1] in ('@reboot', '@restart', '@yearly', '@annually', '@monthly', '@weekly',
        '@daily', '@midnight', '@hourly')
    else
      coalesce(fields[5], '') <> ''
      and cron.freehold_field_ok(fields[1], 0, 59, null)
      and cron.freehold_field_ok(fields[2], 0, 23, null)
      and (fields[3] = '$' or cron.freehold_field_ok(fields[3], 1, 31, null))
      and cron.freehold_field_ok(fields[4], 1, 12, months)
      and cron.freehold_field_ok(fields[5], 0, 7, days)
    end) then
    return true;
  end if;
  return lower(schedule) ~ (E'^[ \t\n\v\f\r]*[+]?0*([1-9]|[1-5][0-9])[ \t\n\v\f\r]*'
    || E'second(s[ \t\n\v\f\r]*)?$');
end
$$;

create or replace function cron.freehold_checked(schedule text) returns text
language plpgsql immutable set search_path = '' as $$
begin
  if not cron.freehold_schedule_ok(schedule) then
    raise exception 'invalid schedule: %', schedule
      using errcode = '22023',
        hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
  return schedule;
end
$$;

create or replace function cron.freehold_superuser() returns boolean
language sql stable set search_path = '' as $$
  select rolsuper from pg_catalog.pg_roles where rolname = current_user
$$;

-- Whether that role may run jobs in that database.
create or replace function cron.freehold_may_connect(username text, database text) returns void
language plpgsql stable set search_path = '' as $$
declare
  may_log_in boolean := (
    select r.rolcanlogin from pg_catalog.pg_roles r where r.rolname = username);
begin
  if may_log_in is null then
    raise exception 'role "%" does not exist', username using errcode = 'XX000';
  elsif not may_log_in and username <> current_user then
    raise exception 'role "%" can not log in', username
      using errcode = 'XX000',
        detail = 'Jobs may only be run by roles that have the LOGIN attribute.';
  elsif not exists (select from pg_catalog.pg_database d where d.datname = database) then
    raise exception 'database "%" does not exist', database using errcode = '3D000';
  elsif not has_database_privilege(username, database, 'CONNECT') then
    raise exception 'User % does not have CONNECT privilege on %', username, database
      using errcode = 'XX000';
  end if;
end
$$;

-- A job belongs to the role it runs as: nobody but a superuser makes, takes or changes another's.
-- Roles that bypass row level security are held by this.
create or replace function cron.freehold_guard() returns trigger
language plpgsql set search_path = '' as $$
begin
  if not cron.freehold_superuser() then
    if tg_op <> 'INSERT' and old.username is distinct from current_user then
      raise exception 'permission denied for table job' using errcode = '42501';
    elsif tg_op <> 'DELETE' and new.username is distinct from current_user then
      raise exception 'must be superuser to create a job for another role'
        using errcode = 'XX000';
    end if;
  end if;
  return coalesce(new, old);
end
$$;
create or replace trigger freehold_guard before insert or update or delete on cron.job
  for each row execute function cron.freehold_guard();

-- What schema migrations did to jobs belongs to the Release that brought them: a rollback undoes it
-- and a later Release does it again. `release` is empty until one with these migrations goes live.
create table if not exists freehold.cron_change (
  id bigint generated always as identity primary key,
  release integer,
  undone boolean not null default false,
  before cron.job,
  after cron.job
);
revoke all on freehold.cron_change from public, postgres;

create or replace function cron.freehold_note() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into freehold.cron_change (before, after) values (old, new);
  return null;
end
$$;
create or replace trigger freehold_note after insert or update or delete on cron.job
  for each row when (current_setting('application_name') = 'freehold schema migrations')
  execute function cron.freehold_note();

-- Makes one job what it is to be, provided that it is what it was; says whether it is.
create or replace function freehold.cron_move(was cron.job, wanted cron.job) returns boolean
language plpgsql set search_path = '' as $$
declare
  now_is cron.job := (
    select j from cron.job j where j.jobid = coalesce(was.jobid, wanted.jobid));
begin
  if now_is is distinct from was then
    return now_is is not distinct from wanted;
  elsif wanted is null then
    delete from cron.job j where j.jobid = was.jobid;
  elsif was is null then
    insert into cron.job select wanted.* on conflict do nothing;
    return found;
  else
    update cron.job j set schedule = wanted.schedule, command = wanted.command,
      nodename = wanted.nodename, nodeport = wanted.nodeport, database = wanted.database,
      username = wanted.username, active = wanted.active, jobname = wanted.jobname
    where j.jobid = was.jobid;
  end if;
  return true;
end
$$;

-- That Release goes live: the jobs that were changed by hand since are left and named.
create or replace function freehold.cron_release(live integer) returns setof text
language plpgsql set search_path = '' as $$
declare
  change freehold.cron_change;
  done boolean;
begin
  update freehold.cron_change set release = live where release is null;
  for change in select c.* from freehold.cron_change c
    where c.release > live and not c.undone order by c.id desc loop
    done := freehold.cron_move(change.after, change.before);
    update freehold.cron_change set undone = true where id = change.id;
    if not done then
      return next coalesce((change.before).jobname, (change.after).jobname,
        'job ' || coalesce((change.before).jobid, (change.after).jobid));
    end if;
  end loop;
  for change in select c.* from freehold.cron_change c
    where c.release <= live and c.undone order by c.id loop
    done := freehold.cron_move(change.before, change.after);
    update freehold.cron_change set undone = false where id = change.id;
    if not done then
      return next coalesce((change.after).jobname, (change.before).jobname,
        'job ' || coalesce((change.after).jobid, (change.before).jobid));
    end if;
  end loop;
end
$$;
revoke all on function freehold.cron_move(cron.job, cron.job), freehold.cron_release(integer)
  from public;

create or replace function cron.job_cache_invalidate() returns trigger
language plpgsql set search_path = '' as $$
begin
  notify freehold_jobs, 'cron';
  return null;
end
$$;
create or replace trigger cron_job_cache_invalidate
  after insert or update or delete or truncate on cron.job
  for each statement execute function cron.job_cache_invalidate();

create or replace function cron.freehold_put(
  job_name text, schedule text, command text, database text, username text, active boolean)
returns bigint
language plpgsql set search_path = '' as $$
#variable_conflict use_column
declare
  id bigint;
  runs_as text := coalesce(freehold_put.username, current_user);
begin
  if freehold_put.schedule is null then
    raise exception 'schedule can not be NULL' using errcode = 'XX000';
  elsif freehold_put.command is null then
    raise exception 'command can not be NULL' using errcode = 'XX000';
  end if;
  perform cron.freehold_checked(freehold_put.schedule);
  if freehold_put.username is not null and not cron.freehold_superuser() then
    raise exception 'must be superuser to create a job for another role'
      using errcode = 'XX000';
  end if;
  perform cron.freehold_may_connect(runs_as, freehold_put.database);
  insert into cron.job (jobname, schedule, command, database, username, active)
  values (freehold_put.job_name, freehold_put.schedule, freehold_put.command,
    freehold_put.database, runs_as, freehold_put.active)
  on conflict on constraint jobname_username_uniq do update
    set schedule = excluded.schedule, command = excluded.command, database = excluded.database
  returning jobid into id;
  return id;
end
$$;
create or replace function cron.schedule(schedule text, command text) returns bigint
language sql strict set search_path = '' as $$
  select cron.freehold_put(
    null, schedule.schedule, schedule.command, current_database(), null, true)
$$;
create or replace function cron.schedule(job_name text, schedule text, command text)
returns bigint
language plpgsql set search_path = '' as $$
begin
  if schedule.job_name is null then
    raise exception 'job_name can not be NULL' using errcode = 'XX000';
  end if;
  return cron.freehold_put(
    schedule.job_name, schedule.schedule, schedule.command, current_database(), null, true);
end
$$;
create or replace function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null,
  active boolean default true) returns bigint
language plpgsql set search_path = '' as $$
begin
  if schedule_in_database.job_name is null then
    raise exception 'job_name can not be NULL' using errcode = 'XX000';
  end if;
  return cron.freehold_put(schedule_in_database.job_name, schedule_in_database.schedule,
    schedule_in_database.command, coalesce(schedule_in_database.database, current_database()),
    schedule_in_database.username, schedule_in_database.active);
end
$$;

create or replace function cron.alter_job(
  job_id bigint, schedule text default null, command text default null,
  database text default null, username text default null, active boolean default null)
returns void
language plpgsql set search_path = '' as $$
begin
  if alter_job.job_id is null then
    raise exception 'job_id can not be NULL' using errcode = 'XX000';
  elsif alter_job.username is not null and not cron.freehold_superuser() then
    raise exception 'must be superuser to alter username' using errcode = 'XX000';
  end if;
  if alter_job.database is not null or alter_job.username is not null then
    perform cron.freehold_may_connect(coalesce(alter_job.username, current_user),
      coalesce(alter_job.database, current_database()));
  end if;
  if alter_job.schedule is not null then
    perform cron.freehold_checked(alter_job.schedule);
  end if;
  if num_nonnulls(alter_job.schedule, alter_job.command, alter_job.database,
    alter_job.username, alter_job.active) = 0 then
    raise exception 'no updates specified'
      using errcode = 'XX000', hint = 'You must specify at least one job attribute to change'
        ' when calling alter_job';
  end if;
  update cron.job j
  set schedule = coalesce(alter_job.schedule, j.schedule),
    command = coalesce(alter_job.command, j.command),
    database = coalesce(alter_job.database, j.database),
    username = coalesce(alter_job.username, j.username),
    active = coalesce(alter_job.active, j.active)
  where j.jobid = alter_job.job_id
    and (j.username = current_user or cron.freehold_superuser());
  if not found then
    raise exception 'Job % does not exist or you don''t own it', alter_job.job_id
      using errcode = 'XX000';
  end if;
end
$$;

create or replace function cron.unschedule(job_name text) returns boolean
language plpgsql strict set search_path = '' as $$
begin
  delete from cron.job j where j.jobname = unschedule.job_name and j.username = current_user;
  if not found then
    raise exception 'could not find valid entry for job ''%''', unschedule.job_name
      using errcode = 'XX000';
  end if;
  return true;
end
$$;
create or replace function cron.unschedule(job_id bigint) returns boolean
language plpgsql strict set search_path = '' as $$
begin
  delete from cron.job j where j.jobid = unschedule.job_id;
  if not found then
    raise exception 'could not find valid entry for job %', unschedule.job_id
      using errcode = 'XX000';
  end if;
  return true;
end
$$;

alter table cron.job enable row level security;
drop policy if exists cron_job_policy on cron.job;
create policy cron_job_policy on cron.job using (username = current_user);
alter table cron.job_run_details enable row level security;
drop policy if exists cron_job_run_details_policy on cron.job_run_details;
create policy cron_job_run_details_policy on cron.job_run_details
  using (username = current_user);

-- As pg_cron has it, whoever may use the schema may schedule; Supabase lets `postgres` alone.
grant select, insert, update, delete on cron.job to public;
grant select, delete on cron.job_run_details to public;
grant select on all sequences in schema cron to public;
grant usage on sequence cron.jobid_seq to public;
revoke all on function
  cron.alter_job(bigint, text, text, text, text, boolean),
  cron.schedule_in_database(text, text, text, text, text, boolean) from public;
grant usage on schema cron to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
grant all on all sequences in schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
