-- A queue of mails with what works it off, as apps from Lovable have them: without job and secret.
create extension if not exists pg_net with schema extensions;
create extension if not exists pgmq;
select pgmq.create('auth_emails'), pgmq.create('transactional_emails');
select pgmq.create('auth_emails_dlq'), pgmq.create('transactional_emails_dlq');

create table public.email_send_log (
  id bigint generated always as identity primary key,
  message_id text,
  status text not null,
  error_message text
);
create table public.email_send_state (
  id integer primary key check (id = 1),
  retry_after_until timestamptz
);
insert into public.email_send_state values (1);
alter table public.email_send_log enable row level security;
alter table public.email_send_state enable row level security;
grant all on public.email_send_log, public.email_send_state to service_role;

create function public.enqueue_email(queue_name text, payload jsonb) returns bigint
language sql security definer as $$ select pgmq.send(queue_name, payload) $$;
create function public.read_email_batch(queue_name text, batch_size integer, vt integer)
returns table (msg_id bigint, read_ct integer, message jsonb)
language sql security definer as $$
  select r.msg_id, r.read_ct, r.message from pgmq.read(queue_name, vt, batch_size) r
$$;
create function public.delete_email(queue_name text, message_id bigint) returns boolean
language sql security definer as $$ select pgmq.delete(queue_name, message_id) $$;
create function public.move_to_dlq(
  source_queue text, dlq_name text, message_id bigint, payload jsonb) returns bigint
language sql security definer as $$
  select pgmq.delete(source_queue, message_id);
  select pgmq.send(dlq_name, payload)
$$;
revoke execute on function public.enqueue_email, public.read_email_batch, public.delete_email,
  public.move_to_dlq from public, anon, authenticated;
grant execute on function public.enqueue_email, public.read_email_batch, public.delete_email,
  public.move_to_dlq to service_role;
