import { createFileRoute } from "@tanstack/react-router";
import { timingSafeEqual } from "node:crypto";
import { z } from "zod";

const notice = z.object({ invoice_id: z.string().uuid(), reference: z.string().min(1) });
const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";

function sameSecret(given: string | null, expected: string): boolean {
  const a = Buffer.from(given ?? "");
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

export const Route = createFileRoute("/api/public/webhooks/payments")({
  server: {
    handlers: {
      POST: async ({ request }) => {
        const secret = process.env.PAYMENT_WEBHOOK_SECRET;
        if (!secret) return Response.json({ error: "no secret is configured" }, { status: 503 });
        if (!sameSecret(request.headers.get("x-webhook-secret"), secret)) {
          return Response.json({ error: "wrong secret" }, { status: 401 });
        }

        const body = await request.json().catch(() => null);
        const parsed = notice.safeParse(body);
        if (!parsed.success) return Response.json({ error: "not a payment notice" }, { status: 400 });

        const { supabaseAdmin } = await import("@/integrations/supabase/client.server");
        const noted = await supabaseAdmin.from("payment_notices").insert({ ...parsed.data, body });
        if (noted.error?.code === UNIQUE_VIOLATION) return Response.json({ received: "before" });
        if (noted.error?.code === FOREIGN_KEY_VIOLATION) {
          return Response.json({ error: "no such invoice" }, { status: 404 });
        }
        if (noted.error) return Response.json({ error: "could not be stored" }, { status: 500 });

        const paid = await supabaseAdmin
          .from("invoices")
          .update({ status: "paid" })
          .eq("id", parsed.data.invoice_id);
        if (paid.error) return Response.json({ error: "could not be marked" }, { status: 500 });
        return Response.json({ received: "now" });
      },
    },
  },
});
