-- pg_net's tables and functions in plain SQL. A request is a row that becomes visible at commit;
-- Freehold's worker sends it and stores the answer, which is kept six hours.
create schema if not exists net authorization supabase_admin;
create sequence if not exists net.http_request_queue_id_seq;

create table if not exists net.http_request_queue (
  id bigint not null default nextval('net.http_request_queue_id_seq'),
  method text not null check (method ~* '^(get|post|delete|put|patch|head)$'),
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

-- Percent-encodes whatever RFC 3986 does not call unreserved.
create or replace function net._urlencode_string(string text) returns text
language sql immutable set search_path = '' as $$
  select coalesce(string_agg(
    case when c ~ '^[A-Za-z0-9_.~-]$' then c
      else regexp_replace(upper(encode(convert_to(c, 'UTF8'), 'hex')), '(..)', '%\1', 'g') end,
    '' order by n), '')
  from regexp_split_to_table(string, '') with ordinality as letters (c, n)
$$;

create or replace function net.freehold_enqueue(
  method text, url text, params jsonb, headers jsonb, body bytea, timeout_milliseconds integer)
returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  query text := (
    select string_agg(
      net._urlencode_string(p.key) || '=' || net._urlencode_string(coalesce(p.value, '')), '&')
    from jsonb_each_text(coalesce(params, '{}')) as p);
  request_id bigint;
begin
  if url is null or url !~* '^https?://' then
    raise exception 'net: the url must begin with http:// or https://' using errcode = '22023';
  end if;
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (freehold_enqueue.method,
    freehold_enqueue.url || coalesce(
      case when position('?' in freehold_enqueue.url) > 0 then '&' else '?' end || query, ''),
    freehold_enqueue.headers, freehold_enqueue.body,
    coalesce(freehold_enqueue.timeout_milliseconds, 5000))
  returning id into request_id;
  perform pg_catalog.pg_notify('freehold_net', '');
  return request_id;
end
$$;
revoke all on function net.freehold_enqueue(text, text, jsonb, jsonb, bytea, integer)
  from public;

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
    select h.value from jsonb_each_text(coalesce(headers, '{}')) as h
    where lower(h.key) = 'content-type' limit 1);
begin
  if content_type is not null and content_type !~* '^application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  return net.freehold_enqueue('POST', url, params,
    case when content_type is null
      then coalesce(headers, '{}') || '{"Content-Type": "application/json"}' else headers end,
    convert_to(body::text, 'UTF8'), timeout_milliseconds);
end
$$;

grant usage on schema net to postgres, anon, authenticated, service_role,
  supabase_functions_admin;
grant execute on all functions in schema net to postgres, anon, authenticated, service_role,
  supabase_functions_admin;
revoke execute on function net.freehold_enqueue(text, text, jsonb, jsonb, bytea, integer)
  from postgres, anon, authenticated, service_role, supabase_functions_admin;
grant all on all tables in schema net to postgres, service_role;
grant all on all sequences in schema net to postgres, service_role;
