-- Vault's table, view and functions. Secrets are sealed with pgcrypto: AES-256-CBC, then HMAC over
-- row id, nonce and sealed bytes, under two keys derived from one. That key lies in a file beside
-- the data folder (`file`) where Freehold runs the server, and in this table on others (`key`).
create schema if not exists vault authorization supabase_admin;
create table if not exists freehold.vault_key (
  only_one boolean primary key default true check (only_one),
  key text,
  file text
);
alter table freehold.vault_key alter key drop not null, add column if not exists file text;
revoke all on freehold.vault_key from public, postgres;
insert into freehold.vault_key (key)
  values (encode(extensions.gen_random_bytes(32), 'base64')) on conflict do nothing;

create table if not exists vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text unique,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea default extensions.gen_random_bytes(16),
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);

create or replace function freehold.vault_root() returns bytea
language plpgsql stable security definer set search_path = '' as $$
declare
  place freehold.vault_key := (select k from freehold.vault_key k);
  root bytea := decode(
    coalesce(pg_catalog.pg_read_file(place.file, 0, 1000, true), place.key), 'base64');
begin
  if length(root) is distinct from 32 then
    raise exception 'the vault has no key'
      using errcode = '55000', hint = 'Freehold hands it over when it starts the database';
  end if;
  return root;
end
$$;

create or replace function freehold.vault_seal(
  root bytea, secret text, id uuid, nonce bytea) returns text
language plpgsql immutable set search_path = '' as $$
declare
  sealed bytea := extensions.encrypt_iv(convert_to(secret, 'UTF8'),
    extensions.hmac('freehold vault cipher'::bytea, root, 'sha256'), nonce, 'aes-cbc');
begin
  return encode(sealed || extensions.hmac(
    convert_to(id::text, 'UTF8') || nonce || sealed,
    extensions.hmac('freehold vault mac'::bytea, root, 'sha256'), 'sha256'), 'base64');
end
$$;

create or replace function freehold.vault_unseal(
  root bytea, secret text, id uuid, nonce bytea) returns text
language plpgsql immutable set search_path = '' as $$
declare
  whole bytea := decode(secret, 'base64');
  sealed bytea := substr(whole, 1, greatest(length(whole) - 32, 0));
begin
  if length(whole) < 48 or substr(whole, length(whole) - 31) is distinct from extensions.hmac(
    convert_to(id::text, 'UTF8') || nonce || sealed,
    extensions.hmac('freehold vault mac'::bytea, root, 'sha256'), 'sha256') then
    raise exception 'a vault secret does not open with this key' using errcode = '22000',
      hint = 'It was sealed elsewhere, or its row was changed: set its value again by'
        ' vault.update_secret';
  end if;
  return convert_from(extensions.decrypt_iv(sealed,
    extensions.hmac('freehold vault cipher'::bytea, root, 'sha256'), nonce, 'aes-cbc'), 'UTF8');
end
$$;

-- Seals all anew under the key at the new place; the old key is in `freehold.vault_key` still.
create or replace function freehold.vault_move(new_key text, new_file text) returns void
language plpgsql security definer set search_path = '' as $$
declare
  old_root bytea;
  new_root bytea := decode(
    coalesce(pg_catalog.pg_read_file(new_file, 0, 1000, true), new_key), 'base64');
begin
  if length(new_root) is distinct from 32 then
    raise exception 'the vault key is not 32 bytes in base64' using errcode = '55000';
  end if;
  if exists (select from vault.secrets) then
    old_root := freehold.vault_root();
    if old_root <> new_root then
      alter table vault.secrets disable trigger freehold_seal;
      update vault.secrets s
      set secret = freehold.vault_seal(new_root,
        freehold.vault_unseal(old_root, s.secret, s.id, s.nonce), s.id, s.nonce);
      alter table vault.secrets enable trigger freehold_seal;
    end if;
  end if;
  insert into freehold.vault_key (key, file) values (new_key, new_file)
  on conflict (only_one) do update set key = excluded.key, file = excluded.file;
end
$$;
revoke all on function freehold.vault_root(), freehold.vault_seal(bytea, text, uuid, bytea),
  freehold.vault_unseal(bytea, text, uuid, bytea), freehold.vault_move(text, text) from public;

create or replace function vault.freehold_seal() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  root bytea;
begin
  if tg_op = 'INSERT' or (new.secret, new.id, new.nonce)
    is distinct from (old.secret, old.id, old.nonce) then
    root := freehold.vault_root();
    if tg_op = 'UPDATE' and new.secret = old.secret then
      new.secret := freehold.vault_unseal(root, old.secret, old.id, old.nonce);
    end if;
    new.nonce := extensions.gen_random_bytes(16);
    new.secret := freehold.vault_seal(root, new.secret, new.id, new.nonce);
  end if;
  new.updated_at := current_timestamp;
  return new;
end
$$;
create or replace trigger freehold_seal before insert or update on vault.secrets
  for each row execute function vault.freehold_seal();

-- One secret that does not open hides itself, not the others.
create or replace function vault.freehold_open(secret text, id uuid, nonce bytea) returns text
language plpgsql stable security definer set search_path = '' as $$
begin
  return freehold.vault_unseal(freehold.vault_root(), secret, id, nonce);
exception when data_exception or invalid_parameter_value then
  raise warning 'vault secret % does not open with this key', id
    using hint = 'It was sealed elsewhere: set its value again by vault.update_secret';
  return null;
end
$$;
create or replace view vault.decrypted_secrets as
  select s.id, s.name, s.description, s.secret,
    vault.freehold_open(s.secret, s.id, s.nonce) as decrypted_secret,
    s.key_id, s.nonce, s.created_at, s.updated_at
  from vault.secrets s;

create or replace function vault.create_secret(
  new_secret text, new_name text default null, new_description text default '',
  new_key_id uuid default null) returns uuid
language sql security definer set search_path = '' as $$
  insert into vault.secrets (secret, name, description, key_id)
  values (new_secret, new_name, coalesce(new_description, ''), new_key_id)
  returning id
$$;
create or replace function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null,
  new_description text default null, new_key_id uuid default null) returns void
language sql security definer set search_path = '' as $$
  update vault.secrets s
  set secret = coalesce(new_secret, s.secret), name = coalesce(new_name, s.name),
    description = coalesce(new_description, s.description), key_id = coalesce(new_key_id, s.key_id)
  where s.id = secret_id
$$;

revoke all on all functions in schema vault from public;
grant usage on schema vault to postgres with grant option;
grant usage on schema vault to service_role;
grant select, insert, update, delete on vault.secrets to postgres with grant option;
grant select on vault.decrypted_secrets to postgres with grant option;
grant select, delete on vault.secrets to service_role;
grant select on vault.decrypted_secrets to service_role;
grant execute on function vault.create_secret(text, text, text, uuid),
  vault.update_secret(uuid, text, text, text, uuid), vault.freehold_open(text, uuid, bytea)
  to postgres with grant option;
grant execute on function vault.create_secret(text, text, text, uuid),
  vault.update_secret(uuid, text, text, text, uuid), vault.freehold_open(text, uuid, bytea)
  to service_role;
