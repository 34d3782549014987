-- Numbers run per account and year without gaps, because the account's row is locked while one is taken.
CREATE OR REPLACE FUNCTION public.take_invoice_number()
RETURNS TRIGGER
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = public
AS $$
DECLARE
  taken INTEGER;
BEGIN
  UPDATE public.accounts
     SET last_invoice_number = last_invoice_number + 1
   WHERE id = NEW.account_id
  RETURNING last_invoice_number INTO taken;
  NEW.number := to_char(NEW.issued_on, 'YYYY') || '-' || lpad(taken::text, 4, '0');
  RETURN NEW;
END;
$$;

CREATE TRIGGER invoices_take_number
  BEFORE INSERT ON public.invoices
  FOR EACH ROW EXECUTE FUNCTION public.take_invoice_number();

-- What is open and what was paid; row security decides whose invoices are summed.
CREATE OR REPLACE FUNCTION public.invoice_totals()
RETURNS TABLE (status public.invoice_status, invoices BIGINT, total NUMERIC)
LANGUAGE sql
STABLE
SECURITY INVOKER
SET search_path = public
AS $$
  SELECT i.status, count(DISTINCT i.id), COALESCE(sum(l.amount), 0)
    FROM public.invoices i
    LEFT JOIN public.invoice_lines l ON l.invoice_id = i.id
   GROUP BY i.status
   ORDER BY i.status;
$$;

REVOKE ALL ON FUNCTION public.invoice_totals() FROM PUBLIC, anon;
GRANT EXECUTE ON FUNCTION public.invoice_totals() TO authenticated, service_role;
