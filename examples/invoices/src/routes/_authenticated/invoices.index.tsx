import { useState, type FormEvent } from "react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, createFileRoute } from "@tanstack/react-router";
import { useServerFn } from "@tanstack/react-start";
import { createInvoice, listInvoices } from "@/lib/invoices.functions";
import { money } from "@/lib/format";
import { Problem } from "@/components/Problem";

export const Route = createFileRoute("/_authenticated/invoices/")({ component: Invoices });

function Invoices() {
  const list = useServerFn(listInvoices);
  const [open, setOpen] = useState(false);
  const overview = useQuery({ queryKey: ["invoices"], queryFn: () => list() });

  return (
    <section>
      <div className="head">
        <h1>Invoices</h1>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          New invoice
        </button>
      </div>
      {overview.data && <p>{overview.data.business}</p>}
      {open && <NewInvoiceForm onDone={() => setOpen(false)} />}
      <Problem error={overview.error} />
      {overview.isPending && <p role="status">Loading…</p>}
      <dl className="cards" aria-label="Totals">
        {overview.data?.totals.map((t) => (
          <div key={t.status}>
            <dt>{t.status}</dt>
            <dd>
              {t.invoices}, {money(t.total)}
            </dd>
          </div>
        ))}
      </dl>
      <div className="scroll">
        <table aria-label="Invoices">
          <thead>
            <tr>
              <th>Number</th>
              <th>Customer</th>
              <th>Due</th>
              <th>Total</th>
              <th>Status</th>
            </tr>
          </thead>
          <tbody>
            {overview.data?.invoices.map((i) => (
              <tr key={i.id}>
                <td>
                  <Link to="/invoices/$id" params={{ id: i.id }}>
                    {i.number}
                  </Link>
                </td>
                <td>{i.customer}</td>
                <td>{i.dueOn}</td>
                <td>{money(i.total)}</td>
                <td>{i.status}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {overview.data?.invoices.length === 0 && <p>No invoices yet.</p>}
    </section>
  );
}

function NewInvoiceForm({ onDone }: { onDone: () => void }) {
  const create = useServerFn(createInvoice);
  const queries = useQueryClient();
  const [customer, setCustomer] = useState("");
  const [description, setDescription] = useState("");
  const [quantity, setQuantity] = useState("1");
  const [unitPrice, setUnitPrice] = useState("");

  const save = useMutation({
    mutationFn: async () => {
      if (!customer.trim() || !description.trim() || unitPrice === "") {
        throw new Error("An invoice needs a customer, a description and a price.");
      }
      return create({
        data: { customer, description, quantity: Number(quantity), unitPrice: Number(unitPrice) },
      });
    },
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["invoices"] });
      onDone();
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };

  return (
    <form className="card" onSubmit={submit} aria-label="New invoice" noValidate>
      <div className="row">
        <label>
          Customer
          <input value={customer} onChange={(e) => setCustomer(e.target.value)} />
        </label>
        <label>
          Description
          <input value={description} onChange={(e) => setDescription(e.target.value)} />
        </label>
        <label>
          Quantity
          <input type="number" step="0.01" value={quantity} onChange={(e) => setQuantity(e.target.value)} />
        </label>
        <label>
          Unit price
          <input type="number" step="0.01" value={unitPrice} onChange={(e) => setUnitPrice(e.target.value)} />
        </label>
      </div>
      <Problem error={save.error} />
      <button type="submit" disabled={save.isPending}>
        Save invoice
      </button>
    </form>
  );
}
