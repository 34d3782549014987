// Drafts the reminder that a customer gets before an appointment. It reads as the account that
// calls, so nobody is told of another salon's bookings.
import { serve } from "https://deno.land/std@0.190.0/http/server.ts";
import { createClient } from "https://esm.sh/@supabase/supabase-js@2.57.4";

const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};

const json = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { ...corsHeaders, "Content-Type": "application/json" },
  });

serve(async (req: Request): Promise<Response> => {
  if (req.method === "OPTIONS") return new Response(null, { headers: corsHeaders });

  const { bookingId, timeZone = "UTC" } = await req.json();
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
    auth: { persistSession: false },
  });
  const { data: booking, error } = await supabase
    .from("bookings")
    .select("starts_at, customer:customers(name), service:services(name, duration_minutes)")
    .eq("id", bookingId)
    .maybeSingle();
  if (error) return json({ error: error.message }, 400);
  if (!booking) return json({ error: "There is no such booking." }, 404);

  const { data: profile } = await supabase.from("profiles").select("salon_name").maybeSingle();
  const when = new Intl.DateTimeFormat("en-GB", {
    dateStyle: "full",
    timeStyle: "short",
    timeZone,
  }).format(new Date(booking.starts_at));
  console.log("drafted a reminder for", bookingId);
  return json({
    text:
      `Dear ${booking.customer.name}, we look forward to seeing you on ${when} for ` +
      `${booking.service.name} (${booking.service.duration_minutes} minutes). ` +
      `${profile?.salon_name ?? "Your salon"}`,
  });
});
