-- Two bookings of one salon may not start at the same minute unless one is cancelled.
CREATE UNIQUE INDEX bookings_one_at_a_time
ON public.bookings (user_id, starts_at)
WHERE status <> 'cancelled';

ALTER TABLE public.profiles ADD COLUMN currency TEXT NOT NULL DEFAULT 'EUR'
  CHECK (currency ~ '^[A-Z]{3}$');
