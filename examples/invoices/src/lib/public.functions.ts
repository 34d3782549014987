import { createServerFn } from "@tanstack/react-start";
import { supabase } from "@/integrations/supabase/client";

/** What the front page shows to everybody: prices, read as anon, and how many businesses there are. */
export const frontPage = createServerFn({ method: "GET" }).handler(async () => {
  const { data: plans, error } = await supabase
    .from("plans")
    .select("code, title, monthly_price")
    .order("monthly_price");
  if (error) throw new Error(error.message);

  // Row security hides other accounts from everyone, so the count needs the service role.
  const { supabaseAdmin } = await import("@/integrations/supabase/client.server");
  const { count, error: uncounted } = await supabaseAdmin
    .from("accounts")
    .select("*", { count: "exact", head: true });
  if (uncounted) throw new Error("The accounts could not be counted.");

  return { plans, businesses: count ?? 0, renderedAt: new Date().toISOString() };
});
