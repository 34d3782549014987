-- pg_net's tables and functions in plain SQL. A request is a row that becomes visible at commit;
-- Freehold's worker sends it and stores the answer, which is kept six hours.
create schema if not exists net authorization supabase_admin;
create sequence if not exists net.http_request_queue_id_seq;

do $$
begin
  if to_regtype('net.http_method') is null then
    create domain net.http_method as text check (lower(value) in ('get', 'post', 'delete'));
    create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
    create type net.http_response as (status_code integer, headers jsonb, body text);
    create type net.http_response_result as (
      status net.request_status, message text, response net.http_response);
  end if;
end
$$;

create table if not exists net.http_request_queue (
  id bigint not null default nextval('net.http_request_queue_id_seq'),
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);
create index if not exists http_request_queue_id on net.http_request_queue (id);
create table if not exists net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index if not exists _http_response_created on net._http_response (created);
create index if not exists _http_response_id on net._http_response (id);

-- Requests that left the queue and have no answer yet. One that is found here after a crash may
-- have been sent: it is answered as failed and never sent again.
create table if not exists freehold.net_sending (
  id bigint not null,
  began timestamptz not null default now()
);
create index if not exists net_sending_id on freehold.net_sending (id);
revoke all on freehold.net_sending from public, postgres;

-- Percent-encodes whatever RFC 3986 does not call unreserved.
create or replace function net._urlencode_string(string varchar) returns text
language sql immutable strict set search_path = '' as $$
  select coalesce(string_agg(
    case when c ~ '^[A-Za-z0-9_.~-]$' then c
      else regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\1', 'g') end,
    '' order by n), '')
  from regexp_split_to_table(string, '') with ordinality as letters (c, n)
$$;

-- The address with the parameters put behind those it has, before its fragment.
create or replace function net._encode_url_with_params_array(url text, params_array text[])
returns text
language plpgsql immutable strict set search_path = '' as $$
declare
  bare text := split_part(url, '#', 1);
  fragment text := substr(url, length(split_part(url, '#', 1)) + 1);
  query text := array_to_string(params_array, '&');
begin
  if url !~* '^https?://[^/?#[:space:]]' then
    raise exception 'invalid URL "%": %', url,
      case when url ~* '^https?:|^/' then 'Malformed input to a URL function'
        else 'Unsupported URL scheme' end
      using errcode = 'XX000';
  end if;
  return bare || case
    when query = '' then ''
    when bare like '%?' or bare like '%&' then query
    when bare like '%?%' then '&' || query
    else '?' || query end || fragment;
end
$$;

create or replace function net.wake() returns void
language plpgsql security definer set search_path = '' as $$
begin
  notify freehold_jobs, 'net';
end
$$;

create or replace function net.freehold_enqueue(
  method text, url text, params jsonb, headers jsonb, body bytea, timeout_milliseconds integer)
returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  pairs text[] := coalesce((
    select array_agg(net._urlencode_string(p.key) || '=' || net._urlencode_string(p.value))
    from jsonb_each_text(params) as p), '{}');
  request_id bigint;
begin
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (freehold_enqueue.method,
    net._encode_url_with_params_array(freehold_enqueue.url, array_remove(pairs, null)),
    freehold_enqueue.headers, freehold_enqueue.body, freehold_enqueue.timeout_milliseconds)
  returning id into request_id;
  perform net.wake();
  return request_id;
end
$$;

create or replace function net.http_get(
  url text, params jsonb default '{}', headers jsonb default '{}',
  timeout_milliseconds integer default 5000) returns bigint
language sql security definer set search_path = '' as $$
  select net.freehold_enqueue('GET', url, params, headers, null, timeout_milliseconds)
$$;
create or replace function net.http_delete(
  url text, params jsonb default '{}', headers jsonb default '{}',
  timeout_milliseconds integer default 5000, body jsonb default null) returns bigint
language sql security definer set search_path = '' as $$
  select net.freehold_enqueue('DELETE', url, params, headers,
    convert_to(body::text, 'UTF8'), timeout_milliseconds)
$$;
create or replace function net.http_post(
  url text, body jsonb default '{}', params jsonb default '{}',
  headers jsonb default '{"Content-Type": "application/json"}',
  timeout_milliseconds integer default 5000) returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  content_type text := (
    select h.value from jsonb_each_text(headers) as h
    where lower(h.key) = 'content-type' limit 1);
begin
  if content_type <> 'application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  return net.freehold_enqueue('POST', url, params,
    case when content_type is null
      then headers || '{"Content-Type": "application/json"}' else headers end,
    convert_to(body::text, 'UTF8'), timeout_milliseconds);
end
$$;

-- Waits for an answer. A request is sent once its transaction is over: not in the same one.
create or replace function net._await_response(request_id bigint) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  while not exists (select from net._http_response r where r.id = request_id) loop
    perform pg_sleep(0.05);
  end loop;
  return true;
end
$$;
create or replace function net._http_collect_response(
  request_id bigint, async boolean default true) returns net.http_response_result
language plpgsql security definer set search_path = '' as $$
declare
  answer net._http_response;
begin
  if not async then
    perform net._await_response(request_id);
  end if;
  select r.* into answer from net._http_response r where r.id = request_id limit 1;
  if not found or answer.error_msg is not null then
    return row('ERROR', coalesce(answer.error_msg, 'request matching request_id not found'),
      null)::net.http_response_result;
  end if;
  return row('SUCCESS', 'ok', row(answer.status_code, answer.headers, answer.content)
    ::net.http_response)::net.http_response_result;
end
$$;
create or replace function net.http_collect_response(
  request_id bigint, async boolean default true) returns net.http_response_result
language plpgsql security definer set search_path = '' as $$
begin
  raise notice 'The net.http_collect_response function is deprecated.';
  return net._http_collect_response(request_id, async);
end
$$;

create or replace function net.freehold_worker_is_up() returns boolean
language sql security definer set search_path = '' as $$
  select exists (select from pg_catalog.pg_stat_activity a
    where a.datname = current_database() and a.application_name = 'freehold jobs')
$$;
create or replace function net.check_worker_is_up() returns void
language plpgsql security definer set search_path = '' as $$
begin
  if not net.freehold_worker_is_up() then
    raise exception 'the pg_net background worker is not up'
      using detail = 'Freehold, which sends the requests, is not connected to this database',
        hint = 'freehold status says whether the server runs; requests wait until it does';
  end if;
end
$$;
create or replace function net.wait_until_running() returns void
language plpgsql security definer set search_path = '' as $$
begin
  while not net.freehold_worker_is_up() loop
    perform pg_sleep(0.05);
  end loop;
end
$$;
create or replace function net.worker_restart() returns boolean
language sql security definer set search_path = '' as $$
  select true from net.wake()
$$;

revoke all on all functions in schema net from public;
grant usage on schema net to postgres, anon, authenticated, service_role,
  supabase_functions_admin;
grant execute on all functions in schema net to postgres, anon, authenticated, service_role,
  supabase_functions_admin;
revoke execute on function net.freehold_enqueue(text, text, jsonb, jsonb, bytea, integer)
  from postgres, anon, authenticated, service_role, supabase_functions_admin;
-- Answers hold what other roles asked for: these read them all.
revoke execute on function net._await_response(bigint),
  net._http_collect_response(bigint, boolean), net.http_collect_response(bigint, boolean)
  from anon, authenticated;
grant all on all tables in schema net to postgres, service_role;
grant all on all sequences in schema net to postgres, service_role;
