-- What Realtime listens to. The app's own SQL adds its tables to the first one.
do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  if not exists (
    select from pg_publication where pubname = 'supabase_realtime_messages_publication') then
    create publication supabase_realtime_messages_publication
      for table realtime.messages with (publish = 'insert', publish_via_partition_root = true);
  end if;
end
$$;
alter publication supabase_realtime owner to postgres;

-- Broadcast messages are kept for three days, for those who ask for a replay.
create index if not exists messages_default_inserted_at
  on realtime.messages_default (inserted_at);
create or replace function freehold.forget_realtime_messages() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  forgotten bigint;
begin
  delete from realtime.messages where inserted_at < (now() at time zone 'utc') - interval '3 days';
  get diagnostics forgotten = row_count;
  return forgotten;
end
$$;
revoke all on function freehold.forget_realtime_messages() from public;
grant usage on schema freehold to authenticator;
grant execute on function freehold.forget_realtime_messages() to authenticator;
