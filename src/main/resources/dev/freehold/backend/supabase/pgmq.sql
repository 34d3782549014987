-- Message queues in plain SQL, with the names and answers of pgmq. Run as postgres, which so owns
-- the queues it creates.
create schema if not exists pgmq;
create schema if not exists pgmq_public;

do $$
begin
  if to_regtype('pgmq.message_record') is null then
    create type pgmq.message_record as (
      msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb,
      headers jsonb);
    create type pgmq.queue_record as (
      queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz);
    create type pgmq.metrics_result as (
      queue_name text, queue_length bigint, newest_msg_age_sec integer,
      oldest_msg_age_sec integer, total_messages bigint, scrape_time timestamptz,
      queue_visible_length bigint);
  end if;
end
$$;

create table if not exists pgmq.meta (
  queue_name varchar not null unique,
  is_partitioned boolean not null,
  is_unlogged boolean not null,
  created_at timestamptz not null default now()
);

create or replace function pgmq.format_table_name(queue_name text, prefix text) returns text
language plpgsql immutable as $$
begin
  if queue_name !~ '^[A-Za-z0-9_]{1,47}$' then
    raise exception 'queue name contains invalid characters or is too long: %', queue_name;
  end if;
  return lower(prefix || '_' || queue_name);
end
$$;

create or replace function pgmq.create_non_partitioned(queue_name text) returns void
language plpgsql as $$
declare
  live text := pgmq.format_table_name(queue_name, 'q');
  kept text := pgmq.format_table_name(queue_name, 'a');
begin
  perform pg_advisory_xact_lock(hashtext('pgmq.queue_' || queue_name));
  execute format('create table if not exists pgmq.%I (
    msg_id bigint primary key generated always as identity, read_ct integer not null default 0,
    enqueued_at timestamptz not null default now(), vt timestamptz not null, message jsonb,
    headers jsonb)', live);
  execute format('create table if not exists pgmq.%I (
    msg_id bigint primary key, read_ct integer not null default 0,
    enqueued_at timestamptz not null default now(), archived_at timestamptz not null default now(),
    vt timestamptz not null, message jsonb, headers jsonb)', kept);
  execute format('create index if not exists %I on pgmq.%I (vt)', live || '_vt_idx', live);
  execute format('create index if not exists %I on pgmq.%I (archived_at)',
    'archived_at_idx_' || queue_name, kept);
  insert into pgmq.meta (queue_name, is_partitioned, is_unlogged)
  values (create_non_partitioned.queue_name, false, false) on conflict do nothing;
end
$$;
create or replace function pgmq.create(queue_name text) returns void
language sql as $$ select pgmq.create_non_partitioned(queue_name) $$;
create or replace function pgmq.create_unlogged(queue_name text) returns void
language sql as $$ select pgmq.create_non_partitioned(queue_name) $$;

create or replace function pgmq.drop_queue(queue_name text) returns boolean
language plpgsql as $$
begin
  execute format('drop table if exists pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
  execute format('drop table if exists pgmq.%I', pgmq.format_table_name(queue_name, 'a'));
  delete from pgmq.meta m where lower(m.queue_name) = lower(drop_queue.queue_name);
  return found;
end
$$;
create or replace function pgmq.list_queues() returns setof pgmq.queue_record
language sql stable as $$
  select m.queue_name, m.is_partitioned, m.is_unlogged, m.created_at from pgmq.meta m
$$;

create or replace function pgmq.send_batch(
  queue_name text, msgs jsonb[], headers jsonb[], delay timestamptz) returns setof bigint
language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message, headers)
     select $2, m.message, m.headers from unnest($1, $3) with ordinality as m (message, headers, n)
     order by m.n returning msg_id', pgmq.format_table_name(queue_name, 'q'))
    using msgs, delay, headers;
end
$$;
create or replace function pgmq.send_batch(
  queue_name text, msgs jsonb[], delay integer default 0) returns setof bigint
language sql as $$
  select pgmq.send_batch(queue_name, msgs, null::jsonb[],
    clock_timestamp() + make_interval(secs => delay))
$$;
create or replace function pgmq.send(queue_name text, msg jsonb, delay integer default 0)
returns setof bigint
language sql as $$ select pgmq.send_batch(queue_name, array[msg], delay) $$;
create or replace function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay integer)
returns setof bigint
language sql as $$
  select pgmq.send_batch(queue_name, array[msg], array[headers],
    clock_timestamp() + make_interval(secs => delay))
$$;

create or replace function pgmq.read(
  queue_name text, vt integer, qty integer, conditional jsonb default '{}')
returns setof pgmq.message_record
language plpgsql as $$
begin
  return query execute format(
    'with due as (
       select q.msg_id from pgmq.%1$I q
       where q.vt <= clock_timestamp() and q.message @> $3
       order by q.msg_id limit $1 for update skip locked)
     update pgmq.%1$I q
     set vt = clock_timestamp() + make_interval(secs => $2), read_ct = q.read_ct + 1
     from due where due.msg_id = q.msg_id
     returning q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message, q.headers',
    pgmq.format_table_name(queue_name, 'q'))
    using qty, vt, coalesce(conditional, '{}');
end
$$;
create or replace function pgmq.read_with_poll(
  queue_name text, vt integer, qty integer, max_poll_seconds integer default 5,
  poll_interval_ms integer default 100, conditional jsonb default '{}')
returns setof pgmq.message_record
language plpgsql as $$
declare
  until timestamptz := clock_timestamp() + make_interval(secs => least(max_poll_seconds, 60));
begin
  loop
    return query select * from pgmq.read(queue_name, vt, qty, conditional);
    exit when found or clock_timestamp() > until;
    perform pg_sleep(greatest(poll_interval_ms, 10) / 1000.0);
  end loop;
end
$$;
create or replace function pgmq.pop(queue_name text) returns setof pgmq.message_record
language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%1$I q where q.msg_id = (
       select d.msg_id from pgmq.%1$I d where d.vt <= clock_timestamp()
       order by d.msg_id limit 1 for update skip locked)
     returning q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message, q.headers',
    pgmq.format_table_name(queue_name, 'q'));
end
$$;
create or replace function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint
language plpgsql as $$
begin
  return query execute format('delete from pgmq.%I where msg_id = any ($1) returning msg_id',
    pgmq.format_table_name(queue_name, 'q')) using msg_ids;
end
$$;
create or replace function pgmq.delete(queue_name text, msg_id bigint) returns boolean
language sql as $$ select exists (select pgmq.delete(queue_name, array[msg_id])) $$;
create or replace function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint
language plpgsql as $$
begin
  return query execute format(
    'with gone as (delete from pgmq.%I where msg_id = any ($1) returning *)
     insert into pgmq.%I (msg_id, read_ct, enqueued_at, vt, message, headers)
     select g.msg_id, g.read_ct, g.enqueued_at, g.vt, g.message, g.headers from gone g
     returning msg_id', pgmq.format_table_name(queue_name, 'q'),
    pgmq.format_table_name(queue_name, 'a')) using msg_ids;
end
$$;
create or replace function pgmq.archive(queue_name text, msg_id bigint) returns boolean
language sql as $$ select exists (select pgmq.archive(queue_name, array[msg_id])) $$;
create or replace function pgmq.purge_queue(queue_name text) returns bigint
language plpgsql as $$
declare
  purged bigint;
begin
  execute format('delete from pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
  get diagnostics purged = row_count;
  return purged;
end
$$;
create or replace function pgmq.set_vt(queue_name text, msg_id bigint, vt integer)
returns setof pgmq.message_record
language plpgsql as $$
begin
  return query execute format(
    'update pgmq.%I q set vt = clock_timestamp() + make_interval(secs => $2) where q.msg_id = $1
     returning q.msg_id, q.read_ct, q.enqueued_at, q.vt, q.message, q.headers',
    pgmq.format_table_name(queue_name, 'q')) using msg_id, vt;
end
$$;
create or replace function pgmq.metrics(queue_name text) returns pgmq.metrics_result
language plpgsql as $$
declare
  result pgmq.metrics_result;
begin
  execute format(
    'select $1, count(*), extract(epoch from now() - max(enqueued_at))::int,
       extract(epoch from now() - min(enqueued_at))::int, coalesce(max(msg_id), 0), now(),
       count(*) filter (where vt <= clock_timestamp())
     from pgmq.%I', pgmq.format_table_name(queue_name, 'q')) using queue_name into result;
  return result;
end
$$;

-- What clients may be allowed to call through the API, as Supabase's Queues expose it.
create or replace function pgmq_public.send(
  queue_name text, message jsonb, sleep_seconds integer default 0) returns setof bigint
language sql set search_path = '' as $$
  select * from pgmq.send(queue_name, message, sleep_seconds)
$$;
create or replace function pgmq_public.send_batch(
  queue_name text, messages jsonb[], sleep_seconds integer default 0) returns setof bigint
language sql set search_path = '' as $$
  select * from pgmq.send_batch(queue_name, messages, sleep_seconds)
$$;
create or replace function pgmq_public.read(queue_name text, sleep_seconds integer, n integer)
returns setof pgmq.message_record
language sql set search_path = '' as $$
  select * from pgmq.read(queue_name, sleep_seconds, n)
$$;
create or replace function pgmq_public.pop(queue_name text)
returns setof pgmq.message_record
language sql set search_path = '' as $$ select * from pgmq.pop(queue_name) $$;
create or replace function pgmq_public.archive(queue_name text, message_id bigint)
returns boolean
language sql set search_path = '' as $$ select pgmq.archive(queue_name, message_id) $$;
create or replace function pgmq_public.delete(queue_name text, message_id bigint)
returns boolean
language sql set search_path = '' as $$ select pgmq.delete(queue_name, message_id) $$;

grant usage on schema pgmq, pgmq_public to service_role;
grant all on all tables in schema pgmq to service_role;
grant all on all functions in schema pgmq, pgmq_public to service_role;
alter default privileges for role postgres in schema pgmq grant all on tables to service_role;
alter default privileges for role postgres in schema pgmq grant all on sequences to service_role;
