-- Whatever lies in schema auth belongs to the auth server's role; the owner's SQL may read and
-- extend it, the API's roles may only call its functions.
do $$
declare
  thing record;
begin
  for thing in
    select case c.relkind when 'S' then 'sequence' when 'v' then 'view' else 'table' end as kind,
      c.oid::regclass::text as name
    from pg_class c
    where c.relnamespace = 'auth'::regnamespace
      and c.relkind in ('r', 'p', 'v', 'S')
      and c.relowner <> 'supabase_auth_admin'::regrole
      and c.relowner = current_user::regrole
      and not exists (
        select from pg_depend d where d.objid = c.oid and d.deptype in ('a', 'i') and c.relkind = 'S')
  loop
    execute format('alter %s %s owner to supabase_auth_admin', thing.kind, thing.name);
  end loop;
  for thing in
    select 'function' as kind, p.oid::regprocedure::text as name
    from pg_proc p
    where p.pronamespace = 'auth'::regnamespace and p.proowner = current_user::regrole
  loop
    execute format('alter %s %s owner to supabase_auth_admin', thing.kind, thing.name);
  end loop;
  for thing in
    select 'type' as kind, t.oid::regtype::text as name
    from pg_type t
    where t.typnamespace = 'auth'::regnamespace and t.typtype in ('e', 'd')
      and t.typowner = current_user::regrole
  loop
    execute format('alter %s %s owner to supabase_auth_admin', thing.kind, thing.name);
  end loop;
end
$$;
grant all on all tables in schema auth to postgres with grant option;
grant all on all tables in schema auth to dashboard_user;
grant all on all sequences in schema auth to postgres, dashboard_user;
