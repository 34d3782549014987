CREATE TYPE public.invoice_status AS ENUM ('draft', 'sent', 'paid', 'void');

CREATE TABLE public.customers (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  account_id UUID NOT NULL DEFAULT auth.uid() REFERENCES public.accounts(id) ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (btrim(name) <> ''),
  email TEXT,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  UNIQUE (account_id, name)
);

CREATE TABLE public.invoices (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  account_id UUID NOT NULL DEFAULT auth.uid() REFERENCES public.accounts(id) ON DELETE CASCADE,
  customer_id UUID NOT NULL REFERENCES public.customers(id),
  number TEXT NOT NULL DEFAULT '',
  status public.invoice_status NOT NULL DEFAULT 'draft',
  issued_on DATE NOT NULL DEFAULT CURRENT_DATE,
  due_on DATE NOT NULL DEFAULT CURRENT_DATE + 14,
  created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
  UNIQUE (account_id, number),
  CHECK (due_on >= issued_on)
);

CREATE TABLE public.invoice_lines (
  id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  invoice_id UUID NOT NULL REFERENCES public.invoices(id) ON DELETE CASCADE,
  position INTEGER NOT NULL DEFAULT 1,
  description TEXT NOT NULL,
  quantity NUMERIC(10, 2) NOT NULL DEFAULT 1 CHECK (quantity > 0),
  unit_price NUMERIC(12, 2) NOT NULL,
  amount NUMERIC(14, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED
);

CREATE INDEX invoices_account_created ON public.invoices (account_id, created_at DESC);
CREATE INDEX invoice_lines_invoice ON public.invoice_lines (invoice_id, position);

GRANT SELECT, INSERT, UPDATE, DELETE ON public.customers, public.invoices, public.invoice_lines TO authenticated;
GRANT ALL ON public.customers, public.invoices, public.invoice_lines TO service_role;

ALTER TABLE public.customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.invoice_lines ENABLE ROW LEVEL SECURITY;

CREATE POLICY "Customers of the account" ON public.customers
  FOR ALL TO authenticated USING (account_id = auth.uid()) WITH CHECK (account_id = auth.uid());

CREATE POLICY "Invoices of the account" ON public.invoices
  FOR ALL TO authenticated USING (account_id = auth.uid())
  WITH CHECK (
    account_id = auth.uid()
    AND EXISTS (SELECT 1 FROM public.customers c WHERE c.id = customer_id AND c.account_id = auth.uid())
  );

CREATE POLICY "Lines of the account's invoices" ON public.invoice_lines
  FOR ALL TO authenticated
  USING (EXISTS (SELECT 1 FROM public.invoices i WHERE i.id = invoice_id AND i.account_id = auth.uid()))
  WITH CHECK (EXISTS (SELECT 1 FROM public.invoices i WHERE i.id = invoice_id AND i.account_id = auth.uid()));
