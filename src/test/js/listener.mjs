// Listens to the table items with the real client until it is ended, and says what it hears: one
// JSON value a line.
import { createClient } from "@supabase/supabase-js";
import WebSocket from "ws";

const say = (what) => console.log(JSON.stringify(what));
const client = createClient(process.env.SUPABASE_URL, process.env.SUPABASE_ANON_KEY, {
  auth: { persistSession: false, autoRefreshToken: false },
  realtime: { transport: WebSocket, heartbeatIntervalMs: 2_000 },
});
const { data, error } = await client.auth.signInWithPassword({
  email: process.env.EMAIL,
  password: "a password of the test",
});
if (error) throw error;
await client.realtime.setAuth(data.session.access_token);
client
  .channel("items")
  .on("postgres_changes", { event: "*", schema: "public", table: "items" }, (change) =>
    say({ type: change.eventType, id: change.new.id ?? change.old.id }),
  )
  .on("system", {}, (message) => say({ system: message.message }))
  .subscribe((status) => say({ status }));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
