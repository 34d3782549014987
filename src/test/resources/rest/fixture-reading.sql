create type public.extent as (width int, height int);
create domain public.search_words as tsvector;
create table public.regions (id int primary key, name text not null, climate text);
create table public.lots (
  id int primary key, label text not null, region_id int constraint lots_region_fkey references public.regions,
  cost numeric, weight int, taken date);
create table public.bids (
  id int primary key, lot_id int constraint bids_lot_fkey references public.lots, amount int, bidder text);
create table public.badges (id int primary key, word text not null);
create table public.lot_badges (
  lot_id int references public.lots, badge_id int references public.badges, primary key (lot_id, badge_id));
create table public.parcels (
  id int primary key, size public.extent, sizes public.extent[], codes int[], doc json, docb jsonb,
  words text, search tsvector, known public.search_words);
create table public."Ünïcode ☃" (id int primary key, "naïve näme" text, "日本" text);
create table public.warehouses (
  id int primary key,
  stands_in int constraint warehouses_stands_fkey references public.regions,
  serves int constraint warehouses_serves_fkey references public.regions);
create view public.cheap_lots as select id, label, region_id, cost from public.lots where cost < 30;
create function public.price_tag(public.lots) returns text language sql stable as $$ select $1.cost || ' EUR' $$;
create function public.lots_above(low numeric) returns setof public.lots language sql stable as
  $$ select * from public.lots where cost > low order by id $$;

insert into public.regions values (1, 'North', 'cold'), (2, 'South', 'warm'), (3, 'Sea', null);
insert into public.lots values
  (1, 'oak', 1, 10, 5, '2024-01-01'), (2, 'elm', 1, 20, null, '2024-01-02'),
  (3, 'fig', 2, 40, 7, '2024-01-02'), (4, 'ash', null, 5, 1, null);
insert into public.bids values (1, 1, 100, 'ann'), (2, 1, 150, 'bob'), (3, 3, 70, 'ann'), (4, 3, null, 'cid');
insert into public.badges values (1, 'rare'), (2, 'old'), (3, 'unused');
insert into public.lot_badges values (1, 1), (1, 2), (3, 2);
insert into public.parcels values
  (1, (2, 3), array[(1, 1)::public.extent, (4, 5)::public.extent], '{7,8,9}',
    '{"a": {"b": [1, 2, {"c": "deep"}]}, "k": "v"}', '{"a": {"b": [1, 2, {"c": "deep"}]}, "k.x": "dotted", "-d": 1}',
    'the fat rats sat', to_tsvector('english', 'the fat rats sat'), to_tsvector('simple', 'the fat rats sat')),
  (2, (9, 1), '{}', '{}', '{"k": null}', '{"k": "w"}', 'a cat ran', to_tsvector('english', 'a cat ran'), null),
  (3, null, null, null, null, null, null, null, null);
insert into public."Ünïcode ☃" values (1, 'ä', '語'), (2, null, null);
insert into public.warehouses values (1, 1, 2), (2, 2, 2);
grant all on public.regions, public.lots, public.bids, public.badges, public.lot_badges, public.parcels,
  public."Ünïcode ☃", public.warehouses, public.cheap_lots to anon;
