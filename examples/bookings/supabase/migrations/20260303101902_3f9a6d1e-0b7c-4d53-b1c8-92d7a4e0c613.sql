CREATE TYPE public.booking_status AS ENUM ('requested', 'confirmed', 'done', 'cancelled');

CREATE TABLE public.bookings (
  id UUID NOT NULL DEFAULT gen_random_uuid() PRIMARY KEY,
  user_id UUID NOT NULL DEFAULT auth.uid() REFERENCES auth.users(id) ON DELETE CASCADE,
  customer_id UUID NOT NULL REFERENCES public.customers(id) ON DELETE CASCADE,
  service_id UUID NOT NULL REFERENCES public.services(id) ON DELETE RESTRICT,
  starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
  status public.booking_status NOT NULL DEFAULT 'requested',
  note TEXT,
  created_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
  updated_at TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now()
);

CREATE INDEX idx_bookings_user_starts ON public.bookings (user_id, starts_at DESC);
CREATE INDEX idx_bookings_customer ON public.bookings (customer_id);

ALTER TABLE public.bookings ENABLE ROW LEVEL SECURITY;

-- The customer and the service of a booking must belong to the same owner as the booking itself.
CREATE POLICY "Owners manage their bookings"
ON public.bookings FOR ALL TO authenticated
USING (auth.uid() = user_id)
WITH CHECK (
  auth.uid() = user_id
  AND EXISTS (SELECT 1 FROM public.customers c WHERE c.id = customer_id AND c.user_id = auth.uid())
  AND EXISTS (SELECT 1 FROM public.services s WHERE s.id = service_id AND s.user_id = auth.uid())
);

CREATE TRIGGER update_bookings_updated_at
BEFORE UPDATE ON public.bookings
FOR EACH ROW EXECUTE FUNCTION public.update_updated_at_column();
