-- The listings of Storage: one level of a bucket's tree, folders made out of names.
-- Run as supabase_storage_admin. All run as their caller, so that row level security decides.
-- By name it walks from entry to entry along the index, so that a folder of a million objects costs
-- one step: what a page costs grows with the page and its offset, not with the bucket. Upper and
-- lower case are the same to it. `levels` is what callers say; it follows from prefix and search.
create or replace function storage.search(
  prefix text, bucketname text, limits integer default 100, levels integer default 1,
  offsets integer default 0, search text default '', sortcolumn text default 'name',
  sortorder text default 'asc')
returns table (name text, id uuid, updated_at timestamptz, created_at timestamptz,
  last_accessed_at timestamptz, metadata jsonb)
language plpgsql stable as $$
declare
  wanted constant text := coalesce(prefix, '') || coalesce(search, '');
  lowest constant text := lower(wanted);
  beyond constant text := lowest || chr(1114111);
  cut constant integer := length(coalesce(prefix, ''));
  most constant integer := least(coalesce(limits, 100), 1500);
  downwards constant boolean := lower(coalesce(sortorder, 'asc')) = 'desc';
  seek text := case when downwards then beyond else lowest end;
  found text;
  slash integer;
  skipped integer := 0;
  shown integer := 0;
  file record;
begin
  if lower(coalesce(sortcolumn, 'name')) in ('updated_at', 'created_at', 'last_accessed_at') then
    return query select * from storage.search_by_column(
      prefix, bucketname, most, offsets, search, lower(sortcolumn), downwards);
    return;
  end if;
  while shown < most loop
    if downwards then
      select o.name into found from storage.objects o
      where o.bucket_id = bucketname
        and lower(o.name) collate "C" >= lowest and lower(o.name) collate "C" < seek
      order by lower(o.name) collate "C" desc limit 1;
    else
      select o.name into found from storage.objects o
      where o.bucket_id = bucketname
        and lower(o.name) collate "C" >= seek and lower(o.name) collate "C" < beyond
      order by lower(o.name) collate "C" limit 1;
    end if;
    exit when found is null;
    slash := position('/' in substring(found from length(wanted) + 1));
    if slash > 0 then
      seek := lower(left(found, length(wanted) + slash - 1))
        || case when downwards then '/' else chr(ascii('/') + 1) end;
      if skipped < offsets then
        skipped := skipped + 1;
      else
        name := substring(left(found, length(wanted) + slash - 1) from cut + 1);
        id := null; updated_at := null; created_at := null; last_accessed_at := null;
        metadata := null;
        shown := shown + 1;
        return next;
      end if;
    else
      seek := lower(found) || case when downwards then '' else chr(1) end;
      for file in
        select o.* from storage.objects o
        where o.bucket_id = bucketname and lower(o.name) collate "C" = lower(found)
        order by o.name collate "C"
      loop
        if skipped < offsets then
          skipped := skipped + 1;
        elsif shown < most then
          name := substring(file.name from cut + 1);
          id := file.id; updated_at := file.updated_at; created_at := file.created_at;
          last_accessed_at := file.last_accessed_at; metadata := file.metadata;
          shown := shown + 1;
          return next;
        end if;
      end loop;
    end if;
  end loop;
end
$$;

-- The same, by one of the times: folders, which have none, come first.
create or replace function storage.search_by_column(
  prefix text, bucketname text, most integer, offsets integer, search text, sortcolumn text,
  downwards boolean)
returns table (name text, id uuid, updated_at timestamptz, created_at timestamptz,
  last_accessed_at timestamptz, metadata jsonb)
language plpgsql stable as $$
declare
  wanted constant text := coalesce(prefix, '') || coalesce(search, '');
  pattern constant text :=
    replace(replace(replace(wanted, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  level constant integer := cardinality(string_to_array(wanted, '/'));
  direction constant text := case when downwards then 'desc' else 'asc' end;
begin
  return query execute format($query$
    with found as (
      select o.* from storage.objects o where o.bucket_id = $1 and o.name ilike $2
    ), entries as (
      select distinct 0 as kind, array_to_string(f.path_tokens[1:$3], '/') as full_name,
        null::uuid as id, null::timestamptz as updated_at, null::timestamptz as created_at,
        null::timestamptz as last_accessed_at, null::jsonb as metadata
      from found f where cardinality(f.path_tokens) > $3
      union all
      select 1, f.name, f.id, f.updated_at, f.created_at, f.last_accessed_at, f.metadata
      from found f where cardinality(f.path_tokens) = $3
    )
    select substring(e.full_name from $6), e.id, e.updated_at, e.created_at, e.last_accessed_at,
      e.metadata
    from entries e order by e.kind, e.%1$I %2$s, e.full_name collate "C" %2$s limit $4 offset $5
    $query$, sortcolumn, direction)
    using bucketname, pattern, greatest(level, 1), most, offsets,
      length(coalesce(prefix, '')) + 1;
end
$$;

-- One level of a bucket's tree by name, case told apart: folders are names up to the delimiter. It
-- walks from entry to entry along the index, as `search` does: a page costs what it shows.
create or replace function storage.entries_of_level(
  bucketname text, prefix text, delimiter text, most integer, start_after text, downwards boolean)
returns table (name text, id uuid, updated_at timestamptz, created_at timestamptz,
  last_accessed_at timestamptz, metadata jsonb)
language plpgsql stable as $$
declare
  beyond constant text := prefix || chr(1114111);
  past constant text := case when delimiter <> '' and starts_with(start_after, prefix)
    then storage.get_common_prefix(start_after, prefix, delimiter) end;
  seek text;
  folder text;
  file record;
begin
  if downwards then
    seek := case when start_after = '' then beyond
      when past <> start_after then past || chr(1114111)
      else least(start_after collate "C", beyond) end;
  else
    seek := case when start_after = '' then prefix
      when past is not null then past || chr(1114111)
      else greatest(start_after || chr(1) collate "C", prefix) end;
  end if;
  for shown in 1 .. most loop
    if downwards then
      select o.* into file from storage.objects o
      where o.bucket_id = bucketname collate "default"
        and o.name collate "C" >= prefix and o.name collate "C" < seek
      order by o.name collate "C" desc limit 1;
    else
      select o.* into file from storage.objects o
      where o.bucket_id = bucketname collate "default"
        and o.name collate "C" >= seek and o.name collate "C" < beyond
      order by o.name collate "C" limit 1;
    end if;
    exit when not found;
    folder := case when delimiter <> ''
      then storage.get_common_prefix(file.name, prefix, delimiter) end;
    if folder is null then
      seek := file.name || case when downwards then '' else chr(1) end;
      name := file.name; id := file.id; updated_at := file.updated_at;
      created_at := file.created_at; last_accessed_at := file.last_accessed_at;
      metadata := file.metadata;
    else
      seek := folder || case when downwards then '' else chr(1114111) end;
      name := folder; id := null; updated_at := null; created_at := null;
      last_accessed_at := null; metadata := null;
    end if;
    return next;
  end loop;
end
$$;

create or replace function storage.search_v2(
  prefix text, bucket_name text, limits integer default 100, levels integer default 1,
  start_after text default '', sort_order text default 'asc', sort_column text default 'name',
  sort_column_after text default '')
returns table (key text, name text, id uuid, updated_at timestamptz, created_at timestamptz,
  last_accessed_at timestamptz, metadata jsonb)
language plpgsql stable as $$
declare
  downwards boolean := lower(sort_order) = 'desc';
  direction text := case when downwards then 'desc' else 'asc' end;
  beyond text := case when downwards then '<' else '>' end;
  stamped boolean := sort_column in ('updated_at', 'created_at');
  position_of text := case when stamped
    then format('coalesce(date_trunc(''milliseconds'', e.%I), ''epoch'')', sort_column)
    else 'e.name collate "C"' end;
  after text := case
    when coalesce(start_after, '') = '' then 'true'
    when stamped and coalesce(sort_column_after, '') <> ''
    then format('(%s, e.name collate "C") %s ($5::timestamptz, $4)', position_of, beyond)
    else format('e.name collate "C" %s $4', beyond) end;
begin
  if not stamped and levels = greatest(1, cardinality(string_to_array(coalesce(prefix, ''), '/')))
  then
    return query
      select (string_to_array(e.name, '/'))[levels], e.name, e.id, e.updated_at, e.created_at,
        e.last_accessed_at, e.metadata
      from storage.entries_of_level(
        bucket_name, coalesce(prefix, ''), '/', coalesce(limits, 100), coalesce(start_after, ''), downwards) e;
    return;
  end if;
  return query execute format($query$
    with found as (
      select o.* from storage.objects o
      where o.bucket_id = $1 and starts_with(o.name, $2)
    ), entries as (
      select distinct f.path_tokens[$3] as key,
        array_to_string(f.path_tokens[1:$3], '/') || '/' as name, null::uuid as id,
        null::timestamptz as updated_at, null::timestamptz as created_at,
        null::timestamptz as last_accessed_at, null::jsonb as metadata
      from found f where cardinality(f.path_tokens) > $3
      union all
      select f.path_tokens[$3], f.name, f.id, f.updated_at, f.created_at, f.last_accessed_at,
        f.metadata
      from found f where cardinality(f.path_tokens) = $3
    )
    select e.key, e.name, e.id, e.updated_at, e.created_at, e.last_accessed_at, e.metadata
    from entries e where %1$s order by %2$s %3$s, e.name collate "C" %3$s limit $6
    $query$, after, position_of, direction)
    using bucket_name, coalesce(prefix, ''), levels, start_after,
      nullif(sort_column_after, ''), limits;
end
$$;

create or replace function storage.search_by_timestamp(
  p_prefix text, p_bucket_id text, p_limit integer, p_level integer, p_start_after text,
  p_sort_order text, p_sort_column text, p_sort_column_after text)
returns table (key text, name text, id uuid, updated_at timestamptz, created_at timestamptz,
  last_accessed_at timestamptz, metadata jsonb)
language sql stable as $$
  select * from storage.search_v2(p_prefix, p_bucket_id, p_limit, p_level, p_start_after,
    p_sort_order, p_sort_column, p_sort_column_after)
$$;

create or replace function storage.list_objects_with_delimiter(
  _bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
  start_after text default '', next_token text default '', sort_order text default 'asc')
returns table (name text, id uuid, metadata jsonb, updated_at timestamptz,
  created_at timestamptz, last_accessed_at timestamptz)
language sql stable as $$
  select e.name, e.id, e.metadata, e.updated_at, e.created_at, e.last_accessed_at
  from storage.entries_of_level(
    _bucket_id, coalesce(prefix_param, ''), coalesce(delimiter_param, ''), coalesce(max_keys, 100),
    case
      when coalesce(start_after, '') = '' or coalesce(next_token, '') = ''
        then coalesce(start_after, '') || coalesce(next_token, '')
      when lower(sort_order) = 'desc' then least(start_after collate "C", next_token)
      else greatest(start_after collate "C", next_token)
    end,
    lower(sort_order) = 'desc') e
$$;

create or replace function storage.list_multipart_uploads_with_delimiter(
  bucket_id text, prefix_param text, delimiter_param text, max_keys integer default 100,
  next_key_token text default '', next_upload_token text default '')
returns table (key text, id text, created_at timestamptz)
language sql stable as $$
  with found as (
    select u.key, u.id, u.created_at,
      case when delimiter_param <> ''
        then storage.get_common_prefix(u.key, coalesce(prefix_param, ''), delimiter_param)
      end as folder
    from storage.s3_multipart_uploads u
    where u.bucket_id = list_multipart_uploads_with_delimiter.bucket_id
      and starts_with(u.key, coalesce(prefix_param, ''))
  ), entries as (
    select distinct on (coalesce(f.folder, f.key), case when f.folder is null then f.id end)
      coalesce(f.folder, f.key) as key, f.id, f.created_at
    from found f
    order by coalesce(f.folder, f.key), case when f.folder is null then f.id end, f.created_at
  )
  select e.key, e.id, e.created_at from entries e
  where next_key_token = ''
    or e.key collate "C" > next_key_token
    or (next_upload_token <> '' and e.key = next_key_token and e.id collate "C" > next_upload_token)
  order by e.key collate "C", e.created_at limit max_keys
$$;
