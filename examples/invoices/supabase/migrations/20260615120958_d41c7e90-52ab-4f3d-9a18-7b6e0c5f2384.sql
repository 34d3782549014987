-- Payment notices arrive unauthenticated at a webhook and are written with the service role only.
CREATE TABLE public.payment_notices (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id UUID NOT NULL REFERENCES public.invoices(id) ON DELETE CASCADE,
  reference TEXT NOT NULL UNIQUE,
  body JSONB NOT NULL DEFAULT '{}'::jsonb,
  received_at TIMESTAMPTZ NOT NULL DEFAULT now()
);

GRANT SELECT ON public.payment_notices TO authenticated;
GRANT ALL ON public.payment_notices TO service_role;

ALTER TABLE public.payment_notices ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Notices for own invoices" ON public.payment_notices
  FOR SELECT TO authenticated
  USING (EXISTS (SELECT 1 FROM public.invoices i WHERE i.id = invoice_id AND i.account_id = auth.uid()));

-- Prices that everybody may read, for the public front page.
CREATE TABLE public.plans (
  code TEXT NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  monthly_price NUMERIC(8, 2) NOT NULL
);

GRANT SELECT ON public.plans TO anon, authenticated;
GRANT ALL ON public.plans TO service_role;

ALTER TABLE public.plans ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Anyone may read plans" ON public.plans FOR SELECT TO anon, authenticated USING (true);

INSERT INTO public.plans (code, title, monthly_price) VALUES
  ('solo', 'Solo', 0),
  ('studio', 'Studio', 12),
  ('office', 'Office', 29);
