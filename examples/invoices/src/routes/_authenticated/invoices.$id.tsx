import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, createFileRoute } from "@tanstack/react-router";
import { useServerFn } from "@tanstack/react-start";
import { Constants } from "@/integrations/supabase/types";
import { getInvoice, setInvoiceStatus } from "@/lib/invoices.functions";
import { money } from "@/lib/format";
import { Problem } from "@/components/Problem";

export const Route = createFileRoute("/_authenticated/invoices/$id")({ component: Invoice });

type Status = (typeof Constants.public.Enums.invoice_status)[number];

function Invoice() {
  const { id } = Route.useParams();
  const get = useServerFn(getInvoice);
  const setStatus = useServerFn(setInvoiceStatus);
  const queries = useQueryClient();
  const invoice = useQuery({ queryKey: ["invoice", id], queryFn: () => get({ data: { id } }) });

  const change = useMutation({
    mutationFn: (status: Status) => setStatus({ data: { id, status } }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["invoice", id] });
      await queries.invalidateQueries({ queryKey: ["invoices"] });
    },
  });

  if (invoice.isPending) return <p role="status">Loading…</p>;
  if (invoice.error) return <Problem error={invoice.error} />;
  if (!invoice.data) return <p role="alert">There is no such invoice.</p>;

  const found = invoice.data;
  return (
    <article className="card">
      <Link to="/invoices">All invoices</Link>
      <h1>Invoice {found.number}</h1>
      <p>
        {found.customers?.name}, issued {found.issued_on}, due {found.due_on}
      </p>
      <div className="scroll">
        <table aria-label="Lines">
          <tbody>
            {found.invoice_lines.map((line) => (
              <tr key={line.id}>
                <td>{line.description}</td>
                <td>
                  {line.quantity} × {money(line.unit_price)}
                </td>
                <td>{money(line.amount ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <label>
        Status
        <select aria-label="Status" value={found.status} onChange={(e) => change.mutate(e.target.value as Status)}>
          {Constants.public.Enums.invoice_status.map((s) => (
            <option key={s}>{s}</option>
          ))}
        </select>
      </label>
      <Problem error={change.error} />
    </article>
  );
}
