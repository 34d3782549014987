import { createClient } from "npm:@supabase/supabase-js@2.45.0";

const port = Number(Deno.env.get("PORT") ?? 8000);
const supabase = createClient("http://127.0.0.1:1", "key");

Deno.serve({ port }, async (req: Request) => {
  const { name } = await req.json();
  return Response.json({ text: `Hello, ${name}`, client: "from" in supabase });
});
