import { createClient } from "npm:@supabase/supabase-js@2.45.0";
import Stripe from "npm:stripe@14.21.0";

const port = Number(Deno.env.get("PORT") ?? 8000);
const supabase = createClient("http://127.0.0.1:1", "key");
const stripe = new Stripe("sk_test_of_nobody", { apiVersion: "2023-10-16" });

Deno.serve({ port }, async (req: Request) => {
  const { name } = await req.json();
  const both = "from" in supabase && "checkout" in stripe;
  return Response.json({ text: `Hello, ${name}`, client: both });
});
