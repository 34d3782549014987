-- Storage's tables and the functions policies and clients call, as Supabase names them.
-- Run as supabase_storage_admin.
do $$
begin
  if to_regtype('storage.buckettype') is null then
    create type storage.buckettype as enum ('STANDARD', 'ANALYTICS', 'VECTOR');
  end if;
end
$$;

create table if not exists storage.migrations (
  id integer primary key,
  name varchar(100) not null unique,
  hash varchar(40) not null,
  executed_at timestamp default current_timestamp
);

create table if not exists storage.buckets (
  id text primary key,
  name text not null,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  public boolean default false,
  avif_autodetection boolean default false,
  file_size_limit bigint,
  allowed_mime_types text[],
  owner_id text,
  type storage.buckettype not null default 'STANDARD'
);
alter table storage.buckets
  add column if not exists versioning_status text not null default 'DISABLED'
    constraint buckets_versioning_status_check
    check (versioning_status in ('DISABLED', 'ENABLED', 'SUSPENDED'));
create unique index if not exists bname on storage.buckets (name);

create table if not exists storage.objects (
  id uuid primary key default gen_random_uuid(),
  bucket_id text constraint "objects_bucketId_fkey" references storage.buckets (id),
  name text,
  owner uuid,
  created_at timestamptz default now(),
  updated_at timestamptz default now(),
  last_accessed_at timestamptz default now(),
  metadata jsonb,
  path_tokens text[] generated always as (string_to_array(name, '/')) stored,
  version text,
  owner_id text,
  user_metadata jsonb
);
alter table storage.objects
  add column if not exists archived_at timestamptz,
  add column if not exists is_delete_marker boolean not null default false,
  add column if not exists is_versioned boolean not null default false;
create unique index if not exists bucketid_objname on storage.objects (bucket_id, name);
create index if not exists name_prefix_search on storage.objects (name text_pattern_ops);
create index if not exists idx_objects_bucket_id_name
  on storage.objects (bucket_id, name collate "C");
create index if not exists idx_objects_bucket_id_name_lower
  on storage.objects (bucket_id, lower(name) collate "C");

create table if not exists storage.s3_multipart_uploads (
  id text primary key,
  in_progress_size bigint not null default 0,
  upload_signature text not null,
  bucket_id text not null references storage.buckets (id),
  key text collate "C" not null,
  version text not null,
  owner_id text,
  created_at timestamptz not null default now(),
  user_metadata jsonb,
  metadata jsonb
);
create index if not exists idx_multipart_uploads_list
  on storage.s3_multipart_uploads (bucket_id, key, created_at);

create table if not exists storage.s3_multipart_uploads_parts (
  id uuid primary key default gen_random_uuid(),
  upload_id text not null references storage.s3_multipart_uploads (id) on delete cascade,
  size bigint not null default 0,
  part_number integer not null,
  bucket_id text not null references storage.buckets (id),
  key text collate "C" not null,
  etag text not null,
  owner_id text,
  version text not null,
  created_at timestamptz not null default now()
);

alter table storage.migrations enable row level security;
alter table storage.buckets enable row level security;
alter table storage.objects enable row level security;
alter table storage.s3_multipart_uploads enable row level security;
alter table storage.s3_multipart_uploads_parts enable row level security;

grant all on storage.buckets, storage.objects to postgres with grant option;
grant all on storage.buckets, storage.objects to anon, authenticated, service_role;
grant select on storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts
  to anon, authenticated;
grant all on storage.s3_multipart_uploads, storage.s3_multipart_uploads_parts to service_role;

create or replace function storage.foldername(name text) returns text[]
language sql immutable as $$
  select (string_to_array(name, '/'))[1 : cardinality(string_to_array(name, '/')) - 1]
$$;
create or replace function storage.filename(name text) returns text
language sql immutable as $$
  select (string_to_array(name, '/'))[cardinality(string_to_array(name, '/'))]
$$;
create or replace function storage.extension(name text) returns text
language sql immutable as $$
  select reverse(split_part(reverse(storage.filename(name)), '.', 1))
$$;
create or replace function storage.operation() returns text
language sql stable as $$
  select current_setting('storage.operation', true)
$$;
create or replace function storage.allow_only_operation(expected_operation text) returns boolean
language sql stable as $$
  select storage.allow_any_operation(array[expected_operation])
$$;
create or replace function storage.allow_any_operation(expected_operations text[]) returns boolean
language sql stable as $$
  -- Policies may write the names with or without their leading `storage.`.
  select coalesce(
    regexp_replace(nullif(storage.operation(), ''), '^storage\.', '')
      = any (select regexp_replace(o, '^storage\.', '') from unnest(expected_operations) as o),
    false)
$$;
create or replace function storage.get_size_by_bucket()
returns table (size bigint, bucket_id text)
language sql stable as $$
  select sum((o.metadata ->> 'size')::bigint)::bigint, o.bucket_id
  from storage.objects o group by o.bucket_id
$$;
create or replace function storage.get_common_prefix(p_key text, p_prefix text, p_delimiter text)
returns text language sql immutable as $$
  select case
    when position(p_delimiter in substring(p_key from length(p_prefix) + 1)) > 0
    then left(p_key, length(p_prefix)
      + position(p_delimiter in substring(p_key from length(p_prefix) + 1))
      + length(p_delimiter) - 1)
  end
$$;

-- Raises what the policies would raise, and leaves no row.
create or replace function storage.can_insert_object(
  bucketid text, name text, owner uuid, metadata jsonb) returns void
language plpgsql as $$
begin
  insert into storage.objects (bucket_id, name, owner, metadata)
  values (bucketid, name, owner, metadata);
  raise sqlstate 'PT200' using message = 'ROLLBACK', detail = 'rollback successful insert';
end
$$;

create or replace function storage.update_updated_at_column() returns trigger
language plpgsql as $$
begin
  new.updated_at = now();
  return new;
end
$$;
create or replace trigger update_objects_updated_at before update on storage.objects
  for each row execute function storage.update_updated_at_column();

create or replace function storage.enforce_bucket_name_length() returns trigger
language plpgsql as $$
begin
  if length(new.name) > 100 then
    raise exception 'bucket name "%" is too long (% characters). Max is 100.',
      new.name, length(new.name);
  end if;
  return new;
end
$$;
create or replace trigger enforce_bucket_name_length_trigger
  before insert or update of name on storage.buckets
  for each row execute function storage.enforce_bucket_name_length();

-- A row deleted by SQL would leave its bytes behind for ever; the storage server says that it
-- takes care of them.
create or replace function storage.protect_delete() returns trigger
language plpgsql as $$
begin
  if coalesce(current_setting('storage.allow_delete_query', true), 'false') <> 'true' then
    raise exception 'Direct deletion from storage tables is not allowed. Use the Storage API instead.'
      using errcode = '42501',
        hint = 'This prevents accidental data loss from orphaned objects.';
  end if;
  return null;
end
$$;
create or replace trigger protect_buckets_delete before delete on storage.buckets
  for each statement execute function storage.protect_delete();
create or replace trigger protect_objects_delete before delete on storage.objects
  for each statement execute function storage.protect_delete();

-- The storage server keeps rows in memory; it is told which ones are not what they were. A statement
-- that changes many rows says so once. Also in a session that replicates or restores.
create or replace function storage.freehold_changed() returns trigger
language plpgsql set search_path = '' as $$
declare
  channel constant text := 'freehold_storage';
  most_rows constant integer := 32;
  most_bytes constant integer := 4000;
begin
  if tg_table_name <> 'objects' or tg_op = 'TRUNCATE' then
    perform pg_catalog.pg_notify(channel, '*');
  elsif exists (select 1 from before offset most_rows)
    or exists (select 1 from before
      where pg_catalog.octet_length(bucket_id) + pg_catalog.octet_length(name) > most_bytes)
  then
    perform pg_catalog.pg_notify(channel, '*');
  else
    perform pg_catalog.pg_notify(channel, pg_catalog.json_build_array(bucket_id, name)::text)
    from before;
  end if;
  return null;
end
$$;
create or replace trigger freehold_update_changed after update on storage.objects
  referencing old table as before for each statement execute function storage.freehold_changed();
create or replace trigger freehold_delete_changed after delete on storage.objects
  referencing old table as before for each statement execute function storage.freehold_changed();
create or replace trigger freehold_truncate_changed after truncate on storage.objects
  for each statement execute function storage.freehold_changed();
create or replace trigger freehold_buckets_changed after update or delete on storage.buckets
  for each statement execute function storage.freehold_changed();
create or replace trigger freehold_buckets_truncate_changed after truncate on storage.buckets
  for each statement execute function storage.freehold_changed();
alter table storage.objects
  enable always trigger freehold_update_changed,
  enable always trigger freehold_delete_changed,
  enable always trigger freehold_truncate_changed;
alter table storage.buckets
  enable always trigger freehold_buckets_changed,
  enable always trigger freehold_buckets_truncate_changed;
