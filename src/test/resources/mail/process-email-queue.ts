// Works a queue of mails off with the Vendor's package, as Lovable's function of this name does: a
// 429 pauses the queue, a 403 throws the mail away, anything else is tried up to five times.
import { EmailAPIError, sendLovableEmail } from "npm:@lovable.dev/email-js@0.3.0";
import { createClient } from "npm:@supabase/supabase-js@2";

const TRIES = 5;
const apiKey = Deno.env.get("LOVABLE_API_KEY")!;
const url = Deno.env.get("SUPABASE_URL")!;
const db = createClient(url, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

async function note(mail: Record<string, string>, status: string, error_message?: string) {
  await db.from("email_send_log").insert({ message_id: mail.message_id, status, error_message });
}

async function giveUp(queue: string, id: number, mail: Record<string, string>, why: string) {
  await note(mail, "dlq", why);
  await db.rpc("move_to_dlq", {
    source_queue: queue, dlq_name: `${queue}_dlq`, message_id: id, payload: mail });
}

async function failures(mail: Record<string, string>) {
  const { count } = await db.from("email_send_log").select("*", { count: "exact", head: true })
    .eq("message_id", mail.message_id).eq("status", "failed");
  return count ?? 0;
}

Deno.serve(async (req) => {
  const token = req.headers.get("Authorization")?.replace("Bearer ", "") ?? "";
  const role = JSON.parse(atob(token.split(".")[1] ?? "") || "{}").role;
  if (role !== "service_role") return new Response("Forbidden", { status: 403 });
  for (const queue of ["auth_emails", "transactional_emails"]) {
    const { data } = await db.rpc("read_email_batch", { queue_name: queue, batch_size: 10, vt: 2 });
    for (const { msg_id, message } of data ?? []) {
      if (await failures(message) >= TRIES) {
        await giveUp(queue, msg_id, message, "tried too often");
        continue;
      }
      try {
        await sendLovableEmail(message, { apiKey, sendUrl: Deno.env.get("LOVABLE_SEND_URL") });
        await note(message, "sent");
        await db.rpc("delete_email", { queue_name: queue, message_id: msg_id });
      } catch (error) {
        if (!(error instanceof EmailAPIError)) throw error;
        if (error.status === 429) {
          await note(message, "rate_limited", error.code ?? "");
          const until = new Date(Date.now() + (error.retryAfterSeconds ?? 60) * 1000);
          await db.from("email_send_state").update({ retry_after_until: until }).eq("id", 1);
          return Response.json({ stopped: "rate_limited" });
        }
        if (error.status === 403) {
          await giveUp(queue, msg_id, message, "not allowed");
          continue;
        }
        await note(message, "failed", error.message);
      }
    }
  }
  return Response.json({ done: true });
});
