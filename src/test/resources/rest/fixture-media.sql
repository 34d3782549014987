-- What goes in and comes out: media types of the database's own, domains that are shown and read in
-- another form than they are kept, and targets of writes. Loaded after fixture.sql.

-- Media types.
create domain public."text/plain" as text;
create domain public."text/html" as text;
create domain public."text/xml" as pg_catalog.xml;
create domain public."application/octet-stream" as bytea;
create domain public."image/gif" as bytea;
create domain public."application/vnd.tally" as text;
create domain public."application/vnd.lines" as text;
create domain public."application/json" as json;
create domain public."text/csv" as text;
create domain public."*/*" as bytea;

create table public.scores (id int primary key, player text not null, points int);
create table public.labels (id int primary key, label text);
create table public.blobs (id int primary key, content bytea);
create table public.plain_json (id int primary key, word text);

create function private.tally(state text, r public.scores) returns public."application/vnd.tally" language sql immutable as
  $$ select state || r.player || '=' || coalesce(r.points::text, '?') || ';' $$;
create aggregate public.tally(public.scores) (
  sfunc = private.tally, stype = public."application/vnd.tally", initcond = '');
create function private.lines(state text, r anyelement) returns public."application/vnd.lines" language sql immutable as
  $$ select state || r::text || '|' $$;
create aggregate public.lines(anyelement) (
  sfunc = private.lines, stype = public."application/vnd.lines", initcond = '');
create function private.label_csv(state text, r public.labels) returns public."text/csv" language sql immutable as
  $$ select state || E'\n' || r.id || ';' || r.label $$;
create aggregate public.label_csv(public.labels) (
  sfunc = private.label_csv, stype = public."text/csv", initcond = 'id;label');
create function private.word_json(state json, r public.plain_json) returns public."application/json" language sql immutable as
  $$ select json_build_object('words', coalesce(state->>'words', '') || r.word) $$;
create aggregate public.word_json(public.plain_json) (sfunc = private.word_json, stype = public."application/json");
create function private.blob(state bytea, r public.blobs) returns public."*/*" language sql immutable as
  $$ select state || r.content $$;
create aggregate public.blob(public.blobs) (sfunc = private.blob, stype = public."*/*", initcond = '');

create function public.page(title text default 'home') returns public."text/html" language sql immutable as
  $$ select '<h1>' || title || '</h1>' $$;
create function public.motto() returns public."text/plain" language sql immutable as $$ select 'Own your data'::text $$;
create function public.feed() returns public."text/xml" language sql immutable as $$ select '<feed/>'::xml $$;
create function public.dot() returns public."image/gif" language sql immutable as $$ select 'GIF89a'::bytea $$;
create function public.raw() returns public."application/octet-stream" language sql immutable as $$ select 'raw'::bytea $$;
create function public.anything() returns public."*/*" language plpgsql stable as $$
declare wanted text := current_setting('request.headers')::json->>'accept';
begin
  case wanted
    when 'text/css' then perform set_config('response.headers', '[{"Content-Type":"text/css"}]', true);
    when 'image/webp' then raise sqlstate 'PT406' using message = 'not that';
    else null;
  end case;
  return convert_to('got ' || coalesce(wanted, 'nothing'), 'UTF8');
end $$;
create function public.all_scores() returns setof public.scores language sql stable as $$ select * from public.scores $$;
create function public.top_score() returns public.scores language sql stable as
  $$ select * from public.scores order by points desc nulls last limit 1 $$;
create function public.mottos() returns setof public."text/plain" language sql immutable as $$ values ('a'::text), ('b') $$;
create function public.nobody() returns public.scores language sql stable as $$ select * from public.scores where false $$;

-- Stands in for PostGIS, which is not everywhere.
create function extensions.st_asgeojson(r anyelement) returns text language sql stable as $$
  select json_build_object('type', 'Feature', 'geometry', to_jsonb(r)->'shape',
    'properties', to_jsonb(r) - 'shape')::text $$;
create table public.shapes (id int primary key, name text, shape json);

-- Domain representations.
create domain public.color as int check (value between 0 and 16777215);
create domain public.moment as timestamptz;
create domain public.packed as bytea;
create function public.json(c public.color) returns json language sql immutable as
  $$ select to_json('#' || lpad(to_hex(c::int), 6, '0')) $$;
create function public.color(j json) returns public.color language sql immutable as
  $$ select public.color(j #>> '{}') $$;
create function public.color(t text) returns public.color language sql immutable as $$
  select (('x' || lpad(substr(t, 2), 8, '0'))::bit(32)::int)::public.color $$;
create function public.json(m public.moment) returns json language sql immutable as
  $$ select to_json(extract(epoch from m::timestamptz)::bigint) $$;
create function public.moment(t text) returns public.moment language sql immutable as
  $$ select to_timestamp(t::bigint)::public.moment $$;
create function public.json(p public.packed) returns json language sql immutable as
  $$ select to_json(encode(p::bytea, 'base64')) $$;
create function public.packed(j json) returns public.packed language sql immutable as
  $$ select decode(j #>> '{}', 'base64')::public.packed $$;
create cast (public.color as json) with function public.json(public.color) as implicit;
create cast (json as public.color) with function public.color(json) as implicit;
create cast (text as public.color) with function public.color(text) as implicit;
create cast (public.moment as json) with function public.json(public.moment) as implicit;
create cast (text as public.moment) with function public.moment(text) as implicit;
create cast (public.packed as json) with function public.json(public.packed) as implicit;
create cast (json as public.packed) with function public.packed(json) as implicit;
create table public.paints (
  id int primary key, name text, shade public.color default '255'::int, mixed public.moment, sample public.packed);
create table public.walls (id int primary key, paint_id int references public.paints, height int);
create function public.dark(public.paints) returns public.color language sql immutable as
  $$ select ($1.shade::int / 2)::public.color $$;
create view public.paints_view as select id, name, shade, (shade::int / 2)::public.color as dark from public.paints;
create function public.all_paints() returns setof public.paints language sql stable as $$ select * from public.paints $$;

-- Writes.
create table public.stock (
  id int generated by default as identity primary key, code text unique not null, amount int not null default 1,
  tags text[], attributes jsonb, bag json, seen timestamptz default '2020-01-01T00:00:00Z', kind public.mood default 'ok');
create table public.fixed (id int generated always as identity primary key, name text, twice text generated always as (name || name) stored);
create table public.pairs_kept (a int, b text, c date, primary key (a, b));
create view public.stock_view as select id, code, amount from public.stock;
create view public.joined_stock as select s.id, s.code, c.name from public.stock s left join public.clients c on c.id = s.id;
create function private.insert_joined() returns trigger language plpgsql as $$ begin
  insert into public.stock (id, code) values (new.id, coalesce(new.code, 'from view')) returning code into new.code;
  return new; end $$;
create trigger put_through instead of insert on public.joined_stock for each row execute function private.insert_joined();
create table public.moody (id int primary key, name text);
create function private.moody() returns trigger language plpgsql as $$ begin
  perform set_config('response.status', '299', true);
  perform set_config('response.headers', '[{"X-Mood":"fine"},{"Location":"/elsewhere"}]', true);
  return new; end $$;
create trigger moody before insert or update on public.moody for each row execute function private.moody();
create table public.write_only (id int primary key, word text);
create table public.half_open (id int primary key, open text, shut text);

-- Calls.
create function public.add_all(numbers int[]) returns int language sql immutable as $$ select sum(n)::int from unnest(numbers) n $$;
create function public.add_each(variadic numbers int[] default '{}') returns int language sql immutable as
  $$ select coalesce(sum(n), 0)::int from unnest(numbers) n $$;
create function public.describe(r json, prefix text default 'it: ') returns text language sql immutable as
  $$ select prefix || (r->>'name') $$;
create function public.echo_row(r public.clients) returns public.clients language sql immutable as $$ select $1 $$;
create function public.point() returns table (x int, y int) language sql immutable as $$ select 1, 2 $$;
create function public.out_pair(a int, out double int, out triple int) language sql immutable as $$ select a * 2, a * 3 $$;
create function public.in_out(inout n int) language sql immutable as $$ select n + 1 $$;
create function public.int_array() returns int[] language sql immutable as $$ select array[1, 2, 3] $$;
create function public.mood_of(m public.mood) returns public.mood language sql immutable as $$ select m $$;
create function public.null_text() returns text language sql immutable as $$ select null::text $$;
create function public.null_set() returns setof text language sql immutable as $$ values (null), ('x') $$;
create function public.no_rows() returns setof public.clients language sql stable as $$ select * from public.clients where false $$;
create function public.jsonb_whole(jsonb) returns jsonb language sql immutable as $$ select $1 || '{"seen": true}' $$;
create function public.xml_whole(xml) returns xml language sql immutable as $$ select xmlelement(name wrapped, $1) $$;
create function public.both(json) returns text language sql immutable as $$ select 'json' $$;
create function public.both(jsonb) returns text language sql immutable as $$ select 'jsonb' $$;
create function public.either(text) returns text language sql immutable as $$ select 'text' $$;
create function public.either(bytea) returns text language sql immutable as $$ select 'bytea' $$;
create function public.either(a int) returns text language sql immutable as $$ select 'named' $$;
create function public.only_int(int) returns int language sql immutable as $$ select $1 $$;
create function public.needs(a int, b int default 2, c int default 3) returns int language sql immutable as $$ select a + b + c $$;
create function public.all_default(a int default 1, b int default 2) returns int language sql immutable as $$ select a + b $$;
create function public.fixed_char(c char(3), b bit(2)) returns text language sql immutable as $$ select c || '/' || b::text $$;
create function public."odd fn"("a b" text) returns text language sql immutable as $$ select "a b" $$;
create function public.quick() returns text language sql stable set statement_timeout = '5s' as
  $$ select current_setting('statement_timeout') $$;
create function public.add_client(id int, name text) returns public.clients language sql as
  $$ insert into public.clients values (id, name) returning * $$;
create function public.set_out() returns setof record language sql immutable as $$ select 1, 2 $$;
create function public.fails_late() returns int language plpgsql as $$ begin
  insert into public.logs values (5, 'late'); raise exception 'too late' using errcode = 'P0001', hint = 'be early'; end $$;
create function public.missing_table() returns int language plpgsql as $$ begin return (select x from not_there); end $$;
create function public.divide(a int, b int) returns int language sql immutable as $$ select a / b $$;
create function public.two_rows() returns int language plpgsql as $$ begin return (select n from generate_series(1, 2) n); end $$;
create function public.bad_status_name() returns int language plpgsql as $$ begin
  perform set_config('response.status', '', true); perform set_config('response.headers', '[{"A":"1","B":"2"}]', true);
  return 1; end $$;

create function private.seed_media() returns void language sql as $seed$
  truncate public.scores, public.labels, public.blobs, public.plain_json, public.shapes, public.paints, public.walls,
    public.stock, public.fixed, public.pairs_kept, public.moody, public.write_only, public.half_open
    restart identity cascade;
  insert into public.scores values (1, 'Ada', 10), (2, 'Bob', null), (3, 'Cyd', 7);
  insert into public.labels values (1, 'one'), (2, 'two');
  insert into public.blobs values (1, 'abc'), (2, 'def');
  insert into public.plain_json values (1, 'hello '), (2, 'world');
  insert into public.shapes values (1, 'dot', '{"type":"Point","coordinates":[1,2]}');
  insert into public.paints (id, name, shade, mixed, sample) values
    (1, 'sky', 43775, to_timestamp(0), 'abc'), (2, 'rose', 16711935, to_timestamp(86400), null), (3, 'none', null, null, null);
  insert into public.walls values (1, 1, 250), (2, 2, 300), (3, 1, 270);
  insert into public.stock (code, amount, tags, attributes, bag) values
    ('bolt', 5, '{metal,small}', '{"size": {"mm": 3}}', '{"b":1,"a":2}'), ('nut', 7, null, null, null);
  insert into public.fixed (name) values ('ab');
  insert into public.pairs_kept values (1, 'x', '2024-01-01'), (1, 'y', null);
  insert into public.moody values (1, 'calm');
  insert into public.write_only values (1, 'hidden');
  insert into public.half_open values (1, 'seen', 'unseen');
$seed$;
select private.seed_media();
grant all on public.scores, public.labels, public.blobs, public.plain_json, public.shapes, public.paints, public.walls,
  public.paints_view, public.stock, public.fixed, public.pairs_kept, public.stock_view, public.joined_stock, public.moody
  to anon, authenticated, service_role;
grant insert, update, delete on public.write_only to anon, authenticated, service_role;
grant insert, delete on public.half_open to anon, authenticated, service_role;
grant select (id, open), update (open) on public.half_open to anon, authenticated, service_role;
grant all on all sequences in schema public to anon, authenticated, service_role;
