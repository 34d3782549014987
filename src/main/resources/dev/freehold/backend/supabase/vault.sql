-- Vault's table, view and functions. Secrets are sealed with pgcrypto under a key that lies in a
-- table only the superuser reads: the rows alone, as in a dump of schema vault, tell nothing.
create schema if not exists vault authorization supabase_admin;
create table if not exists freehold.vault_key (
  only_one boolean primary key default true check (only_one),
  key text not null
);
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

create or replace function vault.freehold_seal() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' or new.secret is distinct from old.secret then
    new.secret := encode(extensions.pgp_sym_encrypt(new.secret,
      (select k.key from freehold.vault_key k), 'cipher-algo=aes256, s2k-mode=1'), 'base64');
  end if;
  new.updated_at := current_timestamp;
  return new;
end
$$;
create or replace trigger freehold_seal before insert or update on vault.secrets
  for each row execute function vault.freehold_seal();

create or replace function vault.freehold_open(secret text) returns text
language sql stable security definer set search_path = '' as $$
  select extensions.pgp_sym_decrypt(decode(secret, 'base64'),
    (select k.key from freehold.vault_key k))
$$;

create or replace view vault.decrypted_secrets as
  select s.id, s.name, s.description, s.secret, vault.freehold_open(s.secret) as decrypted_secret,
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
  vault.update_secret(uuid, text, text, text, uuid), vault.freehold_open(text)
  to postgres with grant option;
grant execute on function vault.create_secret(text, text, text, uuid),
  vault.update_secret(uuid, text, text, text, uuid), vault.freehold_open(text)
  to service_role;
