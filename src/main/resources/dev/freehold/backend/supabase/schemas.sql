-- Schemas, extensions, publications and default privileges of a Supabase database.
create schema if not exists extensions authorization postgres;
create schema if not exists auth authorization supabase_auth_admin;
create schema if not exists storage authorization supabase_storage_admin;
create schema if not exists realtime authorization supabase_realtime_admin;
create schema if not exists _realtime authorization supabase_realtime_admin;
create schema if not exists graphql authorization supabase_admin;
create schema if not exists graphql_public authorization supabase_admin;
create schema if not exists supabase_functions authorization supabase_functions_admin;
create schema if not exists supabase_migrations authorization postgres;
create schema if not exists pgbouncer authorization pgbouncer;
create schema if not exists freehold authorization supabase_admin;

do $$
begin
  execute format('grant all on database %I to postgres, dashboard_user', current_database());
  execute format('alter database %I owner to postgres', current_database());
  execute format('grant create on database %I to supabase_auth_admin, supabase_storage_admin,
    supabase_realtime_admin, supabase_functions_admin', current_database());
end
$$;

create extension if not exists pgcrypto schema extensions;
create extension if not exists "uuid-ossp" schema extensions;

create table if not exists supabase_migrations.schema_migrations (
  version text primary key,
  statements text[],
  name text,
  created_by text,
  idempotency_key text unique
);
alter table supabase_migrations.schema_migrations owner to postgres;

grant usage on schema public, extensions, auth, storage, realtime, graphql_public
  to postgres, anon, authenticated, service_role;
grant all on schema extensions, auth, storage, realtime to dashboard_user;
grant usage on schema public to supabase_auth_admin, supabase_storage_admin,
  supabase_realtime_admin;
grant usage on schema extensions to public;

-- Row level security is the only guard of `public`: whatever the app creates there is open to the
-- API's roles, and its policies decide. This is how Supabase made its databases until 2026, and how
-- it runs the ones made before.
alter default privileges for role postgres in schema public, storage
  grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public, storage
  grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role postgres in schema public, storage
  grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public, graphql_public
  grant all on tables to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public, graphql_public
  grant all on sequences to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema public, graphql_public
  grant all on functions to postgres, anon, authenticated, service_role;
alter default privileges for role supabase_admin in schema extensions
  grant all on tables to postgres with grant option;
alter default privileges for role supabase_admin in schema extensions
  grant all on sequences to postgres with grant option;
alter default privileges for role supabase_admin in schema extensions
  grant all on functions to postgres with grant option;
alter default privileges for role supabase_admin in schema realtime
  grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_admin in schema realtime
  grant all on sequences to postgres, dashboard_user;
alter default privileges for role supabase_admin in schema realtime
  grant all on functions to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on sequences to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth
  grant all on functions to postgres, dashboard_user;

-- Supabase's own servers let the owner move an extension, whose objects belong to a superuser.
create or replace function freehold.move_extension(extension name, schema name) returns void
language plpgsql security definer set search_path = '' as $$
begin
  execute format('alter extension %I set schema %I', extension, schema);
end
$$;
revoke all on function freehold.move_extension(name, name) from public;
grant usage on schema freehold to postgres;
grant execute on function freehold.move_extension(name, name) to postgres;
