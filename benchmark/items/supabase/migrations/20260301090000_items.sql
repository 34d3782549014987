CREATE TABLE public.items (
  id bigint PRIMARY KEY,
  title text NOT NULL,
  price numeric(10, 2) NOT NULL,
  note text NOT NULL,
  shown boolean NOT NULL,
  created_at timestamptz NOT NULL
);

INSERT INTO public.items (id, title, price, note, shown, created_at)
SELECT n, 'item ' || n, (n % 9973)::numeric / 7, repeat('x', 60), n % 10 <> 0,
  timestamptz '2026-01-01' + n * interval '1 minute'
FROM generate_series(1, 100000) AS n;

ALTER TABLE public.items ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Everybody sees what is shown" ON public.items
  FOR SELECT TO anon, authenticated USING (shown);

GRANT SELECT ON public.items TO anon, authenticated;

ANALYZE public.items;
