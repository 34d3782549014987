import { createServerFn } from "@tanstack/react-start";
import { z } from "zod";
import { requireSupabaseAuth } from "@/integrations/supabase/auth-middleware";

const newInvoice = z.object({
  customer: z.string().trim().min(1, "An invoice needs a customer."),
  description: z.string().trim().min(1, "An invoice needs a description."),
  quantity: z.number().positive("The quantity must be more than zero."),
  unitPrice: z.number().nonnegative("The price must not be negative."),
});

export type NewInvoice = z.infer<typeof newInvoice>;

const change = z.object({ id: z.string().uuid(), status: z.enum(["draft", "sent", "paid", "void"]) });

export const listInvoices = createServerFn({ method: "GET" })
  .middleware([requireSupabaseAuth])
  .handler(async ({ context }) => {
    const [invoices, totals, account] = await Promise.all([
      context.supabase
        .from("invoices")
        .select("id, number, status, due_on, customers(name), invoice_lines(amount)")
        .order("created_at", { ascending: false })
        .limit(100),
      context.supabase.rpc("invoice_totals"),
      context.supabase.from("accounts").select("business_name").eq("id", context.userId).single(),
    ]);
    const failed = invoices.error ?? totals.error ?? account.error;
    if (failed) throw new Error(failed.message);
    return {
      business: account.data!.business_name,
      totals: totals.data!,
      invoices: invoices.data!.map((i) => ({
        id: i.id,
        number: i.number,
        status: i.status,
        dueOn: i.due_on,
        customer: i.customers?.name ?? "",
        total: i.invoice_lines.reduce((sum, line) => sum + (line.amount ?? 0), 0),
      })),
    };
  });

export const getInvoice = createServerFn({ method: "GET" })
  .middleware([requireSupabaseAuth])
  .validator(z.object({ id: z.string().uuid() }))
  .handler(async ({ context, data }) => {
    const { data: invoice, error } = await context.supabase
      .from("invoices")
      .select("id, number, status, issued_on, due_on, customers(name, email), invoice_lines(*)")
      .eq("id", data.id)
      .order("position", { referencedTable: "invoice_lines" })
      .maybeSingle();
    if (error) throw new Error(error.message);
    return invoice;
  });

export const createInvoice = createServerFn({ method: "POST" })
  .middleware([requireSupabaseAuth])
  .validator(newInvoice)
  .handler(async ({ context, data }) => {
    const { supabase, userId } = context;
    const customer = await supabase
      .from("customers")
      .upsert({ account_id: userId, name: data.customer }, { onConflict: "account_id,name" })
      .select("id")
      .single();
    if (customer.error) throw new Error(customer.error.message);

    const invoice = await supabase
      .from("invoices")
      .insert({ customer_id: customer.data.id })
      .select("id, number")
      .single();
    if (invoice.error) throw new Error(invoice.error.message);

    const line = await supabase.from("invoice_lines").insert({
      invoice_id: invoice.data.id,
      description: data.description,
      quantity: data.quantity,
      unit_price: data.unitPrice,
    });
    if (line.error) throw new Error(line.error.message);
    return invoice.data;
  });

export const setInvoiceStatus = createServerFn({ method: "POST" })
  .middleware([requireSupabaseAuth])
  .validator(change)
  .handler(async ({ context, data }) => {
    const { error } = await context.supabase
      .from("invoices")
      .update({ status: data.status })
      .eq("id", data.id)
      .select("id")
      .single();
    if (error) throw new Error(error.message);
    return { id: data.id, status: data.status };
  });
