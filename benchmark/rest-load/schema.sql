-- What `./rest` reads and writes: 100,000 items of 100 owners, each seeing only their own.
create role anon nologin;
create role member nologin;
create role authenticator login noinherit;
grant anon, member to authenticator;
-- pgbench prepares its statements before it runs any, so its role must see the tables by itself.
create role pgbench login;
grant anon, member to pgbench;
create schema api;
grant usage on schema api to anon, member;

create function api.me() returns uuid language sql stable as
  $$ select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub')::uuid $$;
create function api.owner(n int) returns uuid language sql immutable as
  $$ select ('00000000-0000-4000-8000-' || lpad((n % 100)::text, 12, '0'))::uuid $$;

create table api.shops (id int primary key, name text not null);
create table api.items (
  id int primary key, owner uuid not null, shop_id int not null references api.shops,
  title text not null, price numeric not null, made timestamptz not null);
create table api.reviews (
  id int primary key, item_id int not null references api.items, owner uuid not null,
  stars int not null, words text not null);
create table api.notes (
  id bigint generated always as identity primary key, owner uuid not null default api.me(),
  body text not null, made timestamptz not null default now());

insert into api.shops select n, 'Shop ' || n from generate_series(1, 200) n;
insert into api.items
  select n, api.owner(n), 1 + n % 200, 'Item number ' || n, (n % 1000) / 10.0,
         timestamptz '2026-01-01 00:00+00' + n * interval '1 minute'
    from generate_series(1, 100000) n;
insert into api.reviews
  select n, 1 + n % 100000, api.owner(1 + n % 100000), 1 + n % 5, 'Words of review ' || n
    from generate_series(1, 200000) n;
create index on api.items (owner, made);
create index on api.reviews (item_id);

alter table api.items enable row level security;
alter table api.reviews enable row level security;
alter table api.notes enable row level security;
create policy own on api.items using (owner = (select api.me()));
create policy own on api.reviews using (owner = (select api.me()));
create policy own on api.notes
  using (owner = (select api.me())) with check (owner = (select api.me()));

create function api.add(a int, b int) returns int language sql immutable as 'select a + b';
create function api.much(megabytes int) returns setof text language sql stable as
  $$ select repeat('0123456789abcdef', 65536) from generate_series(1, megabytes) $$;

grant select, insert on all tables in schema api to member;
vacuum analyze;
