-- The roles a Supabase database has, by the same names, so that the app's own SQL finds them.
-- Run as a superuser, any number of times. Roles belong to the whole server.
do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('supabase_admin',             'login superuser createdb createrole replication bypassrls'),
      ('postgres',                   'login createdb createrole replication bypassrls'),
      ('anon',                       'nologin inherit'),
      ('authenticated',              'nologin inherit'),
      ('service_role',               'nologin inherit bypassrls'),
      ('authenticator',              'login noinherit'),
      ('supabase_auth_admin',        'login noinherit createrole'),
      ('supabase_storage_admin',     'login noinherit createrole'),
      ('supabase_realtime_admin',    'login noinherit createrole'),
      ('supabase_replication_admin', 'login replication'),
      ('supabase_read_only_user',    'login bypassrls'),
      ('supabase_functions_admin',   'login noinherit createrole'),
      ('supabase_etl_admin',         'login replication'),
      ('dashboard_user',             'nologin createdb createrole replication'),
      ('pgbouncer',                  'login'),
      -- Lovable's own hand in a database. Here nobody enters by it; schema migrations grant to it.
      ('sandbox_exec',               'nologin inherit')
    ) as roles (name, attributes)
  loop
    if not exists (select from pg_roles where rolname = wanted.name) then
      begin
        execute format('create role %I with %s', wanted.name, wanted.attributes);
      exception when duplicate_object or unique_violation then
        null; -- another database of the same server is being prepared at this moment
      end;
    end if;
  end loop;
end
$$;

grant anon, authenticated, service_role to authenticator;
grant authenticator to supabase_storage_admin;
grant pg_read_all_data to supabase_read_only_user, supabase_etl_admin;

-- The role that runs the app's own SQL is no superuser. It may do what apps do: triggers on
-- auth.users, policies on storage.objects and realtime.messages, settings of the API's roles.
grant anon, authenticated, service_role, authenticator to postgres with admin option;
grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin,
  supabase_functions_admin to postgres;
grant pg_monitor, pg_signal_backend to postgres;

-- A load of rows goes by without triggers, as it may where the app comes from.
grant set on parameter session_replication_role to postgres;
-- Settings with a prefix of their own may be stored by those who are granted them by name.
grant set on parameter
  pgrst.db_schemas, pgrst.db_extra_search_path, pgrst.db_max_rows, pgrst.db_pre_request,
  pgrst.db_aggregates_enabled, pgrst.db_plan_enabled, pgrst.db_tx_end, pgrst.openapi_mode,
  pgrst.jwt_secret, pgrst.jwt_aud, app.jwt_secret, app.settings.jwt_secret, app.settings.jwt_exp,
  app.settings.service_role_key, app.settings.supabase_url, app.settings.anon_key,
  app.supabase_url, app.service_role_key
  to postgres;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
do $$
begin
  -- The owner's own superuser keeps its settings.
  if not (select rolsuper from pg_roles where rolname = 'postgres') then
    alter role postgres set search_path = "$user", public, extensions;
  end if;
end
$$;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = 60000;
alter role supabase_storage_admin set search_path = storage;
alter role supabase_read_only_user set default_transaction_read_only = on;
