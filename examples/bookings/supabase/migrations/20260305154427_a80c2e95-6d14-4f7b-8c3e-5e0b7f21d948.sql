CREATE VIEW public.customer_history
WITH (security_invoker = true) AS
SELECT
  c.id AS customer_id,
  c.name,
  count(b.id) FILTER (WHERE b.status <> 'cancelled') AS visits,
  max(b.starts_at) FILTER (WHERE b.status = 'done') AS last_visit,
  COALESCE(sum(s.price) FILTER (WHERE b.status = 'done'), 0) AS spent
FROM public.customers c
LEFT JOIN public.bookings b ON b.customer_id = c.id
LEFT JOIN public.services s ON s.id = b.service_id
GROUP BY c.id, c.name;

CREATE OR REPLACE FUNCTION public.booking_stats(days INTEGER DEFAULT 30)
RETURNS TABLE (status public.booking_status, bookings BIGINT, revenue NUMERIC)
LANGUAGE sql
STABLE
SET search_path = public
AS $$
  SELECT b.status, count(*), COALESCE(sum(s.price), 0)
  FROM public.bookings b
  JOIN public.services s ON s.id = b.service_id
  WHERE b.starts_at >= now() - make_interval(days => days)
  GROUP BY b.status
  ORDER BY b.status;
$$;

REVOKE EXECUTE ON FUNCTION public.booking_stats(INTEGER) FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.booking_stats(INTEGER) TO authenticated, service_role;
